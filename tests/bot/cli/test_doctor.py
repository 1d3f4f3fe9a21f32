"""`nerbot doctor`: what it finds, and what it says to do."""

import asyncio
import json
import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.cli.doctor import machine
from bot.cli.doctor.findings import State
from bot.cli.doctor.installing import check_redirect
from bot.cli.doctor.slack import check_clock, check_scopes, told_of_blocks
from bot.cli.main import main
from bot.operations.skew import ClockSkew
from bot.playground import Playground
from bot.playground.grid import Grid
from bot.settings import Settings
from bot.slack.connection import Ourselves
from bot.slack.diagnosis import BlocksChecked, check_blocks, read_manifest_scopes
from bot.slack.tenants.vault import TokenVault
from bot.workers.queues.procrastinate_schema import prepare
from tests.bot.tenants.conftest import new_key
from tests.db.conftest import Server, server
from tests.support.bot_process import socket_mode
from tests.support.opening import copy_tables, open_database

__all__ = ["server"]

Doctor = Callable[..., tuple[int, dict[str, dict[str, str]]]]


@pytest.fixture
def doctor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Doctor:
    """The exit code, and each finding by its name; with these variables and no other setting."""
    for name in [name for name in os.environ if name.startswith("SLACK_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("NERBOT_DATA", str(tmp_path / "data"))

    def call(*words: str, **variables: str) -> tuple[int, dict[str, dict[str, str]]]:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        code = main(["doctor", "--json", *words])
        told = json.loads(capsys.readouterr().out)
        assert told["ok"] == (code == 0)
        return code, {each["name"]: each for each in told["checks"]}

    return call


def test_on_a_fresh_machine_without_tokens_all_is_well(
    doctor: Doctor, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, found = doctor()
    assert code == 0
    assert set(found) == {"encoder", "settings", "disk", "database", "Slack"}
    assert not (tmp_path / "data").exists()
    assert main(["doctor"]) == 0
    assert "ok       disk: " in capsys.readouterr().out


def test_a_wrong_setting_is_named_with_the_next_step(doctor: Doctor) -> None:
    code, found = doctor(NERBOT_PORT="many")
    assert code == 1
    assert found["settings"]["says"].startswith("NERBOT_PORT: ")
    assert "nerbot init" in found["settings"]["next"]


def test_a_database_is_read_and_its_migrations_are_compared(doctor: Doctor, tmp_path: Path) -> None:
    copy_tables(tmp_path / "data")
    file = tmp_path / "data" / "nerbot.db"
    _, found = doctor()
    assert found["migrations"]["state"] == "ok"
    assert found["models"]["says"].startswith("0 are there")
    for revision, state in (("0001", State.WARNING), ("9999", State.FAILED)):
        with closing(sqlite3.connect(file)) as connection, connection:
            connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))
            connection.execute("UPDATE schema_compatibility SET compatible_from = ?", (revision,))
        code, found = doctor()
        assert (found["migrations"]["state"], code) == (state, int(state is State.FAILED))
        assert "models" not in found


def test_a_database_of_a_newer_nerbot_that_this_one_can_use_is_a_warning(
    doctor: Doctor, tmp_path: Path
) -> None:
    """While an upgrade runs nothing is wrong."""
    copy_tables(tmp_path / "data")
    with closing(sqlite3.connect(tmp_path / "data" / "nerbot.db")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    code, found = doctor()
    assert (found["migrations"]["state"], code) == (State.WARNING, 0)
    assert found["models"]["says"].startswith("0 are there")


def test_a_database_that_cannot_be_read_fails_and_stays_as_it_is(
    doctor: Doctor, tmp_path: Path
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "nerbot.db").write_bytes(b"no database" * 100)
    code, found = doctor()
    assert (code, found["database"]["state"]) == (1, "failed")
    code, found = doctor(NERBOT_DATABASE_URL="postgresql+asyncpg://nobody@127.0.0.1:9/none")
    assert code == 1
    assert found["database"]["says"].startswith("NERBOT_DATABASE_URL: ")


def test_a_live_model_whose_files_changed_fails(doctor: Doctor, trained_data: Path) -> None:
    _, found = doctor(NERBOT_DATA=str(trained_data))
    assert found["models"]["says"].startswith("1 are there")
    with (trained_data / "models" / "1" / "1" / "meta.json").open("a") as file:
        file.write(" ")
    code, found = doctor()
    assert (code, found["models"]["state"]) == (1, "failed")
    assert "meta.json" in found["models"]["says"]


def test_an_encoder_that_is_not_there_fails(doctor: Doctor) -> None:
    code, found = doctor(NERBOT_ENCODER="nowhere")
    assert (code, found["encoder"]["state"]) == (1, "failed")


def test_a_file_of_tokens_that_others_can_read_is_told(doctor: Doctor, tmp_path: Path) -> None:
    file = tmp_path / "settings"
    file.write_text("NERBOT_PORT=3000\n")
    file.chmod(0o644)
    assert doctor(NERBOT_ENV_FILE=str(file))[1]["file of settings"]["next"] == f"chmod 600 {file}"
    file.chmod(0o600)
    assert doctor()[1]["file of settings"]["state"] == "ok"


@pytest.mark.parametrize(("free", "state"), [(10, "failed"), (500, "warning"), (5000, "ok")])
def test_the_room_on_the_disk_is_judged(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, free: int, state: str
) -> None:
    class Usage:
        def __init__(self, _: object) -> None:
            self.free = free * 2**20

    monkeypatch.setattr("bot.cli.doctor.machine.shutil.disk_usage", Usage)
    assert machine.check_disk(tmp_path / "new").state.value == state


async def asked(doctor: Doctor, slack: Playground, **more: str) -> tuple[int, dict[str, Any]]:
    """Beside the simulator, which runs on this loop."""
    return await asyncio.to_thread(doctor, **{**socket_mode(slack), **more})


async def test_slack_is_asked_for_tokens_scopes_clock_and_blocks(
    doctor: Doctor, slack: Playground
) -> None:
    code, found = await asked(doctor, slack)
    assert code == 0, found
    names = ("Slack", "scopes", "clock", "app token", "blocks")
    assert (
        {name: found[name]["says"] for name in names if found[name]["state"] != "ok"}
        == {
            "scopes": "optional ones that were not granted: users:read"  # the simulator grants none of those
        }
    )
    assert "takes" in found["blocks"]["says"]


async def test_tokens_that_slack_refuses_fail_each_by_its_name(
    doctor: Doctor, slack: Playground
) -> None:
    code, found = await asked(doctor, slack, SLACK_APP_TOKEN="xapp-wrong")
    assert (code, found["Slack"]["state"]) == (1, "ok")
    assert found["app token"]["says"].startswith("SLACK_APP_TOKEN: Slack refuses it")
    code, found = await asked(doctor, slack, SLACK_BOT_TOKEN="xoxb-wrong")
    assert found["Slack"]["says"].startswith("SLACK_BOT_TOKEN: Slack refuses it")
    slack.problems.clear()


async def test_blocks_that_slack_refuses_are_told_with_their_place(slack: Playground) -> None:
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
    checked = await check_blocks(client, [{"type": "section"}])
    assert told_of_blocks(checked).state is State.FAILED
    assert "/blocks/0" in told_of_blocks(checked).says
    slack.problems.clear()


@pytest.mark.parametrize(
    ("trouble", "state"), [("unknown_method", "ok"), ("ratelimited", "warning")]
)
def test_a_slack_that_does_not_check_blocks_is_no_failure(trouble: str, state: str) -> None:
    assert told_of_blocks(BlocksChecked(trouble=trouble)).state.value == state


def test_slack_is_left_alone_when_offline_and_told_when_it_cannot_be_reached(
    doctor: Doctor,
) -> None:
    there = {
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_APP_TOKEN": "xapp-1",
        "SLACK_API_URL": "http://127.0.0.1:9/",
    }
    code, found = doctor("--offline", **there)
    assert (code, "Slack" in found) == (0, False)
    code, found = doctor()
    assert code == 1
    assert found["Slack"]["says"].startswith("SLACK_API_URL: ")


def test_scopes_are_compared_with_the_manifest() -> None:
    asked_for, optional = read_manifest_scopes(file_imports=False)

    def state(scopes: frozenset[str]) -> tuple[str, str]:
        found = check_scopes(Ourselves("T", "U", scopes))
        return found.state.value, found.says

    assert state(asked_for)[0] == "ok"
    assert state(asked_for - optional) == (
        "warning",
        "optional ones that were not granted: users:read",
    )
    assert state(asked_for - {"chat:write"}) == ("failed", "not granted: chat:write")
    assert state(asked_for | {"channels:history"})[0] == "warning"
    assert state(frozenset())[0] == "warning"


@pytest.mark.parametrize(
    ("off", "state"), [(0, "ok"), (60, "warning"), (-60, "warning"), (301, "failed")]
)
def test_a_clock_that_is_off_is_told(off: float, state: str) -> None:
    skew = ClockSkew()
    skew.heard(formatdate(time.time() - off))
    assert check_clock(skew).state.value == state


# --- an app that workspaces install by themselves ---------------------------------------------------------------


def installable(grid: Grid) -> dict[str, str]:
    """The settings of a nerbot that is installed from its page."""
    return {
        "SLACK_API_URL": grid.api_url,
        "SLACK_CLIENT_ID": grid.client_id,
        "SLACK_CLIENT_SECRET": grid.client_secret,
        "SLACK_SIGNING_SECRET": grid.signing_secret,
        "SLACK_REDIRECT_URI": "https://ner.example.org/slack/oauth_redirect",
        "NERBOT_TOKEN_KEYS": new_key().get_secret_value(),
    }


async def test_of_an_app_that_workspaces_install_slack_is_asked_for_its_id_and_secret(
    doctor: Doctor, tmp_path: Path
) -> None:
    copy_tables(tmp_path / "data")
    async with Grid.open(data=tmp_path / "slack", teams=("T0ONE",)) as grid:
        settings = installable(grid)
        code, found = await asyncio.to_thread(doctor, **settings)
        names = ("redirect", "installations", "Slack", "clock")
        assert (code, {found[name]["state"] for name in names}) == (0, {"ok"}), found
        wrong = {**settings, "SLACK_CLIENT_SECRET": "wrong"}
        code, found = await asyncio.to_thread(doctor, **wrong)
        assert (code, found["Slack"]["says"]) == (
            1,
            "SLACK_CLIENT_SECRET: Slack refuses it (bad_client_secret)",
        )
        wrong = {**settings, "SLACK_CLIENT_ID": "1.2"}
        assert "SLACK_CLIENT_ID" in (await asyncio.to_thread(doctor, **wrong))[1]["Slack"]["says"]


async def test_tokens_that_none_of_the_keys_opens_fail(doctor: Doctor, tmp_path: Path) -> None:
    copy_tables(tmp_path / "data")
    sealed = TokenVault([new_key().get_secret_value()]).seal("xoxb-1")
    with closing(sqlite3.connect(tmp_path / "data" / "nerbot.db")) as connection, connection:
        connection.execute(
            "INSERT INTO slack_bots (client_id, app_id, bot_token, is_enterprise_install, installed_at) "
            "VALUES ('1', 'A1', ?, 0, '2031-05-04 03:02:01.000000')",
            (sealed,),
        )
    async with Grid.open(data=tmp_path / "slack", teams=("T0ONE",)) as grid:
        code, found = await asyncio.to_thread(doctor, **installable(grid))
    assert (code, found["installations"]["state"]) == (1, "failed")
    assert "NERBOT_TOKEN_KEYS" in found["installations"]["says"]


@pytest.mark.parametrize(
    ("address", "state"),
    [
        ("https://ner.example.org/slack/oauth_redirect", "ok"),
        ("http://ner.example.org/slack/oauth_redirect", "failed"),
        ("http://localhost:3000/slack/oauth_redirect", "warning"),
        (None, "warning"),
    ],
)
def test_people_have_to_come_back_to_an_address_that_they_reach(
    address: str | None, state: str
) -> None:
    (found,) = check_redirect(Settings().model_copy(update={"redirect_uri": address}))
    assert found.state.value == state


# --- PostgreSQL, and workers ------------------------------------------------------------------------------------


async def test_a_role_that_the_second_lock_does_not_bind_is_a_warning(
    doctor: Doctor, server: Server
) -> None:
    """The one of the tests is a superuser, as the official image's is."""
    name = server.create()
    address = server.url(name)
    async with open_database(address):
        _, found = await asyncio.to_thread(doctor, NERBOT_DATABASE_URL=as_setting(address))
    server.drop(name)
    assert found["row-level security"]["state"] == "warning"
    assert "superuser" in found["row-level security"]["says"]


async def test_whether_a_worker_takes_from_the_queue_is_told(
    doctor: Doctor, server: Server, tmp_path: Path
) -> None:
    name = server.create()
    address = server.url(name)
    settings = {
        "NERBOT_DATABASE_URL": as_setting(address),
        "NERBOT_JOBS": "procrastinate",
        "NERBOT_MODELS": f"file://{tmp_path}/shared",
    }
    states = []
    async with open_database(address) as database:
        states.append((await asyncio.to_thread(doctor, **settings))[1]["queue"]["state"])
        await prepare(database)
        states.append((await asyncio.to_thread(doctor, **settings))[1]["workers"]["state"])
        async with database.writing() as connection:
            await connection.exec_driver_sql("INSERT INTO procrastinate_workers DEFAULT VALUES")
        states.append((await asyncio.to_thread(doctor, **settings))[1]["workers"]["state"])
    server.drop(name)
    assert states == ["failed", "failed", "ok"]


def as_setting(address: str) -> str:
    """A server's address as it is set."""
    return address.replace("postgresql:", "postgresql+asyncpg:")
