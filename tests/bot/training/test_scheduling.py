"""Trainings that begin automatically, and those that wait: the real store, a clock that is moved, an engine that
trains at once."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count, pairwise
from pathlib import Path
from time import monotonic as monotonic_clock
from typing import Any

import pytest
from sqlalchemy import select

from bot.db.database import Store
from bot.db.records.runs import Runs
from bot.db.records.sentences import Sentences
from bot.db.served import EVERY_WORKSPACE
from bot.db.tables.training import run
from bot.db.transaction import Transaction
from bot.digests.commands import (
    ChooseDigestZone,
    Digest,
    DigestOff,
    DigestRemoved,
    DigestSet,
    DigestState,
    News,
    SetDigest,
)
from bot.digests.commands import Told as UpTo
from bot.digests.repository import DigestMaintenance
from bot.digests.service import DigestService
from bot.domain.models import ModelsCompared, RunEnd
from bot.domain.project import Caller, Gold, Sentence
from bot.domain.runs import LearnedFrom, Run, RunReason, RunState, TrainingJob
from bot.engine.ports import Ranker
from bot.engine.protocol import as_learned
from bot.errors import StoreUnavailable
from bot.jobs.background import Background
from bot.jobs.calendar import next_due
from bot.jobs.scheduler import Clock
from bot.models.lifecycle import ModelLifecycle
from bot.projects.repositories.access import Access
from bot.projects.repositories.projects import Projects
from bot.team.timezones import AskSlack, TimeZones
from bot.training.commands import (
    AutoTrainingOff,
    CancelTraining,
    ChooseZone,
    ComingTrainings,
    RunActive,
    RunStarted,
    Schedule,
    ScheduleOff,
    SetAutoTraining,
    SetSchedule,
    StartTraining,
    TrainingTimes,
    Whereabouts,
)
from bot.training.recovery import RunRecovery
from bot.training.repositories.maintenance import MaintenanceRepository
from bot.training.run_executor import LEASE, RunExecutor
from bot.training.run_starter import RunStarter
from bot.training.scheduling import TrainingSchedules
from bot.training.service import Training
from ner_engine.annotation import Hint, Prediction, Span
from ner_engine.formats.fingerprint import fingerprint
from ner_engine.results import Evaluation, Score, Trained, TrainingEvent
from tests.db.conftest import annotate
from tests.support.opening import open_database, tables_in
from tests.support.patience import patient

SCORE = Score(1, 1, 1, 1)
TRAINED = Trained(Evaluation(SCORE, (), (1, 1), 12, "cross-validation"), ("A",))
HERE = Caller("T1", "C1", "U1", "Ev1")
_requests = count()


# ruff: noqa: ARG002 - what stands in for the engine and for Slack has their whole signatures


class Engine:
    """Trains at once, or when it is let."""

    def __init__(self) -> None:
        self.may_end = asyncio.Event()
        self.may_end.set()
        self.jobs: list[TrainingJob] = []
        self.unlabelled: list[tuple[str, ...]] = []
        self.is_asleep = False

    async def wake(self) -> None:
        return None

    async def tokens(
        self, texts: Sequence[str], *, language: str = "en"
    ) -> list[tuple[tuple[int, int], ...]]:
        return [() for _ in texts]

    async def sentences(self, texts: Sequence[str]) -> list[tuple[tuple[int, int], ...]]:
        return [() for _ in texts]

    async def recall(
        self,
        project_id: int,
        phrases: Sequence[tuple[str, str]],
        sentences: Sequence[Sentence],
    ) -> list[Prediction]:
        return [Prediction() for _ in sentences]

    async def predict(
        self, project_id: int, version: int, texts: Sequence[str], *, person: str = ""
    ) -> list[Prediction]:
        return [Prediction() for _ in texts]

    async def hints(self, project_id: int, version: int, text: str) -> tuple[Hint, ...]:
        return ()

    def ranking(self, project_id: int, version: int | None) -> AbstractAsyncContextManager[Ranker]:
        raise NotImplementedError

    async def write_gold(self, run_id: int, pages: AsyncIterator[Sequence[Gold]]) -> LearnedFrom:
        gold = [each async for page in pages for each in page]
        return LearnedFrom(len(gold), fingerprint(map(as_learned, gold)))

    async def write_unlabelled(self, run_id: int, texts: Sequence[str]) -> None:
        self.unlabelled.append(tuple(texts))

    @asynccontextmanager
    async def training(
        self, job: TrainingJob, *, hurry: asyncio.Event
    ) -> AsyncIterator[AsyncIterator[TrainingEvent]]:
        self.jobs.append(job)
        yield self._events()

    async def _events(self) -> AsyncIterator[TrainingEvent]:
        await self.may_end.wait()
        yield TRAINED

    async def adopt(self, job: TrainingJob, version: int) -> int:
        return version

    async def discard(self, run_id: int) -> None: ...

    async def log(self, run_id: int) -> str:
        return ""

    async def leftovers(self) -> frozenset[int]:
        return frozenset()

    async def load(self, project_id: int, version: int) -> None: ...

    def is_loading(self, project_id: int, version: int) -> bool:
        return False

    async def compare(
        self, project_id: int, one: int, two: int, gold: Sequence[Gold]
    ) -> ModelsCompared:
        raise NotImplementedError

    async def remove(self, project_id: int, versions: Sequence[int]) -> None: ...


class Told:
    """Remembers what was shown of each run."""

    def __init__(self) -> None:
        self.runs: list[Run] = []
        self.digests: list[News] = []
        self.refuses = False

    async def show_run(self, workspace: str, run: Run, end: RunEnd | None = None) -> None:
        self.runs.append(run)

    async def tell_end(self, workspace: str, run: Run) -> None: ...

    async def tell_digest(self, tx: Transaction, digest: Digest, news: News, up_to: UpTo) -> None:
        if self.refuses:
            raise StoreUnavailable("it is full")
        self.digests.append(news)

    async def whereabouts(self, workspace: str, run: Run) -> Whereabouts:
        return Whereabouts.CHANNEL


@dataclass
class Time:
    """A clock that is moved."""

    now: datetime = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Process:
    """One bot process over a database that others may use, too."""

    store: Store
    maintenance: MaintenanceRepository
    background: Background
    schedules: TrainingSchedules
    training: Training
    digests: DigestService
    clock: Clock[Schedule]
    engine: Engine
    told: Told

    async def handle(
        self, command: object, caller: Caller = HERE, *, again: bool = False
    ) -> object:
        """What is asked for, in a request of its own unless it is the caller's request `again`."""
        if not again:
            caller = replace(caller, request=f"{caller.request} {next(_requests)}")
        handle: dict[type, Any] = {
            StartTraining: self.training.start,
            CancelTraining: self.training.cancel,
            TrainingTimes: self.schedules.coming,
            SetSchedule: self.schedules.set_schedule,
            ChooseZone: self.schedules.choose_zone,
            ChooseDigestZone: self.digests.choose_zone,
            ScheduleOff: self.schedules.schedule_off,
            SetAutoTraining: self.schedules.set_auto,
            AutoTrainingOff: self.schedules.auto_off,
            SetDigest: self.digests.set,
            DigestOff: self.digests.off,
            DigestState: self.digests.state,
        }
        answer: object = await handle[type(command)](caller, command)
        return answer


