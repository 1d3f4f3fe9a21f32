"""How long people wait for an answer while a training runs.

    python -m benchmarks.acks ../shared/data/bc5cdr

The bot is a process of its own; 2,000 requests, half /label and half /ner, ten at once, over Socket Mode, with a
training running all the time. The times are those the Slack simulator sees, from the request to its ack.
"""

import argparse
import asyncio
import gc
import itertools
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.wire import ENDS, label_all, newest
from bot.playground import Playground
from tests.support.bot_process import bot_process, socket_mode
from tests.support.corpus import LabelledLine, in_braces, read_sample

AT_ONCE = 10
LOOK_SECONDS = 0.5
GOALS = {"/label": 60.0, "/ner": 250.0}

Request = tuple[str, str]


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path, help="the folder of train.jsonl")
    parser.add_argument("--requests", type=int, default=2000)
    options = parser.parse_args()
    lines = read_sample(options.corpus / "train.jsonl", 100 + options.requests, seed=0)
    asyncio.run(_run(lines[:100], lines[100:], options.requests))


async def _run(taught: list[LabelledLine], asked: list[LabelledLine], requests: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with (
            Playground.open(data=Path(folder) / "slack") as slack,
            bot_process(Path(folder) / "data", socket_mode(slack)),
        ):
            await label_all(slack, taught)
            await slack.command("ada", "#triage", "/train", "")
            await slack.until(lambda: _last_ended(slack), timeout=300)
            trainer = asyncio.create_task(_keep_training(slack))
            await slack.until(lambda: not _last_ended(slack), timeout=30)
            # The Slack simulator holds the clock in this process: its own garbage rounds are not the bot's waits.
            gc.collect()
            gc.freeze()
            times = await _ask(slack, _requests(asked, requests))
            still_training = not trainer.done()
            trainer.cancel()
            _print(times, training=still_training)


async def _keep_training(slack: Playground) -> None:
    """Train again and again. Looking twice a second, not after each change, leaves the clock's process free."""
    while True:
        await slack.command("ada", "#triage", "/train", "")
        await asyncio.sleep(LOOK_SECONDS)
        while not _last_ended(slack):  # noqa: ASYNC110 - see above
            await asyncio.sleep(LOOK_SECONDS)


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


def _print(times: dict[str, list[float]], *, training: bool) -> None:
    print(f"a training was running: {'yes' if training else 'not all the time'}")
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
