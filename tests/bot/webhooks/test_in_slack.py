"""What happens in a project is sent by the bot as it runs, and owners see in Slack how a webhook does."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.app import open_bot
from bot.cli.main import main
from bot.playground import Playground
from tests.bot.conftest import Team, settings_for
from tests.db.test_webhooks import Receiver, receiver
from tests.support.opening import copy_tables
from tests.support.patience import patient

__all__ = ["receiver"]


@pytest.fixture
async def team(
    slack: Playground, tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Team]:
    """A bot with a webhook that was set up on the machine it runs on."""
    data = tmp_path / "data"
    copy_tables(data)
    monkeypatch.setenv("NERBOT_DATA", str(data))
    notes = tmp_path / "notes.txt"
    notes.write_text("He takes aspirin.\n", "utf-8")
    here = ["--workspace", slack.workspace.identity.team_id]
    # A command line has an event loop of its own.
    assert await asyncio.to_thread(main, ["import", str(notes), *here]) == 0
    assert await asyncio.to_thread(main, ["webhooks", "add", receiver.url, *here]) == 0
    async with open_bot(settings_for(slack, data)) as bot:
        yield Team(slack, bot)


async def test_what_is_labelled_in_slack_arrives(team: Team, receiver: Receiver) -> None:
    await team.types("/label She has a {fever=SYMPTOM}.")
    await team.slack.until(lambda: bool(receiver.got), timeout=patient(20))
    assert receiver.bodies[0]["data"]["sentence"]["text"] == "She has a fever."


async def test_owners_see_how_a_webhook_does_and_can_send_a_test(
    team: Team, receiver: Receiver
) -> None:
    assert "up to date" in (await team.types("/nerbot webhooks")).text
    shown = team.slack.messages("#triage", viewer="ada")[-1]
    await team.slack.click("ada", shown, "Send a test")
    await team.slack.until(lambda: "took the test" in team.reads())
    assert receiver.kinds == ["test"]
    receiver.answers.append(503)
    await team.slack.click("ada", shown, "Send a test")
    await team.slack.until(lambda: "HTTP 503" in team.reads())


async def test_only_owners_see_webhooks(team: Team) -> None:
    await team.types("/nerbot roles")
    answer = await team.types("/nerbot webhooks", person="grace")
    assert "Only an owner can see webhooks" in answer.text