async def _us(_workspace: str) -> str:
    return "UBOT"


async def _says_nothing(_workspace: str, _person: str) -> None:
    """Slack, where it was not allowed to tell of people."""


@asynccontextmanager
async def process(
    url: str,
    time: Time,
    *,
    name: str = "box:1:a",
    limit: int = 1,
    engine: Engine | None = None,
    store: type[Store] = Store,
    lease: timedelta = LEASE,
    monotonic: Callable[[], float] | None = None,
    told: Told | None = None,
    ask_slack: AskSlack | None = None,
) -> AsyncIterator[Process]:
    """A bot process without its Slack; it stops when the block is left."""
    told, engine = told or Told(), engine or Engine()
    async with open_database(url) as database, Background(grace=patient(5)) as background:
        kept, maintenance = (
            store(database, time),
            MaintenanceRepository(database, EVERY_WORKSPACE, time),
        )
        executor = RunExecutor(
            kept,
            maintenance,
            engine,
            told,
            ModelLifecycle(kept, engine, told, background, me=_us, clock=time),
            stopping=background.stopping,
            owner=name,
            clock=time,
            limit=limit,
            lease=lease,
            tick=0.05,
        )
        starter = RunStarter(executor, background)
        zones = TimeZones(kept, ask_slack or _says_nothing, default="UTC")
        schedules = TrainingSchedules(
            kept,
            maintenance,
            starter,
            zones,
            owners=frozenset(),
            clock=time,
        )
        digests = DigestService(
            kept,
            DigestMaintenance(database, EVERY_WORKSPACE),
            zones,
            tell=told.tell_digest,
            clock=time,
        )
        recovery = RunRecovery(
            kept, maintenance, executor, starter, engine, monotonic=monotonic or monotonic_clock
        )

        async def chores() -> None:
            await recovery.recover()
            await digests.tell_what_is_due()
            await schedules.begin_auto_trainings()

        clock = Clock(
            maintenance.schedules,
            fire=schedules.run_scheduled,
            set_right=schedules.set_right,
            chores=chores,
            clock=time,
        )
        training = Training(kept, starter, whereabouts=told.whereabouts, timezone="UTC")
        yield Process(
            kept, maintenance, background, schedules, training, digests, clock, engine, told
        )


