"""Processes that share a database go by its clock, whatever their machines' clocks say and wherever its own is set to;
on both databases."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from bot.db.clock import SKEW, DatabaseClock
from bot.db.database import Database, Store
from bot.db.records.assignments import HOLD
from bot.db.records.outbox import Outbox, OutboxMessage, Outgoing
from bot.db.records.outbox_delivery import CLAIM, OutboxDelivery
from bot.db.served import EVERY_WORKSPACE
from bot.domain.project import Sentence
from bot.jobs.clock_jumps import ClockJumps
from bot.labelling.repositories.holds import Holds
from bot.labelling.repositories.queue import Queue
from bot.projects.repositories.projects import Projects
from bot.slack.outbox import OutboxSender
from ner_engine.annotation import Span
from tests.db.conftest import ANN, BEN, HERE, add, annotate
from tests.db.test_clock_jumps import JUMPS
from tests.support.clients import one_client
from tests.support.clocks import Machine, SetClock
from tests.support.opening import open_database
from tests.support.patience import patient

MINUTE = timedelta(minutes=1)


@dataclass
class Replica:
    """A process on a database, as far as its clock goes."""

    clock: DatabaseClock
    store: Store
    delivery: OutboxDelivery
    jumps: ClockJumps

    async def next(self, project_id: int, person: str) -> Sentence | None:
        async with self.store.writing(HERE) as tx:
            return await Queue(tx).next(project_id, person)

    async def told(self) -> None:
        """A message is to be told."""
        async with self.store.writing(HERE) as tx:
            await Outbox(tx).put(OutboxMessage("run 1", "C1", {"text": "."}))

    async def claimed(self) -> list[int]:
        return [each.id for each in await self.delivery.claim(limit=9)]


def replica(database: Database, clock: DatabaseClock) -> Replica:
    delivery = OutboxDelivery(database, EVERY_WORKSPACE, clock)
    jumps = ClockJumps(
        Holds(database, EVERY_WORKSPACE).clock_moved, delivery.clock_moved, clock=clock
    )
    return Replica(clock, Store(database, clock), delivery, jumps)


@asynccontextmanager
async def replicas(url: str, wrong: timedelta) -> AsyncIterator[tuple[Replica, Replica]]:
    """Two processes; on a server the second is on a machine whose clock is wrong, on a file on the same one."""
    async with open_database(url) as one, open_database(url) as two:
        off = wrong if two.is_server else timedelta()
        clock = await DatabaseClock.of(two, wall=lambda: datetime.now(UTC) + off)
        yield replica(one, await DatabaseClock.of(one)), replica(two, clock)


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def bot(database: Database, machine: Machine) -> Replica:
    """The only process of a database whose clock the test sets."""
    return replica(database, SetClock(database, machine))


async def two_sentences(store: Store) -> tuple[int, Sentence, Sentence]:
    async with store.writing(HERE) as tx:
        project_id = (await Projects(tx).ensure_default()).id
        one, two = await add(tx, project_id, "one", "two")
    return project_id, one, two


# --- machines whose clocks are wrong -----------------------------------------------------------------------------


@JUMPS
async def test_a_machine_whose_clock_is_wrong_frees_nobodys_sentence(
    url: str, jump: timedelta
) -> None:
    async with replicas(url, jump) as (right, wrong):
        project_id, one, two = await two_sentences(right.store)
        assert await right.next(project_id, ANN) == one
        assert await wrong.next(project_id, BEN) == two
        assert await right.next(project_id, "U0CARL") is None


@JUMPS
async def test_a_message_of_a_machine_whose_clock_is_wrong_is_told_at_once_and_by_one(
    url: str, jump: timedelta
) -> None:
    async with replicas(url, jump) as (right, wrong):
        await wrong.told()
        assert len(await right.claimed()) == 1
        assert await wrong.claimed() == []


async def test_clocks_that_are_read_a_moment_apart_let_no_message_be_told_twice(
    database: Database,
) -> None:
    """A claim of a process whose clock is a little ahead reaches a little further than one's own."""
    ahead, behind = Machine(), Machine()
    ahead.wall += timedelta(milliseconds=20)
    one, two = (replica(database, SetClock(database, each)) for each in (ahead, behind))
    await two.told()
    assert len(await one.claimed()) == 1
    assert await two.claimed() == []


# --- the database's clock is set ---------------------------------------------------------------------------------


@JUMPS
async def test_a_sentence_somebody_works_on_stays_theirs_when_the_clock_jumps(
    bot: Replica, machine: Machine, jump: timedelta
) -> None:
    """From the first moment on: the jump counts once it was noticed, and holds are set right."""
    project_id, one, two = await two_sentences(bot.store)
    assert await bot.next(project_id, ANN) == one
    machine.wall += jump
    assert await bot.next(project_id, BEN) == two
    await bot.jumps.look()
    assert abs(bot.clock() - machine.wall) < MINUTE
    assert await bot.next(project_id, "U0CARL") is None


@JUMPS
async def test_whoever_labelled_lately_keeps_their_sentence_when_the_clock_jumps(
    bot: Replica, machine: Machine, jump: timedelta
) -> None:
    """However long ago it was assigned."""
    project_id, one, two = await two_sentences(bot.store)
    assert await bot.next(project_id, ANN) == one
    machine.passes(HOLD - MINUTE)
    async with bot.store.writing(HERE) as tx:
        await annotate(tx, project_id, one, Span(0, 3, "A"), finished=False)
    machine.passes(HOLD - MINUTE)
    machine.wall += jump
    await bot.jumps.look()
    assert await bot.next(project_id, BEN) == two


