"""What was given up is not lost: owners see it, and whoever runs nerbot sends it again."""

import asyncio
import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.app import open_bot
from bot.db.database import Store
from bot.db.records.outbox import Outbox, OutboxMessage
from bot.db.records.outbox_delivery import KEPT, KEPT_DEAD, OutboxDelivery
from bot.db.served import EVERY_WORKSPACE
from bot.home.service import Home, next_step
from bot.home.values import HomePage
from bot.home.views.home import home_view
from bot.playground import Playground
from bot.projects.repositories.projects import Projects
from bot.slack.outbox import PRUNE_EVERY, OutboxSender
from tests.bot.conftest import settings_for
from tests.support.opening import open_database, tables_in
from tests.support.patience import patient

HERE = "T1"
NOW = datetime(2031, 5, 4, tzinfo=UTC)
SECRET = "A patient with chest pain."


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


async def fill(
    data: Path, *, dead: int = 0, waiting: int = 0, at: datetime = NOW, workspace: str = HERE
) -> None:
    """An outbox in which messages were given up, and others wait."""
    clock = Clock()
    clock.now = at
    async with open_database(tables_in(data)) as database:
        delivery = OutboxDelivery(database, EVERY_WORKSPACE, clock)
        async with Store(database, clock).writing(workspace) as tx:
            await Projects(tx).ensure_default()
            for number in range(dead + waiting):
                new = OutboxMessage(f"digest {number}", "C1", {"text": SECRET, "blocks": []})
                await Outbox(tx).put(new)
        for sent in (await delivery.claim(limit=100))[:dead]:
            await delivery.failed(
                replace(sent, attempts=5), error="http_502", due_at=at, gives_up=True
            )