@pytest.fixture
def url(tmp_path: Path) -> str:
    return tables_in(tmp_path)


@pytest.fixture
def time() -> Time:
    return Time()


_finished = 0


async def finish(store: Store, count: int, workspace: str = "T1", *, channel: str = "C1") -> None:
    """Some newly finished sentences in a channel's project."""
    global _finished  # noqa: PLW0603 - each text is new
    async with store.writing(workspace) as tx:
        project = await Access(tx).ensure(Caller("T1", channel, "U1", "Ev"))
        for _ in range(count):
            _finished += 1
            sentence, _ = await Sentences(tx).add(
                project.id, f"text {_finished}", (), person="U1", source="test"
            )
            await annotate(tx, project.id, sentence, Span(0, 4, "A"), person="U1")


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(patient(20)):
        while not condition():  # noqa: ASYNC110 - the condition is anybody's
            await asyncio.sleep(0.01)


async def history(store: Store, workspace: str = "T1", *, channel: str = "C1") -> list[Run]:
    async with store.reading(workspace) as tx:
        project = await Projects(tx).of_channel(channel)
        assert project is not None
        return list(reversed(await Runs(tx).page(project.id, up_to=10**9, size=10**6)))


async def idle(bot: Process, workspace: str = "T1") -> list[Run]:
    """All runs, once none is active."""
    async with asyncio.timeout(patient(20)):
        while await bot.maintenance.active_ids():  # noqa: ASYNC110 - rows do not call
            await asyncio.sleep(0.01)
    return await history(bot.store, workspace)


# --- after so many sentences -----------------------------------------------------------------------------------


async def test_a_training_begins_after_every_so_many_sentences(url: str, time: Time) -> None:
    async with process(url, time) as bot:
        await finish(bot.store, 10)
        await bot.handle(SetAutoTraining(5))
        for newly, number in [(4, 0), (1, 1), (4, 1), (1, 2)]:
            await finish(bot.store, newly)
            await bot.clock.look()
            runs_so_far = await idle(bot)
            assert len(runs_so_far) == number
        assert {run.reason for run in runs_so_far} == {RunReason.AUTO}
        assert [run.sentences for run in runs_so_far] == [15, 20]


