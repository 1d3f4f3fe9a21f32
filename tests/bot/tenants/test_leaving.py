"""A workspace takes nerbot out, or its token ends; the others go on."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.playground.grid import Grid
from tests.bot.tenants.conftest import ONE, TWO, Town
from tests.support.opening import patient_timing
from tests.support.patience import patient

OUT = (
    {"type": "app_uninstalled"},
    {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": ["U0NERBOT"]}},
)
ORGANIZATION = "E0ORG"
LINE = "/label none in: No complaints today."


def rows(town: Town, asked: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(town.data / "nerbot.db") as connection:
        return connection.execute(asked).fetchall()


async def until_gone(town: Town, workspace: str) -> None:
    async with asyncio.timeout(patient(10)):
        while rows(town, f"SELECT 1 FROM tenant WHERE workspace = '{workspace}'"):  # noqa: ASYNC110 - a database's
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("event", OUT, ids=lambda event: str(event["type"]))
async def test_its_tokens_are_deleted_at_once_and_the_other_one_goes_on(
    town: Town, event: dict[str, object]
) -> None:
    for workspace in (ONE, TWO):
        await town.install(workspace)
    town.grid.take_out(ONE)
    await town.grid.slacks[ONE].event(event)
    await until_gone(town, ONE)
    for table in ("slack_bots", "slack_installations"):
        assert rows(town, f"SELECT team_id FROM {table}") == [(TWO,)]
    assert rows(town, "SELECT workspace FROM departure") == [(ONE,)]
    calls = [each for each in town.grid.used if each[0] == ONE]
    assert "Saved" in (await town.team(TWO).types(LINE)).text
    await town.grid.slacks[ONE].command("ada", "#triage", "/label", "none in: Well.")
    assert [each for each in town.grid.used if each[0] == ONE] == calls


async def test_installed_again_everything_is_as_it_was(town: Town) -> None:
    await town.install(ONE)
    await town.team(ONE).types("/label A patient with {fever=QUIRK}.")
    town.grid.take_out(ONE)
    await town.grid.slacks[ONE].event(OUT[0])
    await until_gone(town, ONE)
    await town.install(ONE)
    assert "QUIRK" in (await town.team(ONE).types("/nerbot labels")).text
    assert rows(town, "SELECT workspace FROM departure") == []


async def test_a_token_that_is_refused_ends_that_workspace_alone(town: Town) -> None:
    """The event was lost: the first message that Slack refuses says so."""
    for workspace in (ONE, TWO):
        await town.install(workspace)
    town.grid.take_out(ONE, word="token_revoked")
    slack = town.grid.slacks[ONE]
    direct = slack.workspace.direct_message(slack.workspace.person("ada").id)
    slack.say("ada", direct.id, "hello")
    await until_gone(town, ONE)
    assert "Saved" in (await town.team(TWO).types(LINE)).text


async def test_a_token_that_ends_soon_is_renewed(town: Town) -> None:
    town.grid.rotates = True
    await town.install(ONE)
    [before] = town.grid.tokens_of(ONE)
    soon = (datetime.now(UTC) + timedelta(minutes=30)).replace(tzinfo=None).isoformat(" ")
    with sqlite3.connect(town.data / "nerbot.db") as connection:
        connection.execute("UPDATE slack_bots SET bot_token_expires_at = ?", [soon])
    again = Town(town.grid, town.data, town.keys)
    async with again.running():
        assert "Saved" in (await again.team(ONE).types(LINE)).text
    new = set(town.grid.tokens_of(ONE)) - {before}
    assert len(new) == 1
    town.grid.let_expire(ONE)
    [(kept,)] = rows(town, "SELECT bot_token FROM slack_bots")
    assert str(kept).startswith("fernet:")


@pytest.fixture
async def organization(tmp_path: Path) -> AsyncIterator[Town]:
    """Two workspaces of one organization."""
    async with AsyncExitStack() as stack:
        grid = await stack.enter_async_context(
            Grid.open(
                data=tmp_path / "slack",
                teams=(ONE, TWO),
                timing=patient_timing(),
                enterprise=ORGANIZATION,
            )
        )
        for slack in grid.slacks.values():
            slack.alter = grid.of_organization
        yield await stack.enter_async_context(Town(grid, tmp_path / "data").running())


async def test_an_organization_installs_it_for_all_of_its_workspaces(organization: Town) -> None:
    town = organization
    await town.install(ONE, org=True)
    for workspace in (ONE, TWO):
        assert "Saved" in (await town.team(workspace).types(LINE)).text
    found = rows(town, "SELECT workspace, enterprise_id, is_org_wide FROM tenant ORDER BY 1")
    assert found == [(ONE, ORGANIZATION, 1), (TWO, ORGANIZATION, 1)]
    await town.grid.slacks[ONE].event(OUT[0])
    for workspace in (ONE, TWO):
        await until_gone(town, workspace)
    assert rows(town, "SELECT 1 FROM slack_bots") == []


async def test_a_workspace_of_another_organization_is_not_let_in(organization: Town) -> None:
    town = organization
    await town.install(ONE, org=True)
    slack = town.grid.slacks[TWO]
    slack.alter = lambda payload: {
        **town.grid.of_organization(payload),
        "enterprise_id": "E0OTHER",
    }
    await slack.command("ada", "#triage", "/label", "none in: Well.")
    assert "not installed in this workspace" in slack.messages("#triage", viewer="ada")[-1].shown
