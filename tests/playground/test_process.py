"""The Slack simulator as a process: what it prints, when it ends."""

import asyncio
import json
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.support.patience import patient


def close_stdin(process: asyncio.subprocess.Process) -> None:
    assert process.stdin is not None
    process.stdin.close()


@pytest.mark.parametrize(
    "end",
    [close_stdin, lambda p: p.send_signal(signal.SIGTERM), lambda p: p.send_signal(signal.SIGINT)],
    ids=["stdin ends", "SIGTERM", "SIGINT"],
)
async def test_it_prints_how_to_reach_it_and_ends_when_asked_to(
    tmp_path: Path, manifest: Path, end: Callable[[asyncio.subprocess.Process], None]
) -> None:
    options = ("--data", str(tmp_path / "data"), "--manifest", str(manifest))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.playground", *options,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    ready = json.loads(await asyncio.wait_for(process.stdout.readline(), patient(10)))
    identity = await AsyncWebClient(token=ready["bot_token"], base_url=ready["api"]).auth_test()
    assert identity["user"] == "toybot"
    assert ready["page"].startswith("http://127.0.0.1:")
    end(process)
    assert await asyncio.wait_for(process.wait(), patient(5)) == 0
