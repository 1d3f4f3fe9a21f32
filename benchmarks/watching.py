"""Whether anything is lost or doubled while a channel is watched, and how long it takes from a message to its row.

    python -m benchmarks.watching
    python -m benchmarks.watching --messages 100000 --kills 20

The bot is a process of its own; people write 50 messages a second into a channel of the Slack simulator, edit and
delete some, and answer in threads, while trainings run. Events come twice, connections drop, and the bot is killed and
started again. In the end what is in the file and in the table is compared with what the live model finds in the
messages as they are then. Rows are looked for every 20 ms; commands are typed meanwhile, whose times are those the
simulator sees.
"""

import argparse
import asyncio
import json
import random
import sqlite3
import statistics
import tempfile
import time
from collections import Counter, defaultdict
from contextlib import AsyncExitStack, closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.wire import ENDS, newest
from bot.cli.main import main as command_line
from bot.engine.client import EngineClient
from bot.playground import Message, Playground
from bot.slack.diagnosis import read_manifest
from tests.support.bot_process import bot_process, socket_mode

CHANNEL = "#support"
SYMPTOMS = ("chest pain", "fever", "a cough", "nausea", "a rash", "dizziness")
DRUGS = ("aspirin", "codeine", "insulin", "ibuprofen", "heparin", "morphine")
FRAMES = (
    "A patient with {symptom} takes {drug}.",
    "She has {symptom} since Monday, and {drug} does not help.",
    "Please call the ward about {symptom}.",
    "No complaints today. He goes home.",
    "Ward 3 needs more {drug}. There is none left!",
)
LEAST = 0.2
"""The confidence from which on entities are sent."""


@dataclass
class Run:
    """What is measured."""

    slack: Playground
    folder: Path
    chance: random.Random
    written: dict[str, float] = field(default_factory=dict)
    """When each message was written."""
    disturbed: list[float] = field(default_factory=list)
    """When the bot was killed or cut off."""
    seen: dict[str, float] = field(default_factory=dict)
    """When the first row of each message was in the file."""
    asked: list[float] = field(default_factory=list)
    trainings: int = 0

    @property
    def data(self) -> Path:
        """The bot's folder."""
        return self.folder / "data"

    @property
    def file(self) -> Path:
        """The output that is a file."""
        return self.folder / "entities.jsonl"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--messages", type=int, default=2000)
    parser.add_argument("--rate", type=float, default=50)
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--drops", type=int, default=3)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    asyncio.run(_run(options))


