"""How long `nerbot run` takes until it is ready, what it weighs then, and how fast it stops.

    python -m benchmarks.start

The bot is a process of its own, against a Slack simulator in this one; the second start finds its database there.
"""

import asyncio
import tempfile
from pathlib import Path

import psutil

from bot.playground import Playground
from tests.support.bot_process import bot_process, socket_mode

SETTLED_SECONDS = 4.0


def main() -> None:
    """Start and stop it a few times and print a table."""
    asyncio.run(_run())


async def _run() -> None:
    print("| start | ready s | resident MB, settled, no model | stopped s |")
    print("|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        async with Playground.open(data=Path(folder) / "slack") as slack:
            for start in ("first", "second", "third"):
                async with bot_process(Path(folder) / "data", socket_mode(slack)) as bot:
                    await asyncio.sleep(SETTLED_SECONDS)
                    megabytes = psutil.Process(bot.pid).memory_info().rss / 1e6
                    _, seconds = await bot.stop()
                print(f"| {start} | {bot.ready_seconds:.2f} | {megabytes:.0f} | {seconds:.2f} |")


if __name__ == "__main__":
    main()
