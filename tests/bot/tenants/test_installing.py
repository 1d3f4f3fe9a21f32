"""A workspace installs nerbot by itself, from its page, and uses it; another one does, too."""

import sqlite3
import subprocess
import sys

import aiohttp
import pytest
from slack_sdk.oauth.installation_store.sqlalchemy import AsyncSQLAlchemyInstallationStore
from slack_sdk.oauth.state_store.sqlalchemy import AsyncSQLAlchemyOAuthStateStore
from sqlalchemy import MetaData

from bot.db.tables.tenants import library_metadata
from bot.errors import SettingsError
from bot.settings import settings_of
from bot.slack.tenants.repository import renew_all
from bot.slack.tenants.vault import TokenUnreadable, TokenVault
from tests.bot.tenants.conftest import ONE, TWO, Town, new_key
from tests.support.opening import open_database

APP = {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "s", "SLACK_SIGNING_SECRET": "s"}


async def test_a_workspace_that_installed_it_uses_it(town: Town) -> None:
    assert "nerbot is installed" in await town.install(ONE)
    answer = await town.team(ONE).types("/label A patient with {fever=SYMPTOM}.")
    assert "Saved" in answer.text


async def test_a_workspace_that_did_not_is_told_so(town: Town) -> None:
    await town.install(ONE)
    slack = town.grid.slacks[TWO]
    await slack.command("ada", "#triage", "/label", "none in: Well.")
    assert "not installed in this workspace" in slack.messages("#triage", viewer="ada")[-1].shown


async def test_two_workspaces_see_nothing_of_each_other(town: Town) -> None:
    for workspace in (ONE, TWO):
        await town.install(workspace)
    await town.team(ONE).types("/label A patient with {fever=QUIRK}.")
    assert "QUIRK" in (await town.team(ONE).types("/nerbot labels")).text
    assert "QUIRK" not in (await town.team(TWO).types("/nerbot labels")).text


async def test_each_workspace_is_spoken_to_with_its_own_token(town: Town) -> None:
    for workspace in (ONE, TWO):
        await town.install(workspace)
        await town.team(workspace).slack.open_home("ada")
    wanted = {(ONE, "views.publish"), (TWO, "views.publish")}
    slack = town.grid.slacks[ONE]
    await slack.until(lambda: wanted <= {each[:2] for each in town.grid.used})
    for workspace, slack in town.grid.slacks.items():
        published = [each for each in slack.calls if each.method == "views.publish"]
        people = {each.payload["user_id"] for each in published}
        assert people <= {*slack.workspace.people}, workspace


async def test_no_token_is_in_the_database_as_it_is(town: Town) -> None:
    await town.install(ONE)
    [token] = town.grid.tokens_of(ONE)
    for path in town.data.glob("nerbot.db*"):
        assert token.encode() not in path.read_bytes()
    with sqlite3.connect(town.data / "nerbot.db") as connection:
        for table in ("slack_bots", "slack_installations"):
            [(kept,)] = connection.execute(f"SELECT bot_token FROM {table}").fetchall()
            assert kept.startswith("fernet:")


async def test_whoever_cancels_installs_nothing(town: Town) -> None:
    assert "You did not allow it" in await town.install(ONE, did="cancel")
    with sqlite3.connect(town.data / "nerbot.db") as connection:
        assert connection.execute("SELECT count(*) FROM slack_bots").fetchone() == (0,)


async def test_a_way_back_that_was_not_begun_in_this_browser_installs_nothing(town: Town) -> None:
    """Somebody sends a victim a link with the attacker's code: the state has to be in the browser's cookie."""
    async with aiohttp.ClientSession() as browser:
        url = f"{town.address}/slack/oauth_redirect?code=abc&state=guessed"
        async with browser.get(url) as answer:
            assert "invalid_browser" in await answer.text()
        async with browser.get(url, headers={"Cookie": "slack-app-oauth-state=guessed"}) as answer:
            assert "invalid_state" in await answer.text()


async def test_after_a_restart_it_serves_whom_it_served(town: Town) -> None:
    await town.install(ONE)
    again = Town(town.grid, town.data, town.keys)
    async with again.running():
        answer = await again.team(ONE).types("/label none in: No complaints today.")
    assert "Saved" in answer.text


async def test_with_a_new_key_in_front_the_old_one_still_opens(town: Town) -> None:
    await town.install(ONE)
    again = Town(town.grid, town.data, (new_key(), *town.keys))
    async with again.running():
        assert "Saved" in (await again.team(ONE).types("/label none in: Well.")).text


async def test_a_key_can_go_once_everything_is_encrypted_with_the_new_one(town: Town) -> None:
    await town.install(ONE)
    new = new_key()
    both = TokenVault([each.get_secret_value() for each in (new, *town.keys)])
    async with open_database(f"sqlite+aiosqlite:///{town.data}/nerbot.db") as database:
        assert await renew_all(database, both) == 2
        again = Town(town.grid, town.data, (new,))
        async with again.running():
            assert "Saved" in (await again.team(ONE).types("/label none in: Well.")).text
        with pytest.raises(TokenUnreadable, match="NERBOT_TOKEN_KEYS"):
            await renew_all(database, TokenVault([new_key().get_secret_value()]))


def test_the_tables_have_the_columns_of_the_library() -> None:
    """The migrations make them; a new version of slack_sdk that adds one is noticed here."""
    metadata = MetaData()
    of_library = (
        AsyncSQLAlchemyInstallationStore.build_bots_table(metadata, "slack_bots"),
        AsyncSQLAlchemyInstallationStore.build_installations_table(metadata, "slack_installations"),
        AsyncSQLAlchemyOAuthStateStore.build_oauth_states_table(metadata, "slack_oauth_states"),
    )
    for table in of_library:
        assert {*table.c.keys()} == {*library_metadata.tables[table.name].c.keys()}


def test_nothing_of_it_is_imported_where_a_token_is_set() -> None:
    code = "import sys, bot.app; print('cryptography' in sys.modules, 'bot.slack.tenants.installable' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert ran.stdout.split() == ["False", "False"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"SLACK_CLIENT_ID": "1.2"}, "SLACK_CLIENT_SECRET is missing"),
        ({**APP, "SLACK_SIGNING_SECRET": ""}, "SLACK_SIGNING_SECRET is missing"),
        ({**APP, "SLACK_APP_TOKEN": "xapp-1"}, "needs HTTP mode"),
        ({**APP, "SLACK_BOT_TOKEN": "xoxb-1"}, "not both"),
        (APP, "NERBOT_TOKEN_KEYS is missing"),
        ({**APP, "NERBOT_TOKEN_KEYS": "short"}, "nerbot keys makes one"),
        ({"SLACK_CLIENT_SECRET": "s"}, "SLACK_CLIENT_ID is missing"),
    ],
)
def test_settings_that_do_not_go_together_are_named(given: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        settings_of({name: value for name, value in given.items() if value})
