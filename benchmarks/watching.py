"""Whether anything is lost or doubled while a channel is watched, and how long it takes from a message to its row.

    python -m benchmarks.watching
    python -m benchmarks.watching --messages 100000 --kills 20

The bot is a process of its own; people write 50 messages a second into a channel of the Slack simulator, edit and
delete some, and answer in threads, while trainings run, for each of which a sentence is finished first. Events come
twice, connections drop, and the bot is killed and started again. In the end what is in the file and in the table, and
what a webhook receiver was told, is compared with what the live model finds in the messages as they are then. Rows are
looked for every 20 ms, those of the table every 50 ms; commands are typed meanwhile. Their times, and those in which
events are acknowledged, are those the simulator sees.
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

from benchmarks.watching_outputs import Receiver, in_file, in_table, look_at_file, look_at_table
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
    receiver: Receiver = field(default_factory=Receiver)
    seen: dict[str, float] = field(default_factory=dict)
    """When the first row of each message was in the file."""
    in_table: dict[str, float] = field(default_factory=dict)
    asked: list[float] = field(default_factory=list)
    acks: list[tuple[float, float]] = field(default_factory=list)
    """When each event was sent, and the seconds until it was acknowledged, with those in which it was told again."""
    kilobytes: float = 0.0
    """The size of the database before."""
    trained: list[tuple[float, float]] = field(default_factory=list)
    """When each training began and ended."""

    @property
    def data(self) -> Path:
        """The bot's folder."""
        return self.folder / "data"

    @property
    def file(self) -> Path:
        """The output that is a file."""
        return self.folder / "entities.jsonl"

    @property
    def table(self) -> Path:
        """The database with the output that is a table."""
        return self.folder / "e.db"


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
            _time_acks(run)
            async with run.receiver.open():
                async with bot_process(run.data, _environment(slack)):
                    await _prepare(run)
                run.kilobytes = (run.data / "nerbot.db").stat().st_size / 1000
                await _drive(run, options)
            expected = await _expected(run)
            _report(run, expected, options)


def _time_acks(run: Run) -> None:
    """Note how long each event takes until it is acknowledged."""
    events = run.slack.events
    send = events._send  # noqa: SLF001 - where all of them pass

    async def timed(event: Any, event_id: str) -> bool:
        began = time.monotonic()
        done = await send(event, event_id)
        run.acks.append((began, time.monotonic() - began))
        return done

    events._send = timed  # noqa: SLF001 - as above


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
    for kind, target in (("file", str(run.file)), ("table", f"sqlite:///{run.table}")):
        await asyncio.to_thread(_typed, run, ["outputs", "add", kind, target, *here])
    kinds = ["--kinds", "entity.found,entity.amended"]
    await asyncio.to_thread(_typed, run, ["webhooks", "add", run.receiver.url, *kinds, *here])


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
    looking = [
        asyncio.create_task(look_at_file(run.file, run.seen)),
        asyncio.create_task(look_at_table(run.table, run.in_table)),
    ]
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
        for task in (*looking, *beside):
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
        behind = database.execute(
            "SELECT min((SELECT min(position) FROM output), (SELECT min(entity_position) FROM webhook))"
        ).fetchone()[0]
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


async def _keep_training(run: Run) -> None:
    """One training after the other, each with a sentence that the one before did not have."""
    number = 0
    while True:
        number += 1
        symptom, drug = run.chance.choice(SYMPTOMS), run.chance.choice(DRUGS)
        text = f"Case {number} had {{{symptom}=SYMPTOM}} and takes {{{drug}=DRUG}}."
        with suppress(Exception):  # the bot may be down
            await run.slack.command("ada", "#triage", "/label", text)
            began = time.monotonic()
            answer = await run.slack.command("ada", "#triage", "/train", "")
            if answer.error is None:
                await asyncio.sleep(0.5)
                await run.slack.until(lambda: _has_ended(run.slack), timeout=60)
                run.trained.append((began, time.monotonic()))
        await asyncio.sleep(0.2)


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


def _report(
    run: Run, expected: dict[str, Counter[tuple[str, str]]], options: argparse.Namespace
) -> None:
    began, ended = min(run.written.values()), max(run.written.values())
    trained = sum(max(0.0, min(ended, end) - max(began, start)) for start, end in run.trained)
    print(
        f"{options.messages:,} messages at {options.rate:g} a second, {options.kills} kills, {options.drops} lost "
        f"connections, a tenth of the events twice; {sum(start < ended for start, _ in run.trained)} trainings, "
        f"{100 * trained / (ended - began):.0f} % of the time\n"
    )
    found, twice = in_file(run.file)
    places = (
        ("file", found, twice),
        ("table", in_table(run.table), 0),
        ("webhook, by its ids", run.receiver.found(), 0),
    )
    print("| output | entities | lost | doubled |\n|---|---|---|---|")
    for name, there, more in places:
        lost = sum(((wanted - there[ts]).total() for ts, wanted in expected.items()), 0)
        extra = sum(
            ((own - expected.get(ts, Counter())).total() for ts, own in there.items()), more
        )
        total = sum(each.total() for each in there.values())
        print(f"| {name} | {total:,} | {lost:,} | {extra:,} |")
    print(f"\n{run.receiver.again:,} notifications came again with the same id.")
    print("\n| | p50 | p95 | p99 |\n|---|---|---|---|")
    for name, times in _times(run, began, ended).items():
        if len(times) > 1:
            cuts = statistics.quantiles(times, n=100)
            print(f"| {name} | {cuts[49]:.3f} s | {cuts[94]:.3f} s | {cuts[98]:.3f} s |")
    print(f"\n{_size(run)}")


def _times(run: Run, began: float, ended: float) -> dict[str, list[float]]:
    """What was waited for, and how long: apart from when the bot was down, and with that."""

    def is_up(at: float) -> bool:
        return not any(-2 < at - moment < 30 for moment in run.disturbed)

    times = {}
    for name, seen in (
        ("row in the file", run.seen),
        ("row in the table", run.in_table),
        ("webhook", run.receiver.seen),
    ):
        waits = [(at, seen[ts] - at) for ts, at in run.written.items() if ts in seen]
        times[f"message to {name}, bot up"] = [wait for at, wait in waits if is_up(at)]
        times[f"message to {name}, all"] = [wait for _, wait in waits]
    during = [(at, wait) for at, wait in run.acks if began <= at <= ended]
    times["event acknowledged, bot up"] = [wait for at, wait in during if is_up(at)]
    times["/label"] = [each / 1000 for each in run.asked]
    return times


def _size(run: Run) -> str:
    with closing(sqlite3.connect(run.data / "nerbot.db")) as database:
        messages, entities, changes = (
            database.execute(f"SELECT count(*) FROM {name}").fetchone()[0]  # noqa: S608 - ours
            for name in ("watched_message", "entity", "entity_change")
        )
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    more = (run.data / "nerbot.db").stat().st_size / 1000 - run.kilobytes
    return (
        f"The database grew by {more:,.0f} kB, {more / messages:.1f} kB a message: {messages:,} messages, {entities:,} "
        f"entities, {changes:,} changes."
    )


if __name__ == "__main__":
    main()
