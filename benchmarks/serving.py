"""What people who ask notice of a training and of a new model.

    python -m benchmarks.serving ../shared/data/bc5cdr

The bot is a process of its own, asked over Socket Mode. First /ner at a steady rate while trainings go on, one after
another, each ending with a model that is loaded, goes live and has its pictures drawn. Then 1,000 swaps of the live
model between two of which one finds a label more, with 50 questions a second. The times are those the
Slack simulator sees, from the request to its ack.
"""

import argparse
import asyncio
import gc
import statistics
import tempfile
from pathlib import Path

from benchmarks.acks import LOOK_SECONDS
from benchmarks.wire import ENDS, label_all, newest
from bot.playground import Playground
from tests.bot.conftest import GOLD
from tests.support.bot_process import bot_process, socket_mode
from tests.support.corpus import LabelledLine, read_sample
from tests.support.swaps import LATER, swap_and_ask, teach_two_models

AIM_P99_MS = 250.0
TAUGHT = 100


def main() -> None:
    """Measure and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path, help="the folder of train.jsonl")
    parser.add_argument("--seconds", type=float, default=60, help="of questions during trainings")
    parser.add_argument("--a-second", type=float, default=20)
    parser.add_argument("--swaps", type=int, default=1000)
    options = parser.parse_args()
    lines = read_sample(options.corpus / "train.jsonl", TAUGHT + 500, seed=0)
    if options.seconds:
        asyncio.run(_during_trainings(lines, options.seconds, options.a_second))
    if options.swaps:
        asyncio.run(_during_swaps(options.swaps))


async def _during_trainings(lines: list[LabelledLine], seconds: float, a_second: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with (
            Playground.open(data=Path(folder) / "slack") as slack,
            bot_process(Path(folder) / "data", socket_mode(slack)),
        ):
            await label_all(slack, lines[:TAUGHT])
            await slack.command("ada", "#triage", "/train", "")
            await slack.until(lambda: _ended(slack), timeout=300)
            runs = _Runs(slack)
            trainer = asyncio.create_task(runs.keep_training())
            await slack.until(lambda: not _ended(slack), timeout=30)
            gc.collect()
            gc.freeze()
            times = await _ask(slack, lines[TAUGHT:], seconds, a_second)
            trainer.cancel()
            print(
                f"{runs.ended} trainings ended meanwhile, each with a model that went live or not"
            )
            _print("/ner during trainings", times)


class _Runs:
    """Trains again and again. Looking twice a second, not after each change, leaves the clock's process free."""

    def __init__(self, slack: Playground) -> None:
        self._slack = slack
        self.ended = 0

    async def keep_training(self) -> None:
        while True:
            await self._slack.command("ada", "#triage", "/train", "")
            await asyncio.sleep(LOOK_SECONDS)
            while not _ended(self._slack):  # noqa: ASYNC110 - see above
                await asyncio.sleep(LOOK_SECONDS)
            self.ended += 1


def _ended(slack: Playground) -> bool:
    return any(end in newest(slack) for end in ENDS)


async def _ask(
    slack: Playground, lines: list[LabelledLine], seconds: float, a_second: float
) -> list[float]:
    times: list[float] = []

    async def ask(text: str) -> None:
        answer = await slack.command("grace", "#triage", "/ner", text)
        in_time = answer.error is None and LATER not in answer.text
        times.append(answer.elapsed_ms if in_time else float("inf"))

    asking = []
    for number in range(round(seconds * a_second)):
        asking.append(asyncio.create_task(ask(lines[number % len(lines)]["text"])))
        await asyncio.sleep(1 / a_second)
    await asyncio.gather(*asking)
    return times


async def _during_swaps(swaps: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with (
            Playground.open(data=Path(folder) / "slack") as slack,
            bot_process(Path(folder) / "data", socket_mode(slack)),
        ):
            await teach_two_models(slack, GOLD)
            told = await swap_and_ask(slack, swaps=swaps, asked_a_second=50)
    answers = ", ".join(f"{name} {count:,}" for name, count in sorted(told.answers.items()))
    print(f"\n{told.swaps:,} swaps; answered: {answers}; failed or a mixture: {len(told.wrong)}")
    print(f"answered after the ack: {told.late}")
    for text in told.wrong[:3]:
        print(f"  {text[:200]!r}")
    _print("/ner during swaps", told.times)


def _print(what: str, times: list[float]) -> None:
    quantiles = statistics.quantiles(times, n=100)
    print(f"| {what} | asked | p50 ms | p95 ms | p99 ms | slowest ms | aim p99 ms |")
    print("|---|---|---|---|---|---|---|")
    print(
        f"| | {len(times):,} | {quantiles[49]:.1f} | {quantiles[94]:.1f} | {quantiles[98]:.1f} | "
        f"{max(times):.1f} | {AIM_P99_MS:.0f} |"
    )


if __name__ == "__main__":
    main()
