"""The bot or a worker as a process of its own, against a Slack simulator in this one: what a failing machine sees."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from bot.playground import Playground
from tests.support.patience import patient

READY_WITHIN_SECONDS = 30


class BotProcess:
    """A running `nerbot run`."""

    def __init__(
        self, process: asyncio.subprocess.Process, ready_seconds: float, said: list[str]
    ) -> None:
        self.process = process
        self.ready_seconds = ready_seconds
        self.said = said

    @property
    def address(self) -> str:
        """Where it listens for Slack, in HTTP mode."""
        [line] = [line for line in self.said if "/slack/events" in line]
        return line.split()[-1].removesuffix("/slack/events")

    @property
    def pid(self) -> int:
        """The process to look at, or to kill."""
        return self.process.pid

    async def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        await self.process.wait()

    async def stop(self) -> tuple[int, float]:
        """Ask it to stop; the exit status and the seconds it took."""
        started = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(patient(20)):
            status = await self.process.wait()
        return status, time.monotonic() - started


def socket_mode(slack: Playground) -> dict[str, str]:
    """The environment that connects a bot to this Slack simulator by Socket Mode."""
    return {
        "SLACK_API_URL": slack.api_url,
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
    }


@asynccontextmanager
async def bot_process(
    data: Path,
    environment: Mapping[str, str],
    *,
    log: Path | None = None,
    patience: float = 1,
    words: Sequence[str] = ("run",),
    code: Path | None = None,
) -> AsyncIterator[BotProcess]:
    """Start `nerbot run`, or what `words` say, and wait until it says that it is ready; it is gone when the block is
    left. `code` is the folder of another checkout to run.

    Tests give it their patience; what measures it gives it none.
    """
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("SLACK_", "NERBOT_"))
    }
    started = time.monotonic()
    with (log or data.with_suffix(".log")).open("ab") as errors:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            *words,
            cwd=code,
            env={
                **clean,
                "NERBOT_ENV_FILE": "",
                "NERBOT_DATA": str(data),
                "NERBOT_PATIENCE": str(patience),
                "NERBOT_ENCODER": "minilm",
                **({"PYTHONPATH": str(code)} if code else {}),
                **environment,
            },
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
        )
    try:
        said = await _first_words(process)
        yield BotProcess(process, time.monotonic() - started, said)
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _first_words(process: asyncio.subprocess.Process) -> list[str]:
    assert process.stdout is not None
    said: list[str] = []
    async with asyncio.timeout(patient(READY_WITHIN_SECONDS)):
        while not said or "data folder" not in said[-1]:
            line = await process.stdout.readline()
            if not line:
                raise RuntimeError(f"nerbot did not start; it said: {said}")
            said.append(line.decode().rstrip())
    return said
