"""The two ways in: Socket Mode, and signed HTTP."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Literal

import aiohttp
import pytest
from pydantic import SecretStr

from bot.app import open_bot
from bot.playground import Playground
from tests.bot.conftest import Team, settings_for
from tests.support.patience import patient


@pytest.fixture
async def http_team(slack: Playground, tmp_path: Path) -> AsyncIterator[Team]:
    """The bot in HTTP mode on a free port, with Slack delivering there."""
    settings = settings_for(slack, tmp_path / "data").model_copy(
        update={"app_token": None, "signing_secret": SecretStr(slack.signing_secret), "port": 0}
    )
    async with open_bot(settings) as bot:
        await slack.use_http(f"{bot.address}/slack/events")
        yield Team(slack, bot)


async def test_a_signed_command_is_answered(http_team: Team) -> None:
    """In HTTP mode the ack is the answer to the request."""
    answer = await http_team.types("/label SYMPTOM chest pain in: A patient with chest pain.")
    assert "chest pain SYMPTOM" in answer.text


async def test_a_signed_button_is_answered(http_team: Team) -> None:
    """Buttons come by HTTP as well."""
    answer = await http_team.types("/label SYMPTOM chest pain in: A patient with chest pain.")
    assert "finished ✓" in (await http_team.presses(answer.message, "Finished")).shown


async def test_an_unsigned_request_is_refused(http_team: Team) -> None:
    """Without a signature nothing comes in."""
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{http_team.bot.address}/slack/events", data={"command": "/label"}) as answer,
    ):
        assert answer.status == 401


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
async def test_health_is_told(http_team: Team, path: str) -> None:
    """A load balancer can ask."""
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{http_team.bot.address}{path}") as answer,
    ):
        assert answer.status == 200


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
async def test_the_socket_comes_back_after_slack_asks_for_it(
    team: Team, reason: Literal["warning", "refresh_requested"]
) -> None:
    """Slack renews connections all the time; commands go on being answered."""
    await team.slack.disconnect(reason)
    assert "/label SYMPTOM" in (await _answered_again(team))


async def test_the_socket_comes_back_after_it_breaks(team: Team) -> None:
    """A lost connection is made again by itself."""
    await team.slack.drop_connections()
    assert "/label SYMPTOM" in (await _answered_again(team))


async def _answered_again(team: Team) -> str:
    await team.slack.until(lambda: team.slack.connected, timeout=patient(20))
    return (await team.types("/label help")).text
