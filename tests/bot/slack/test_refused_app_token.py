"""Slack refuses the app-level token of a bot that runs: it says so once, and does not ask again and again."""

import asyncio
import logging
from pathlib import Path

import aiohttp
import pytest

from bot.app import open_bot
from bot.playground import Playground
from tests.bot.conftest import settings_for
from tests.support.patience import patient

_CONNECTING = {
    "SocketModeClient.monitor_current_session",
    "SocketModeClient.receive_messages",
}


def connecting() -> set[str]:
    """The tasks of Slack's SDK that connect again."""
    running = (getattr(task.get_coro(), "__qualname__", "") for task in asyncio.all_tasks())
    return {name for name in running if name in _CONNECTING}


@pytest.mark.parametrize("error", ["invalid_auth", "token_revoked"])
@pytest.mark.parametrize("lost", ["dropped", "renewed"])
async def test_a_refused_app_token_is_one_line_and_one_call_and_readyz_says_so(
    slack: Playground, tmp_path: Path, caplog: pytest.LogCaptureFixture, error: str, lost: str
) -> None:
    settings = settings_for(slack, tmp_path / "data").model_copy(update={"health_port": 0})
    async with open_bot(settings) as bot, aiohttp.ClientSession() as session:
        assert connecting() == _CONNECTING
        slack.fail_next("apps.connections.open", status=200, error=error, times=1_000)
        before = len(asked(slack))
        caplog.clear()
        if lost == "dropped":
            await slack.drop_connections()
        else:
            await slack.disconnect("refresh_requested")
        await slack.until(lambda: not connecting(), timeout=patient(40))
        async with session.get(f"{bot.health}/readyz") as answer:
            assert answer.status == 503
            assert f"slack: Slack refuses SLACK_APP_TOKEN ({error})" in await answer.text()
    assert len(asked(slack)) == before + 1
    lines = [each for each in caplog.records if each.levelno >= logging.WARNING]
    assert [each.name for each in lines] == ["bot.slack.connection"], lines
    slack.problems.clear()


def asked(slack: Playground) -> list[object]:
    return [call for call in slack.calls if call.method == "apps.connections.open"]