@JUMPS
async def test_a_sentence_that_was_let_go_is_free_when_the_clock_jumps(
    bot: Replica, machine: Machine, jump: timedelta
) -> None:
    project_id, one, _ = await two_sentences(bot.store)
    assert await bot.next(project_id, ANN) == one
    machine.passes(HOLD + MINUTE)
    machine.wall += jump
    await bot.jumps.look()
    assert await bot.next(project_id, BEN) == one


@pytest.mark.parametrize("jump", [timedelta(days=1), timedelta(minutes=10), -timedelta(hours=1)])
async def test_two_processes_that_notice_a_jump_one_after_the_other_set_holds_right_once(
    database: Database, machine: Machine, jump: timedelta
) -> None:
    """What is held stays held, what was let go stays free, and what was assigned by the new time stays assigned."""
    one, two = (replica(database, SetClock(database, machine)) for _ in range(2))
    project_id, first, second = await two_sentences(one.store)
    async with one.store.writing(HERE) as tx:
        [third] = await add(tx, project_id, "three")
    assert await one.next(project_id, ANN) == first
    machine.passes(HOLD + MINUTE)
    await one.jumps.look()
    await two.jumps.look()
    assert await one.next(project_id, BEN) == first  # Ann has let it go
    assert await one.next(project_id, BEN) == second
    async with one.store.writing(HERE) as tx:
        await Queue(tx).pass_over(project_id, BEN, first.id)
    machine.wall += jump
    machine.passes(timedelta(seconds=4))
    await one.jumps.look()
    assert await one.next(project_id, "U0CARL") == first
    machine.passes(timedelta(seconds=1))
    await two.jumps.look()
    assert await two.next(project_id, "U0DORA") == third
    assert await one.next(project_id, "U0ED") is None


async def test_a_clock_that_was_set_back_while_nerbot_was_down_keeps_no_sentence(
    database: Database, machine: Machine
) -> None:
    before = replica(database, SetClock(database, machine))
    project_id, one, _ = await two_sentences(before.store)
    assert await before.next(project_id, ANN) == one
    machine.wall -= timedelta(hours=1)
    after = replica(database, SetClock(database, machine))
    assert await after.next(project_id, BEN) == one


# --- what is to be told ------------------------------------------------------------------------------------------


@JUMPS
async def test_a_message_on_its_way_is_not_sent_twice_when_the_clock_jumps(
    bot: Replica, machine: Machine, jump: timedelta
) -> None:
    """Neither by its process nor by another one; if that is gone, another one tries after a minute."""
    await bot.told()
    [claimed] = await bot.claimed()
    machine.wall += jump
    await bot.jumps.look()
    assert await bot.claimed() == []
    machine.passes(CLAIM)
    assert await bot.claimed() == [claimed]


async def fail(bot: Replica, *, wait: timedelta) -> Outgoing:
    """A message that Slack did not take, and that is tried again."""
    await bot.told()
    [sent] = await bot.delivery.claim(limit=9)
    await bot.delivery.failed(sent, error="x", due_at=bot.clock() + wait)
    return sent


@JUMPS
async def test_a_message_that_waits_is_tried_again_in_time_however_the_clock_jumps(
    bot: Replica, machine: Machine, jump: timedelta
) -> None:
    sent = await fail(bot, wait=3 * MINUTE)
    machine.wall += jump
    await bot.jumps.look()
    machine.passes(4 * MINUTE)
    assert await bot.claimed() == [sent.id]


class Slack:
    """Takes every message."""

    def __init__(self) -> None:
        self.messages: list[str] = []

    async def chat_postMessage(self, **message: Any) -> SimpleNamespace:  # noqa: N802 - Slack's
        self.messages.append(message["text"])
        return SimpleNamespace(data={"channel": "C1", "ts": "1.0"})


async def start_and_stop(bot: Replica) -> list[str]:
    """What a process tells that starts and is stopped."""
    slack = Slack()
    async with OutboxSender(bot.delivery, one_client(slack), clock=bot.clock):
        pass
    return slack.messages


@pytest.mark.timeout(patient(60))
@pytest.mark.parametrize("tried", [True, False], ids=["tried", "not tried yet"])
async def test_a_message_waits_no_longer_where_the_clock_was_set_back_while_nerbot_was_down(
    database: Database, machine: Machine, tried: bool
) -> None:
    before = replica(database, SetClock(database, machine))
    if tried:
        await fail(before, wait=3 * MINUTE)
    else:
        await before.told()
    machine.wall -= timedelta(hours=1)
    after = replica(database, SetClock(database, machine))
    assert await start_and_stop(after) == ["."]


async def test_a_message_that_slack_wants_to_wait_waits_on_over_a_restart(
    database: Database, machine: Machine
) -> None:
    await fail(replica(database, SetClock(database, machine)), wait=3 * MINUTE)
    machine.passes(MINUTE)
    after = replica(database, SetClock(database, machine))
    assert await start_and_stop(after) == []


# --- the clock itself --------------------------------------------------------------------------------------------


@JUMPS
async def test_a_server_says_what_time_it_is_whatever_its_clients_machine_says(
    url: str, jump: timedelta, caplog: pytest.LogCaptureFixture
) -> None:
    async with replicas(url, jump) as (right, wrong):
        await wrong.jumps.look()
        assert abs(wrong.clock() - right.clock()) < SKEW
        assert abs(wrong.clock() - datetime.now(UTC)) < SKEW
    assert ("ahead of the database's" in caplog.text) == url.startswith("postgresql")
