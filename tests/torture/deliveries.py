"""Commands of /train as a bad network delivers them: some twice, some late, and the bot is started again and again."""

import random
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from sqlalchemy import func, select

from bot.db.tables.requests import receipt
from bot.db.tables.training import auto, digest, run, schedule
from bot.digests.commands import DigestOff, DigestSet, SetDigest
from bot.domain.project import Caller
from bot.errors import PersonError
from bot.training.commands import (
    AutoTrainingOff,
    AutoTrainingSet,
    CancelTraining,
    RunStarted,
    ScheduleOff,
    ScheduleSet,
    SetAutoTraining,
    SetSchedule,
    StartTraining,
)
from tests.bot.training.test_scheduling import Engine, Process, Time, finish, process

COMMANDS: Sequence[object] = (
    StartTraining(),
    CancelTraining(),
    SetSchedule("0 3 * * *", "UTC", "every day at 03:00"),
    ScheduleOff(),
    SetAutoTraining(500),
    AutoTrainingOff(),
    SetDigest("0 9 * * *", "UTC", "every day at 09:00"),
    DigestOff(),
)
MADE = {RunStarted: run, ScheduleSet: schedule, AutoTrainingSet: auto, DigestSet: digest}
"""Answers that tell of a new row, and its table."""
DUPLICATES, RESTARTS, LATE = 0.3, 0.01, 40


@dataclass
class Deliveries:
    """What was delivered so far, and what was answered first."""

    url: str
    chance: random.Random
    answers: dict[str, object] = field(default_factory=dict)
    sent: list[tuple[str, object]] = field(default_factory=list)
    repeated: int = 0

    async def deliver(self, count: int) -> None:
        """So many deliveries, and then every request once more in another order."""
        done, wall = 0, Time()
        while done < count:
            async with AsyncExitStack() as stack:
                engine = Engine()
                engine.may_end.clear()
                bot = await stack.enter_async_context(process(self.url, wall, engine=engine))
                if not done:
                    await finish(bot.store, 10)
                while done < count:
                    await self._one(bot, *self._next(done))
                    done += 1
                    if self.chance.random() < RESTARTS:
                        break
        async with process(self.url, wall) as bot:
            self.chance.shuffle(self.sent)
            for request, command in self.sent[: count // 4]:
                if request in self.answers:
                    await self._one(bot, request, command)
            await self._count(bot)

    def _next(self, number: int) -> tuple[str, object]:
        if self.sent and self.chance.random() < DUPLICATES:
            return self.chance.choice(self.sent[-LATE:])
        new = (f"Ev{number}", self.chance.choice(COMMANDS))
        self.sent.append(new)
        return new

    async def _one(self, bot: Process, request: str, command: object) -> None:
        caller = Caller("T1", "C1", "U1", request)
        try:
            answer = await bot.handle(command, caller, again=True)
        except PersonError:
            assert request not in self.answers, f"{request}: refused after it was answered"
            return
        if request in self.answers:
            self.repeated += 1
        first = self.answers.setdefault(request, answer)
        assert answer == first, f"{request}: another answer"

    async def _count(self, bot: Process) -> None:
        """Effects are as many as distinct requests."""
        async with bot.store.reading("T1") as tx:
            for kind, table in MADE.items():
                wanted = sum(isinstance(answer, kind) for answer in self.answers.values())
                found = await tx.connection.scalar(select(func.count()).select_from(table))
                assert found == wanted, f"{table.name}: {found} rows for {wanted} requests"
            kept = await tx.connection.scalar(select(func.count()).select_from(receipt))
        assert kept == len(self.answers)