async def _run(options: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        manifest = folder / "manifest.json"
        manifest.write_text(json.dumps(read_manifest(watching=True)))
        async with Playground.open(data=folder / "slack", manifest=manifest) as slack:
            run = Run(slack, folder, random.Random(options.seed))
            async with bot_process(run.data, _environment(slack)):
                await _prepare(run)
            await _drive(run, options)
            expected = await _expected(run)
            _report(run, expected, options)


def _environment(slack: Playground) -> dict[str, str]:
    return socket_mode(slack) | {"NERBOT_WATCHING": "on"}


async def _prepare(run: Run) -> None:
    """Teach a model, watch the channel, and let what is found go to a file and a table."""
    slack = run.slack
    for frame in FRAMES:
        for symptom, drug in zip(SYMPTOMS[:4], DRUGS[:4], strict=True):
            text = frame.format(symptom=f"{{{symptom}=SYMPTOM}}", drug=f"{{{drug}=DRUG}}")
            kind = "" if "{" in text else "none in: "
            await slack.command("ada", "#triage", "/label", kind + f"{text[:-1]} {symptom[0]}.")
    await slack.command("ada", "#triage", "/train", "")
    await slack.until(lambda: _has_ended(slack), timeout=600)
    await slack.command(
        "ada", "#triage", "/nerbot", f"project settings confidence {100 * LEAST:.0f}"
    )
    answer = await slack.command("ada", "#triage", "/nerbot", f"watch {CHANNEL}")
    assert "are read by the live model" in answer.text, answer.text
    here = ["--workspace", slack.workspace.identity.team_id]
    for kind, target in (("file", str(run.file)), ("table", f"sqlite:///{run.folder}/e.db")):
        await asyncio.to_thread(_typed, run, ["outputs", "add", kind, target, *here])


def _typed(run: Run, words: list[str]) -> None:
    import os  # noqa: PLC0415 - for this call alone

    os.environ["NERBOT_DATA"] = str(run.data)
    if "file" in words:
        words = [*words, "--set", "megabytes=1000"]
    assert command_line(words) == 0


async def _drive(run: Run, options: argparse.Namespace) -> None:
    """Write, and disturb the bot meanwhile; until all is still."""
    count = options.messages
    kills = {count * (i + 1) // (options.kills + 1) for i in range(options.kills)}
    drops = {count * (2 * i + 1) // (2 * options.drops) for i in range(options.drops)}
    at = dict.fromkeys(kills, "kill") | dict.fromkeys(drops - kills, "drop")
    looking = asyncio.create_task(_look(run))
    beside = [asyncio.create_task(work(run)) for work in (_keep_training, _ask)]
    writing = asyncio.create_task(_write(run, count, options.rate, at))
    try:
        while True:
            async with AsyncExitStack() as stack:
                bot = await stack.enter_async_context(
                    bot_process(run.data, _environment(run.slack))
                )
                killing = asyncio.create_task(_wait_for_kill(run))
                settled = asyncio.create_task(_settled(run, writing))
                await asyncio.wait({killing, settled}, return_when=asyncio.FIRST_COMPLETED)
                killing.cancel()
                if settled.done():
                    settled.result()
                    break
                settled.cancel()
                await bot.kill()
    finally:
        for task in (looking, *beside):
            task.cancel()


_KILL = asyncio.Event()


async def _wait_for_kill(run: Run) -> None:
    await _KILL.wait()
    _KILL.clear()
    run.disturbed.append(time.monotonic())


async def _settled(run: Run, writing: "asyncio.Task[None]") -> None:
    """Until nobody writes any more and all that Slack tells of, also again after five minutes, was read."""
    await asyncio.shield(writing)
    before, still = -1, 0.0
    while still < 75:
        await asyncio.sleep(1)
        waiting, changes = _state(run)
        still = still + 1 if changes == before and not waiting else 0
        before = changes


def _state(run: Run) -> tuple[int, int]:
    with closing(sqlite3.connect(run.data / "nerbot.db", timeout=10)) as database:
        waiting = database.execute(
            "SELECT count(*) FROM watched_message WHERE state = 'waiting'"
        ).fetchone()[0]
        last = database.execute("SELECT coalesce(max(id), 0) FROM entity_change").fetchone()[0]
        behind = database.execute("SELECT min(position) FROM output").fetchone()[0]
    return int(waiting) + (int(last) - int(behind)), int(last)


async def _write(run: Run, count: int, rate: float, at: dict[int, str]) -> None:
    """Write messages at a rate; a tenth is edited or deleted later, a twentieth answers in a thread."""
    slack, chance = run.slack, run.chance
    first = slack.say("ada", CHANNEL, "A patient with fever takes aspirin.")
    while first.ts not in run.seen:  # noqa: ASYNC110 - until the model is loaded; rows do not call
        await asyncio.sleep(0.1)
    began = time.monotonic()
    lately: list[Message] = []
    for number in range(count):
        await asyncio.sleep(max(0.0, began + number / rate - time.monotonic()))
        if chance.random() < 0.1:
            slack.events.twice = 1
        text = _text(chance, number)
        person = chance.choice(("ada", "grace"))
        thread = chance.choice(lately) if lately and chance.random() < 0.05 else None
        top = thread.ts if thread and not thread.thread_ts else None
        message = slack.say(person, CHANNEL, text, thread_ts=top)
        run.written[message.ts] = time.monotonic()
        lately = [*lately[-50:], message]
        if chance.random() < 0.1:
            other = lately.pop(chance.randrange(len(lately)))
            author = slack.workspace.people[other.user].name
            if chance.random() < 0.7:
                lately.append(slack.edit(author, other, _text(chance, number)))
            else:
                slack.delete(author, other)
            run.written.pop(other.ts, None)
        if at.get(number) == "kill":
            _KILL.set()
        elif at.get(number) == "drop":
            run.disturbed.append(time.monotonic())
            await slack.drop_connections()


def _text(chance: random.Random, number: int) -> str:
    frame = chance.choice(FRAMES)
    text = frame.format(symptom=chance.choice(SYMPTOMS), drug=chance.choice(DRUGS))
    return f"{text} Number {number % 50}."


async def _look(run: Run) -> None:
    """Note when the first row of each message is there."""
    place = 0
    while True:
        with suppress(FileNotFoundError), run.file.open("rb") as file:
            file.seek(place)
            for line in file.read().split(b"\n")[:-1]:
                place += len(line) + 1
                run.seen.setdefault(json.loads(line)["ts"], time.monotonic())
        await asyncio.sleep(0.02)


async def _keep_training(run: Run) -> None:
    while True:
        with suppress(Exception):  # the bot may be down
            await run.slack.command("ada", "#triage", "/train", "")
            run.trainings += 1
        await asyncio.sleep(1)
        while not _has_ended(run.slack):  # noqa: ASYNC110 - messages do not call
            await asyncio.sleep(0.5)


async def _ask(run: Run) -> None:
    while True:
        await asyncio.sleep(0.2)
        with suppress(Exception):  # as above
            answer = await run.slack.command("grace", "#triage", "/label", "")
            if answer.error is None:
                run.asked.append(answer.elapsed_ms)


def _has_ended(slack: Playground) -> bool:
    return any(end in newest(slack) for end in ENDS)


async def _expected(run: Run) -> dict[str, Counter[tuple[str, str]]]:
    """What the live model finds in the messages as they are now: label and text, by message."""
    with closing(sqlite3.connect(run.data / "nerbot.db")) as database:
        project, version = database.execute(
            "SELECT id, live_version FROM project WHERE live_version IS NOT NULL"
        ).fetchone()
        models = dict(database.execute("SELECT ts, model FROM watched_message").fetchall())
    del version
    found: dict[str, Counter[tuple[str, str]]] = {}
    by_model: dict[int, list[Message]] = defaultdict(list)
    for message in run.slack.messages(CHANNEL):
        if message.ts in models and message.user in {
            person.id for person in run.slack.workspace.people.values()
        }:
            by_model[models[message.ts]].append(message)
        else:
            found[message.ts] = Counter()
    async with EngineClient(run.data) as engine:
        for model, messages in by_model.items():
            for message in messages:
                found[message.ts] = await _found(engine, project, model, message.text)
    return found


_CACHE: dict[tuple[int, str], Any] = {}


async def _found(
    engine: EngineClient, project: int, model: int | None, text: str
) -> Counter[tuple[str, str]]:
    if model is None:
        return Counter()
    [borders] = await engine.sentences([text])
    total: Counter[tuple[str, str]] = Counter()
    for start, end in borders:
        sentence = text[start:end]
        if (model, sentence) not in _CACHE:
            [_CACHE[model, sentence]] = await engine.predict(project, model, [sentence])
        found = _CACHE[model, sentence]
        for span, sure in zip(found.spans, found.confidences, strict=True):
            if sure is None or sure >= LEAST:
                total[span.label, sentence[span.start : span.end]] += 1
    return total


def _in_file(run: Run) -> tuple[dict[str, Counter[tuple[str, str]]], int]:
    """What is out by the file, and how many changes are in it twice."""
    rows = [json.loads(line) for line in run.file.read_text("utf-8").splitlines()]
    twice = len(rows) - len({row["change"] for row in rows})
    now = {row["id"]: row for row in rows}
    found: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for row in now.values():
        if row["state"] == "out":
            found[row["ts"]][row["label"], row["text"]] += 1
    return found, twice


def _in_table(run: Run) -> dict[str, Counter[tuple[str, str]]]:
    found: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    with closing(sqlite3.connect(run.folder / "e.db")) as database:
        for ts, label, text in database.execute(
            "SELECT ts, label, text FROM nerbot_entities WHERE state = 'out'"
        ):
            found[ts][label, text] += 1
    return found


def _report(
    run: Run, expected: dict[str, Counter[tuple[str, str]]], options: argparse.Namespace
) -> None:
    in_file, twice = _in_file(run)
    print(
        f"{options.messages:,} messages at {options.rate:g} a second, {options.kills} kills, {options.drops} lost "
        f"connections, a tenth of the events twice, {run.trainings} trainings\n"
    )
    print("| output | entities | lost | doubled |\n|---|---|---|---|")
    for name, found, more in (("file", in_file, twice), ("table", _in_table(run), 0)):
        lost = sum(((wanted - found[ts]).total() for ts, wanted in expected.items()), 0)
        extra = sum(
            ((there - expected.get(ts, Counter())).total() for ts, there in found.items()), 0
        )
        total = sum(each.total() for each in found.values())
        print(f"| {name} | {total:,} | {lost:,} | {extra + more:,} |")
    waits = [
        run.seen[ts] - at
        for ts, at in run.written.items()
        if ts in run.seen and not any(-2 < at - moment < 30 for moment in run.disturbed)
    ]
    every = [run.seen[ts] - at for ts, at in run.written.items() if ts in run.seen]
    print("\n| | p50 | p95 | p99 |\n|---|---|---|---|")
    for name, times in (
        ("message to row, bot up", waits),
        ("message to row, with kills", every),
        ("/label", [each / 1000 for each in run.asked]),
    ):
        if len(times) > 1:
            cuts = statistics.quantiles(times, n=100)
            print(f"| {name} | {cuts[49]:.2f} s | {cuts[94]:.2f} s | {cuts[98]:.2f} s |")
    size = (run.data / "nerbot.db").stat().st_size
    print(f"\nThe database has {size / options.messages / 1000:.1f} kB a message.")


if __name__ == "__main__":
    main()
