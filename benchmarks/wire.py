"""The whole way, timed: labelled sentences through the bot's own /label, /train, and the scores it posts.

    python -m benchmarks.wire ../shared/data/bc5cdr --sentences 100

The bot is a process of its own; the Slack simulator in this process plays Slack and the person.
"""

import argparse
import asyncio
import tempfile
import time
from pathlib import Path

from bot.playground import Playground
from tests.support.bot_process import bot_process, socket_mode
from tests.support.corpus import LabelledLine, in_braces, read_sample

ENDS = ("is live", "is not live", "failed", "cancelled")


def main() -> None:
    """Run it and print what a person would have seen."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path, help="the folder of train.jsonl")
    parser.add_argument("--sentences", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    lines = read_sample(options.corpus / "train.jsonl", options.sentences, seed=options.seed)
    asyncio.run(_run(lines))


async def _run(lines: list[LabelledLine]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with (
            Playground.open(data=Path(folder) / "slack") as slack,
            bot_process(Path(folder) / "data", socket_mode(slack)) as bot,
        ):
            print(f"ready after {bot.ready_seconds:.1f} s")
            await label_all(slack, lines)
            await _train(slack)
            answer = await slack.command("ada", "#triage", "/ner", lines[0]["text"])
            print(f"/ner answered in {answer.elapsed_ms:.0f} ms")


async def label_all(slack: Playground, lines: list[LabelledLine]) -> None:
    """Type every sentence whole; a question about token borders is answered with its first choice."""
    started, asked, unknown = time.monotonic(), 0, 0
    for line in lines:
        answer = await slack.command("ada", "#triage", "/label", _typed(line))
        if "Nothing is changed until you choose" in answer.text and answer.message:
            asked += 1
            await slack.click("ada", answer.message, "label.choice.0")
        elif "finished" not in answer.text and "Saved" not in answer.text:
            unknown += 1
            print(f"not saved: {answer.text[:120]!r}")
    seconds = time.monotonic() - started
    print(
        f"{len(lines)} sentences typed in {seconds:.1f} s; asked about word borders: {asked}; not saved: {unknown}"
    )


def _typed(line: LabelledLine) -> str:
    return in_braces(line) if line["spans"] else f"none in: {line['text']}"


async def _train(slack: Playground) -> None:
    started = time.monotonic()
    answer = await slack.command("ada", "#triage", "/train", "")
    print(answer.text)
    await slack.until(lambda: _ended(slack), timeout=300)
    print(f"live {time.monotonic() - started:.1f} s after /train")
    print(newest(slack))


def _ended(slack: Playground) -> bool:
    return any(end in newest(slack) for end in ENDS)


def newest(slack: Playground) -> str:
    """The words of the newest message in #triage itself: the pictures of a run are in its thread."""
    return next(m.text for m in reversed(slack.messages("#triage")) if m.thread_ts is None)


if __name__ == "__main__":
    main()
