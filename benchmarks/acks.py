"""How long people wait for an answer while a training runs.

    python -m benchmarks.acks ../shared/data/bc5cdr
    python -m benchmarks.acks ../shared/data/bc5cdr --importing million.jsonl
    python -m benchmarks.acks ../shared/data/bc5cdr --api 4

The bot is a process of its own; 2,000 requests, half /label and half /ner, ten at once, over Socket Mode, with a
training running all the time, or an import of a file by another process, or so many programs that use the API as fast
as they are answered. The times are those the Slack simulator sees,
from the request to its ack.
"""

import argparse
import asyncio
import gc
import itertools
import os
import socket
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.wire import ENDS, label_all, newest
from bot.playground import Playground
from tests.support.bot_process import bot_process, socket_mode
from tests.support.corpus import LabelledLine, in_braces, read_sample

AT_ONCE = 10
LOOK_SECONDS = 0.5
IMPORT_STARTS_SECONDS = 5.0
API_STARTS_SECONDS = 8.0
_UNLIMITED = {"NERBOT_API_REQUESTS_PER_MINUTE": "1000000"}
GOALS = {"/label": 60.0, "/ner": 250.0}

Request = tuple[str, str]


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path, help="the folder of train.jsonl")
    parser.add_argument("--requests", type=int, default=2000)
    parser.add_argument("--importing", type=Path, help="a file that is imported meanwhile")
    parser.add_argument("--api", type=int, default=0, help="programs that use the API meanwhile")
    parser.add_argument("--processes", type=int, default=2, help="how many a training may be")
    options = parser.parse_args()
    lines = read_sample(options.corpus / "train.jsonl", 100 + options.requests, seed=0)
    asyncio.run(_run(lines[:100], lines[100:], options))


async def _run(
    taught: list[LabelledLine], asked: list[LabelledLine], options: argparse.Namespace
) -> None:
    importing, requests = options.importing, options.requests
    port = _free_port()
    bounds = {"NERBOT_TRAINING_PROCESSES": str(options.processes)}
    served = {"NERBOT_API": "on", "NERBOT_PORT": str(port), **_UNLIMITED} if options.api else {}
    with tempfile.TemporaryDirectory() as folder:
        async with (
            Playground.open(data=Path(folder) / "slack") as slack,
            bot_process(Path(folder) / "data", socket_mode(slack) | served | bounds),
        ):
            await label_all(slack, taught)
            await slack.command("ada", "#triage", "/train", "")
            await slack.until(lambda: _last_ended(slack), timeout=300)
            if options.api:
                data = Path(folder) / "data"
                beside = asyncio.create_task(_use_api(slack, data, port, options))
                await asyncio.sleep(API_STARTS_SECONDS)
            elif importing is None:
                beside = asyncio.create_task(_keep_training(slack))
                await slack.until(lambda: not _last_ended(slack), timeout=30)
            else:
                beside = asyncio.create_task(_import(slack, Path(folder) / "data", importing))
                await asyncio.sleep(IMPORT_STARTS_SECONDS)
            # The Slack simulator holds the clock in this process: its own garbage rounds are not the bot's waits.
            gc.collect()
            gc.freeze()
            times = await _ask(slack, _requests(asked, requests))
            still_on = not beside.done()
            beside.cancel()
            name = "a training" if importing is None else "an import"
            name = f"{options.api} programs of the API" if options.api else name
            _print(times, name, still_on=still_on)


async def _keep_training(slack: Playground) -> None:
    """Train again and again. Looking twice a second, not after each change, leaves the clock's process free."""
    while True:
        await slack.command("ada", "#triage", "/train", "")
        await asyncio.sleep(LOOK_SECONDS)
        while not _last_ended(slack):  # noqa: ASYNC110 - see above
            await asyncio.sleep(LOOK_SECONDS)


async def _import(slack: Playground, data: Path, file: Path) -> None:
    """As whoever runs nerbot types it; it is ended with the measurement."""
    workspace = slack.workspace.identity.team_id
    importer = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "import", str(file), "--workspace", workspace,
        env=os.environ | {"NERBOT_DATA": str(data)},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        await importer.wait()
    finally:
        if importer.returncode is None:
            importer.kill()
            await importer.wait()


async def _use_api(slack: Playground, data: Path, port: int, options: argparse.Namespace) -> None:
    """Programs with one token; they are ended with the measurement."""
    identity = slack.workspace.identity.team_id
    person = slack.workspace.person("ada").id
    asked = ("tokens", "create", "--scope", "read,write", "--as", person, "--workspace", identity)
    maker = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *asked,
        env=os.environ | {"NERBOT_DATA": str(data)},
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    token = (await maker.communicate())[0].decode().strip()
    load = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.api_load", f"http://127.0.0.1:{port}", token,
        str(options.corpus / "test.jsonl"), "--workers", str(options.api),
        stdout=subprocess.PIPE,
    )  # fmt: skip
    rate = b"0"
    try:
        assert load.stdout is not None
        async for line in load.stdout:
            rate = line
    finally:
        print(f"answers of the API a second: {rate.decode().strip()}")
        if load.returncode is None:
            load.kill()
            await load.wait()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _last_ended(slack: Playground) -> bool:
    return any(end in newest(slack) for end in ENDS)


def _requests(lines: list[LabelledLine], count: int) -> Iterator[Request]:
    labelled = [line for line in lines if line["spans"]]
    kinds = itertools.cycle(("/label", "/ner"))
    for kind, line in zip(kinds, itertools.islice(itertools.cycle(labelled), count), strict=False):
        yield (kind, in_braces(line) if kind == "/label" else line["text"])


async def _ask(slack: Playground, requests: Iterator[Request]) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {"/label": [], "/ner": []}

    async def worker() -> None:
        for command, text in requests:
            answer = await slack.command("grace", "#triage", command, text)
            times[command].append(answer.elapsed_ms if answer.error is None else float("inf"))

    await asyncio.gather(*(worker() for _ in range(AT_ONCE)))
    return times


def _print(times: dict[str, list[float]], beside: str, *, still_on: bool) -> None:
    print(f"{beside} was running: {'yes' if still_on else 'not all the time'}")
    print("| command | acks | p50 ms | p95 ms | p99 ms | slowest ms | aim p99 ms |")
    print("|---|---|---|---|---|---|---|")
    for command, values in times.items():
        quantiles = statistics.quantiles(values, n=100)
        print(
            f"| {command} | {len(values)} | {quantiles[49]:.1f} | {quantiles[94]:.1f} | {quantiles[98]:.1f} | "
            f"{max(values):.1f} | {GOALS[command]:.0f} |"
        )


if __name__ == "__main__":
    main()