async def test_two_processes_that_look_at_once_begin_one_training(url: str, time: Time) -> None:
    async with process(url, time) as one, process(url, time, name="box:2:b") as two:
        await finish(one.store, 10)
        await one.handle(SetAutoTraining(2))
        for _ in range(5):
            await finish(one.store, 2)
            await asyncio.gather(*(bot.clock.look() for bot in (one, two) for _ in range(5)))
            await idle(one)
        assert len(await history(one.store)) == 5


async def test_too_little_for_a_training_waits_until_there_is_enough(url: str, time: Time) -> None:
    async with process(url, time) as bot:
        await bot.handle(SetAutoTraining(3))
        await finish(bot.store, 9)
        await bot.clock.look()
        assert await history(bot.store) == []
        await finish(bot.store, 1)
        await bot.clock.look()
        assert len(await idle(bot)) == 1


async def test_sentences_finished_while_a_training_goes_on_count_for_the_next(
    url: str, time: Time
) -> None:
    async with process(url, time) as bot:
        await finish(bot.store, 10)
        await bot.handle(SetAutoTraining(2))
        bot.engine.may_end.clear()
        await bot.handle(StartTraining())
        await until(lambda: bot.engine.jobs)
        await finish(bot.store, 2)
        await bot.clock.look()
        bot.engine.may_end.set()
        assert len(await idle(bot)) == 1
        await bot.clock.look()
        assert [run.reason for run in await idle(bot)] == [RunReason.COMMAND, RunReason.AUTO]


async def test_a_training_that_failed_is_not_begun_again_and_again(url: str, time: Time) -> None:
    async with process(url, time) as bot:
        await finish(bot.store, 10)
        await bot.handle(SetAutoTraining(2))
        await finish(bot.store, 2)
        bot.engine.may_end.clear()
        await bot.clock.look()
        await until(lambda: bot.engine.jobs)
        await bot.handle(CancelTraining())
        bot.engine.may_end.set()
        for _ in range(3):
            await bot.clock.look()
        assert [run.state for run in await idle(bot)] == [RunState.CANCELLED]


async def test_off_is_off(url: str, time: Time) -> None:
    async with process(url, time) as bot:
        await finish(bot.store, 10)
        await bot.handle(SetAutoTraining(2))
        await bot.handle(AutoTrainingOff())
        await finish(bot.store, 5)
        await bot.clock.look()
        assert await history(bot.store) == []


# --- a place on the machine ------------------------------------------------------------------------------------


async def test_a_training_of_another_project_waits_says_so_and_begins_by_itself(
    url: str, time: Time
) -> None:
    there = Caller("T2", "C2", "U2", "Ev2")
    async with process(url, time) as bot:
        await finish(bot.store, 10)
        await finish(bot.store, 10, "T2")
        bot.engine.may_end.clear()
        await bot.handle(StartTraining())
        await until(lambda: bot.engine.jobs)
        assert isinstance(await bot.handle(StartTraining(), there), RunStarted)
        await until(lambda: any(run.waits_for == 1 for run in bot.told.runs))
        again = Caller("T2", "C2", "U2", "Ev3")
        assert isinstance(await bot.handle(StartTraining(), again), RunActive)
        assert len(bot.engine.jobs) == 1
        bot.engine.may_end.set()
        assert [run.state for run in await idle(bot, "T2")] == [RunState.SUCCEEDED]


