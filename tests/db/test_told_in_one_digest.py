"""Each finished sentence and each training is told in just one digest, whatever the clock does; on both databases."""

import random
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from sqlalchemy import select

from bot.db.records.runs import Runs
from bot.db.tables.outbox import outbox
from bot.db.transaction import Transaction
from bot.digests.announcer import DigestAnnouncer
from bot.digests.commands import Digest, News, SetDigest
from bot.digests.commands import Told as UpTo
from bot.domain.project import Caller
from bot.domain.runs import NewRun, RunReason, RunState
from bot.erasure.repositories.erasures import Erasures
from bot.projects.repositories.access import Access
from tests.bot.training.test_scheduling import Process, Time, Told, finish, process
from tests.db.test_clock_jumps import JUMPS
from tests.support.patience import patient

DAILY = SetDigest("0 9 * * *", "UTC", "every day at 09:00")
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
DAY = timedelta(days=1)


class Kept(Told):
    """Keeps digests in the outbox, as the bot does."""

    def __init__(self) -> None:
        super().__init__()
        sender = SimpleNamespace(on_refused=[])
        nobody = cast("Any", None)
        self.announcer = DigestAnnouncer(nobody, nobody, cast("Any", sender))

    async def tell_digest(self, tx: Transaction, digest: Digest, news: News, up_to: UpTo) -> None:
        await self.announcer.tell_digest(tx, digest, news, up_to)


async def told(bot: Process) -> list[str]:
    """The texts of the digests that are to be posted."""
    async with bot.store.reading("T1") as tx:
        rows = await tx.connection.execute(select(outbox.c.message).order_by(outbox.c.id))
        return [row.message for row in rows]


async def sentences(bot: Process) -> list[int]:
    """How many finished sentences each of them tells of."""
    return [
        int(found[1]) if (found := re.search(r"(\d+) sentences? finished", text)) else 0
        for text in await told(bot)
    ]


async def train(bot: Process) -> int:
    """A training ends; its number."""
    async with bot.store.writing("T1") as tx:
        project = await Access(tx).ensure(Caller("T1", "C1", "U1", "Ev"))
        new = NewRun(project.id, RunReason.COMMAND, "cnn", "U1", "C1")
        run = await Runs(tx).claim(new, owner="box:1:a", lease=DAY)
        assert run is not None
        await Runs(tx).end(run.id, RunState.FAILED, failure="x")
        return run.number


@JUMPS
async def test_a_jump_there_and_back_tells_each_finished_sentence_once(
    url: str, jump: timedelta
) -> None:
    time = Time(NOON)
    async with process(url, time, told=Kept()) as bot:
        await bot.handle(DAILY)
        await bot.digests.tell_what_is_due()
        await finish(bot.store, 1)
        time.now += jump
        await bot.digests.tell_what_is_due()
        await finish(bot.store, 2)
        time.now -= jump
        await bot.digests.tell_what_is_due()
        await finish(bot.store, 4)
        for _ in range(6):  # until the day after the next one
            time.now += DAY / 3
            await bot.digests.tell_what_is_due()
        assert sum(await sentences(bot)) == 7


async def test_a_training_that_ends_while_the_clock_is_wrong_is_told_once(url: str) -> None:
    time = Time(NOON)
    async with process(url, time, told=Kept()) as bot:
        await bot.handle(DAILY)
        numbers = [await train(bot)]
        time.now += DAY
        await bot.digests.tell_what_is_due()
        numbers.append(await train(bot))
        time.now -= DAY
        await bot.digests.tell_what_is_due()
        numbers.append(await train(bot))
        for _ in range(6):
            time.now += DAY / 3
            await bot.digests.tell_what_is_due()
        heard = Counter(
            re.findall(
                r"Training (\d+):",
                " ".join(text.partition('"blocks"')[0] for text in await told(bot)),
            )
        )
        assert heard == Counter(map(str, numbers))


@pytest.mark.timeout(patient(120))
@pytest.mark.parametrize("seed", range(4))
async def test_whatever_the_clock_does_each_finished_sentence_is_told_once(
    url: str, seed: int
) -> None:
    time, dice = Time(NOON), random.Random(seed)
    async with process(url, time, told=Kept()) as bot:
        await bot.handle(DAILY)
        finished = 0
        for _ in range(25):
            jump = dice.choice([DAY, -DAY, DAY / 24, -DAY / 24, DAY / 3, DAY / 3])
            time.now += jump
            if dice.random() < 0.5:
                number = dice.randrange(1, 4)
                await finish(bot.store, number)
                finished += number
            if dice.random() < 0.2:
                await bot.handle(DAILY)  # set again, in place of the one before
            await bot.digests.tell_what_is_due()
        time.now += 3 * DAY
        await bot.digests.tell_what_is_due()
        assert sum(await sentences(bot)) == finished


async def test_trainings_are_told_after_a_project_with_later_ones_was_erased(url: str) -> None:
    """The order in which trainings end does not begin again with it."""
    time = Time(NOON)
    async with process(url, time, told=Kept()) as bot:
        await bot.handle(DAILY)
        await train(bot)
        time.now += DAY
        await bot.digests.tell_what_is_due()
        async with bot.store.writing("T1") as tx:
            project = await Access(tx).ensure(Caller("T1", "C1", "U1", "Ev"))
            await Erasures(tx).project(project.id)
        await train(bot)
        time.now += DAY
        await bot.digests.tell_what_is_due()
        assert len(await told(bot)) == 2