def nerbot(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command line, as whoever runs nerbot uses it."""
    environment = {**os.environ, "NERBOT_DATA": str(data)}
    return subprocess.run(
        [sys.executable, "-m", "bot", "outbox", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
        timeout=patient(60),
    )


# --- the command line -------------------------------------------------------------------------------------------


async def test_the_list_says_what_was_given_up_and_why_but_not_what_it_says(tmp_path: Path) -> None:
    await fill(tmp_path, dead=1, waiting=1)
    listed = nerbot(tmp_path)
    first, second, hint = listed.stdout.splitlines()
    assert (
        "given up  digest 0  workspace T1  channel C1  6 tries  http_502  since 2031-05-04" in first
    )
    assert "waits     digest 1" in second
    assert "nerbot outbox retry" in hint
    assert SECRET not in listed.stdout + listed.stderr
    assert listed.returncode == 0


async def test_what_was_given_up_is_sent_again(tmp_path: Path) -> None:
    await fill(tmp_path, dead=3)
    assert "1 message is sent again" in nerbot(tmp_path, "retry", "2").stdout
    assert "2 messages are sent again" in nerbot(tmp_path, "retry").stdout
    assert "given up" not in nerbot(tmp_path).stdout.replace("sent again", "")


async def test_nothing_to_send_again_is_said(tmp_path: Path) -> None:
    await fill(tmp_path)
    assert nerbot(tmp_path).stdout == "Every message was delivered.\n"
    again = nerbot(tmp_path, "retry", "7")
    assert (again.returncode, again.stdout) == (1, "")
    assert "no such message was given up" in again.stderr


def test_a_folder_without_a_database_is_left_as_it_is(tmp_path: Path) -> None:
    told = nerbot(tmp_path)
    assert (told.returncode, list(tmp_path.iterdir())) == (2, [])
    assert "there is no database" in told.stderr


async def test_what_was_refused_goes_where_it_was_to_go_without_a_reason(tmp_path: Path) -> None:
    """nerbot was invited to the channel meanwhile."""
    clock = Clock()
    async with open_database(tables_in(tmp_path)) as database:
        delivery = OutboxDelivery(database, EVERY_WORKSPACE, clock)
        async with Store(database, clock).writing(HERE) as tx:
            await Outbox(tx).put(OutboxMessage("digest 1", "C1", {"text": "x"}))
        [sent] = await delivery.claim(limit=1)
        await delivery.refused(sent, error="not_in_channel")
        await delivery.try_again()
        [again] = await delivery.claim(limit=1)
        assert (again.channel, again.refused) == ("C1", None)


# --- Home -------------------------------------------------------------------------------------------------------


async def page(data: Path, person: str) -> HomePage:
    async with open_database(tables_in(data)) as database:
        home = Home(Store(database, Clock()), owners=frozenset({"U1"}))
        return await home.open(HERE, person)


async def test_owners_are_shown_how_many_messages_were_given_up(tmp_path: Path) -> None:
    await fill(tmp_path, dead=3, waiting=2)
    assert (await page(tmp_path, "U1")).undelivered == 3


async def test_others_are_not(tmp_path: Path) -> None:
    await fill(tmp_path, dead=3)
    assert (await page(tmp_path, "U2")).undelivered == 0


@pytest.mark.parametrize(
    ("number", "words"),
    [(1, "1 message could not be delivered."), (3, "3 messages could not be delivered.")],
)
async def test_home_says_so_and_what_to_do(tmp_path: Path, number: int, words: str) -> None:
    await fill(tmp_path, dead=number)
    shown = json.dumps(shown_home(await page(tmp_path, "U1")))
    assert words in shown
    assert "nerbot outbox retry" in shown


async def test_home_says_nothing_of_it_where_all_was_delivered(tmp_path: Path) -> None:
    await fill(tmp_path)
    assert "delivered" not in json.dumps(shown_home(await page(tmp_path, "U1")))


def shown_home(page: HomePage) -> dict[str, object]:
    return home_view(page, next_step(page))


# --- old rows ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("dead", "after"), [(0, KEPT), (1, KEPT_DEAD)])
async def test_old_rows_are_pruned(tmp_path: Path, dead: int, after: timedelta) -> None:
    await fill(tmp_path, dead=dead, waiting=1 - dead)
    clock = Clock()
    async with open_database(tables_in(tmp_path)) as database:
        delivery = OutboxDelivery(database, EVERY_WORKSPACE, clock)
        sender = OutboxSender(delivery, None, clock=clock)  # type: ignore[arg-type]
        if not dead:
            clock.now += timedelta(minutes=2)
            [sent] = await delivery.claim(limit=1)
            await delivery.delivered(sent, place=("C1", "1.1"))
        clock.now = NOW + after - timedelta(minutes=10)
        await sender.prune()
        assert await delivery.place_of(HERE, "digest 0") is not None
        clock.now += PRUNE_EVERY / 2
        await sender.prune()
        assert await delivery.place_of(HERE, "digest 0") is not None  # once an hour is enough
        clock.now += PRUNE_EVERY
        await sender.prune()
        assert await delivery.place_of(HERE, "digest 0") is None


async def test_a_bot_that_runs_prunes(slack: Playground, tmp_path: Path) -> None:
    workspace, at = slack.workspace.identity.team_id, datetime(2020, 1, 1, tzinfo=UTC)
    await fill(tmp_path, dead=1, at=at, workspace=workspace)
    async with (
        open_bot(settings_for(slack, tmp_path)),
        open_database(tables_in(tmp_path)) as database,
        asyncio.timeout(patient(10)),
    ):
        delivery = OutboxDelivery(database, EVERY_WORKSPACE, Clock())
        while await delivery.place_of(workspace, "digest 0") is not None:  # noqa: ASYNC110 - the bot has a database of its own
            await asyncio.sleep(0.05)


async def test_what_still_waits_is_never_pruned(tmp_path: Path) -> None:
    await fill(tmp_path, waiting=1)
    async with open_database(tables_in(tmp_path)) as database:
        clock = Clock()
        clock.now += timedelta(days=400)
        delivery = OutboxDelivery(database, EVERY_WORKSPACE, clock)
        await delivery.prune()
        assert await delivery.place_of(HERE, "digest 0") is not None