async def test_a_training_that_waits_can_be_cancelled(url: str, time: Time) -> None:
    there = Caller("T2", "C2", "U2", "Ev2")
    async with process(url, time) as bot:
        await finish(bot.store, 10)
        await finish(bot.store, 10, "T2")
        bot.engine.may_end.clear()
        await bot.handle(StartTraining())
        await bot.handle(StartTraining(), there)
        await bot.handle(CancelTraining(), there)
        bot.engine.may_end.set()
        assert [run.state for run in await idle(bot, "T2")] == [RunState.CANCELLED]
        assert len(bot.engine.jobs) == 1


async def test_a_training_that_waits_survives_a_restart(url: str, time: Time) -> None:
    """It costs no attempt, and its place in the order stays."""
    there = Caller("T2", "C2", "U2", "Ev2")
    async with process(url, time) as bot:
        await finish(bot.store, 10)
        await finish(bot.store, 10, "T2")
        bot.engine.may_end.clear()
        await bot.handle(StartTraining())
        await until(lambda: bot.engine.jobs)
        await bot.handle(StartTraining(), there)
        await until(lambda: any(run.waits_for == 1 for run in bot.told.runs))
    async with process(url, time, name="box:2:b") as bot:
        for _ in range(2):
            await bot.clock.look()
            await idle(bot)
        [run] = await history(bot.store, "T2")
        assert (run.state, run.attempt) == (RunState.SUCCEEDED, 1)
        first, second = await history(bot.store)
        assert (first.state, second.state) == (RunState.INTERRUPTED, RunState.SUCCEEDED)
        assert (second.message, second.attempt) == (first.message, 2)


async def test_as_many_as_the_setting_says_train_at_once(url: str, time: Time) -> None:
    async with process(url, time, limit=2) as bot:
        bot.engine.may_end.clear()
        for workspace in ("T1", "T2", "T3"):
            await finish(bot.store, 10, workspace)
            await bot.handle(StartTraining(), Caller(workspace, "C", "U", f"Ev {workspace}"))
        await until(lambda: any(run.waits_for == 1 for run in bot.told.runs))
        await until(lambda: len(bot.engine.jobs) == 2)
        await asyncio.sleep(0.2)
        assert len(bot.engine.jobs) == 2
        bot.engine.may_end.set()
        await idle(bot)
        assert len(bot.engine.jobs) == 3


# --- the same request, the same data ---------------------------------------------------------------------------


async def test_a_request_that_comes_twice_begins_one_training(url: str, time: Time) -> None:
    async with process(url, time) as bot:
        await finish(bot.store, 10)
        await bot.handle(StartTraining(), again=True)
        await idle(bot)
        again = await bot.handle(StartTraining(), again=True)
        assert isinstance(again, RunStarted)
        assert [run.id for run in await history(bot.store)] == [again.run.id]


async def test_a_schedule_does_not_train_the_same_data_twice(url: str, time: Time) -> None:
    async with process(url, time) as bot:
        await finish(bot.store, 10)
        await bot.handle(SetSchedule("0 3 * * *", "UTC", "every day"))
        for newly, number in [(0, 1), (0, 1), (1, 2), (0, 2)]:
            await finish(bot.store, newly)
            time.now += timedelta(days=1)
            await bot.clock.look()
            assert len(await idle(bot)) == number
        coming = await bot.handle(TrainingTimes())
        assert isinstance(coming, ComingTrainings)
        assert coming.same_as is not None
        assert coming.same_as.number == 2
        assert [f"{due:%d %H:%M}" for due in coming.times[:2]] == ["05 03:00", "06 03:00"]


async def test_a_person_may_train_the_same_data_again(url: str, time: Time) -> None:
    async with process(url, time) as bot:
        await finish(bot.store, 10)
        for number in range(2):
            await bot.handle(StartTraining(), Caller("T1", "C1", "U1", f"Ev {number}"))
            runs_so_far = await idle(bot)
        assert len(runs_so_far) == 2
        assert runs_so_far[0].fingerprint == runs_so_far[1].fingerprint


# --- several projects ------------------------------------------------------------------------------------------

THERE = Caller("T1", "C2", "U2", "Ev2")


async def give_a_project(bot: Process, channel: str) -> None:
    """The channel has a project of its own from now on."""
    async with bot.store.writing("T1") as tx:
        await Projects(tx).ensure_default()
        project = await Projects(tx).add("other", person="U2")
        assert project is not None
        await Projects(tx).bind(project.id, channel, to=project.id, person="U2")


async def test_what_a_channel_sets_holds_for_its_project_alone(url: str, time: Time) -> None:
    async with process(url, time) as bot:
        await give_a_project(bot, "C2")
        await finish(bot.store, 10)
        await finish(bot.store, 10, channel="C2")
        await bot.handle(SetAutoTraining(2), THERE)
        await bot.handle(SetSchedule("0 3 * * *", "UTC", "every day"), THERE)
        await finish(bot.store, 5)
        await bot.clock.look()
        assert await bot.maintenance.active_ids() == frozenset()
        await finish(bot.store, 2, channel="C2")
        await bot.clock.look()
        await idle(bot)
        await finish(bot.store, 1, channel="C2")
        time.now += timedelta(days=1)
        await bot.clock.look()
        assert await idle(bot) == []
        there = await history(bot.store, channel="C2")
        assert [(run.reason, run.sentences) for run in there] == [
            (RunReason.AUTO, 12),
            (RunReason.SCHEDULE, 13),
        ]
        assert await bot.handle(TrainingTimes()) == ComingTrainings()


async def test_a_training_is_cancelled_by_its_button_wherever_its_message_is(
    url: str, time: Time
) -> None:
    async with process(url, time) as bot:
        await give_a_project(bot, "C2")
        await finish(bot.store, 10, channel="C2")
        bot.engine.may_end.clear()
        started = await bot.handle(StartTraining(), THERE)
        assert isinstance(started, RunStarted)
        elsewhere = Caller("T1", "D2", "U2", "Ev3")
        await bot.handle(CancelTraining(started.run.id), elsewhere)
        bot.engine.may_end.set()
        await idle(bot)
        [run] = await history(bot.store, channel="C2")
        assert run.state is RunState.CANCELLED


async def test_a_digest_tells_of_its_channels_project(url: str, time: Time) -> None:
    async with process(url, time) as bot:
        await give_a_project(bot, "C2")
        await bot.handle(AT_NINE, THERE)
        await finish(bot.store, 4)
        await finish(bot.store, 3, channel="C2")
        [news] = await morning(bot, time)
        assert news.finished == (("U1", 3),)


async def test_a_channel_that_uses_another_project_by_now_hears_of_that(
    url: str, time: Time
) -> None:
    async with process(url, time) as bot:
        await bot.handle(AT_NINE, THERE)
        await give_a_project(bot, "C2")
        await finish(bot.store, 4)
        await finish(bot.store, 3, channel="C2")
        [news] = await morning(bot, time)
        assert news.finished == (("U1", 3),)
        removed = await bot.handle(DigestOff(), THERE)
        assert isinstance(removed, DigestRemoved)
        assert removed.was is not None


# --- digests ---------------------------------------------------------------------------------------------------

AT_NINE = SetDigest("0 9 * * *", "UTC", "every day at 09:00")


async def morning(bot: Process, time: Time) -> list[News]:
    """What was told at nine."""
    told = len(bot.told.digests)
    time.now = time.now.replace(hour=9, minute=0) + timedelta(days=1)
    for _ in range(2):
        await bot.clock.look()
    return bot.told.digests[told:]


async def test_a_digest_tells_once_who_finished_what_and_is_silent_where_nothing_happened(
    url: str, time: Time
) -> None:
    async with process(url, time) as bot:
        await bot.handle(AT_NINE)
        await finish(bot.store, 10)
        [news] = await morning(bot, time)
        assert news.finished == (("U1", 10),)
        assert await morning(bot, time) == []
        await bot.handle(StartTraining())
        await idle(bot)
        [news] = await morning(bot, time)
        assert news.finished == ()
        assert [run.version for run in news.trainings] == [1]
        assert (news.live and news.live.version, news.before) == (1, None)


async def test_what_happens_while_nothing_is_told_is_told_next_time(url: str, time: Time) -> None:
    async with process(url, time) as bot:
        await bot.handle(SetDigest("0 9 * * mon-fri", "UTC", "every weekday at 09:00"))
        time.now = datetime(2026, 1, 3, 12, tzinfo=UTC)  # a Saturday
        await bot.clock.look()
        await finish(bot.store, 3)
        assert await morning(bot, time) == []
        [news] = await morning(bot, time)
        assert news.finished == (("U1", 3),)


async def test_a_digest_that_could_not_be_kept_is_told_at_the_next_look(
    url: str, time: Time
) -> None:
    """It is noted as told in the transaction that keeps it, or not at all."""
    async with process(url, time) as bot:
        await bot.handle(AT_NINE)
        await finish(bot.store, 3)
        bot.told.refuses = True
        assert await morning(bot, time) == []
        bot.told.refuses = False
        for _ in range(2):
            await bot.clock.look()
        [news] = bot.told.digests
        assert news.finished == (("U1", 3),)


async def test_two_processes_tell_a_digest_once(url: str, time: Time) -> None:
    async with process(url, time) as one, process(url, time, name="box:2:b") as two:
        await one.handle(AT_NINE)
        await finish(one.store, 1)
        time.now += timedelta(days=1)
        await asyncio.gather(*(bot.clock.look() for bot in (one, two)))
        assert len(one.told.digests + two.told.digests) == 1


async def test_a_digest_is_switched_off_by_its_button_or_in_its_channel(
    url: str, time: Time
) -> None:
    async with process(url, time) as bot:
        for _ in range(2):
            answer = await bot.handle(AT_NINE)
            assert isinstance(answer, DigestSet)
            assert answer.digest is not None
            await bot.handle(DigestOff(answer.digest.id))
            assert await bot.handle(DigestState()) == DigestSet(None)
        await bot.handle(AT_NINE)
        await bot.handle(DigestOff())
        await finish(bot.store, 1)
        assert await morning(bot, time) == []


# --- a year ----------------------------------------------------------------------------------------------------

ZONES = {
    "T1": ("30 2 * * *", "Europe/Berlin"),
    "T2": ("30 1 * * mon-fri", "America/New_York"),
    "T3": ("15 2 * * *", "Australia/Lord_Howe"),
}
"""Each falls into the hour that is missing or comes twice in its zone."""


def slots(cron: str, zone: str, after: datetime, until: datetime) -> list[datetime]:
    """Every slot of a time."""
    due, found = after, []
    while (due := next_due(cron, zone, due)) < until:
        found.append(due)
    return found


async def slots_run(url: str) -> dict[str, list[datetime]]:

    async with open_database(url) as database, database.reading() as connection:
        rows = await connection.execute(
            select(run.c.workspace, run.c.slot).where(run.c.slot.is_not(None)).order_by(run.c.id)
        )
        found: dict[str, list[datetime]] = {workspace: [] for workspace in ZONES}
        for row in rows:
            found[row.workspace].append(row.slot)
    return found


class Year:
    """A year of looks at the schedules, whose clock jumps and whose bot is restarted."""

    def __init__(self, url: str, start: datetime, days: int, seed: int) -> None:
        self.url, self.time, self.chance = url, Time(start), random.Random(seed)
        self.real, self.ends = start, start + timedelta(days=days)
        self.looks = [start]
        """When the bot looked at its schedules by a clock that was right."""
        self.began: dict[str, list[datetime]] = {workspace: [] for workspace in ZONES}
        """When trainings really began."""
        self.ran = dict.fromkeys(ZONES, 0)
        self.due = {
            workspace: slots(*where, start, self.ends) for workspace, where in ZONES.items()
        }

    async def set_up(self) -> None:
        async with process(self.url, self.time) as bot:
            for workspace, (cron, zone) in ZONES.items():
                await finish(bot.store, 10, workspace)
                caller = Caller(workspace, "C1", "U1", "Ev1")
                await bot.handle(SetSchedule(cron, zone, "w"), caller)

    async def live(self) -> None:
        """Up for days, down for minutes to days, again and again."""
        while self.real < self.ends:
            async with process(self.url, self.time, limit=9) as bot:
                await self._up(bot, self.real + timedelta(days=self.chance.uniform(3, 30)))
            self.real += timedelta(hours=self.chance.choice([0.01, 0.5, 3, 40, 90]))

    async def _up(self, bot: Process, end: datetime) -> None:
        while self.real < min(end, self.ends):
            if self.chance.random() < 0.03:
                await self._jump(bot)
            await self._look(bot, self.real)
            self.looks.append(self.real)
            self.real += timedelta(minutes=self.chance.uniform(40, 240))

    async def _jump(self, bot: Process) -> None:
        """The clock goes wrong by hours or a year for two looks."""
        wrong = timedelta(hours=self.chance.choice([-30, -3, -1, 1, 3, 30, 24 * 365]))
        for _ in range(2):
            await self._look(bot, self.real + wrong)

    async def _look(self, bot: Process, now: datetime) -> None:
        # Before the clock says that a slot is due: the bot looks by itself, too, and leaves a slot out where there is
        # nothing new to learn.
        for workspace in ZONES:
            if self._due(workspace, self.looks[-1], self.real):
                await finish(bot.store, 1, workspace)
        self.time.now = now
        await bot.clock.look()
        await idle(bot)
        for workspace in ZONES:
            async with bot.store.reading(workspace) as tx:
                project = await Projects(tx).of_channel("C1")
                last = await Runs(tx).last(project.id) if project else None
            if last and last.number > self.ran[workspace]:
                self.began[workspace].append(self.real)
                self.ran[workspace] = last.number

    def _due(self, workspace: str, after: datetime, until: datetime) -> list[datetime]:
        return [due for due in self.due[workspace] if after < due <= until]

    def missed(self, workspace: str, ran: set[datetime]) -> list[datetime]:
        """The latest slot between each two looks, if it was not run and nothing else was in its stead."""
        return [
            due[-1]
            for before, after in pairwise(self.looks)
            if (due := self._due(workspace, before, after))
            and due[-1] not in ran
            and not any(before < began <= after for began in self.began[workspace])
        ]


async def live_through(url: str, start: datetime, *, days: int, seed: int) -> None:
    """The rule: a slot is run at the first look after it; of several missed since the last look the latest is. Where a
    clock that was wrong let another slot be run in just that time, that is its training. No slot is run twice."""
    year = Year(url, start, days, seed)
    await year.set_up()
    await year.live()
    for workspace, ran in (await slots_run(url)).items():
        assert len(ran) == len(set(ran)), f"{workspace}: a slot ran twice"
        missed = year.missed(workspace, set(ran))
        assert not missed, (workspace, missed)
        by_wrong_clocks = {due for due in ran if due >= year.ends}
        assert set(ran) - by_wrong_clocks <= set(year.due[workspace]), f"{workspace}: no slot"
        assert len(ran) > 0.8 * len(year.due[workspace])


@pytest.mark.timeout(patient(300))
@pytest.mark.parametrize("start", ["2026-03-25", "2026-10-22"])
async def test_days_in_which_clocks_are_changed_run_no_slot_twice_and_miss_none_but_by_the_rule(
    url: str, start: str
) -> None:
    """tests/torture lives through whole years."""
    await live_through(url, datetime.fromisoformat(start).replace(tzinfo=UTC), days=15, seed=5)
