"""Trainings, models and schedules: long work as rows."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.exc import StatementError

from bot.db.database import Database, Store
from bot.db.records.runs import Runs
from bot.db.tables.sentences import event
from bot.db.transaction import Transaction
from bot.domain.evaluation import LivePolicy
from bot.domain.events import NOBODY
from bot.domain.models import LiveMove, WhyLive
from bot.domain.runs import Model, Run, RunReason, RunState
from bot.erasure.repositories.erasures import Erasures
from bot.errors import NotFound, StoreUnavailable
from bot.models.repositories.models import Models
from bot.team.repositories.history import History
from bot.training.commands import Schedule, SetSchedule
from bot.training.repositories.maintenance import MaintenanceRepository
from bot.training.repositories.schedules import Schedules
from ner_engine.results import Comparison, Evaluation, Progress, Score
from tests.db.conftest import ANN, BEN, HERE, LEASE, Clock, claim, new_run
from tests.support.opening import open_database

SCORE = Score(0.75, 0.5, 0.6, 4)
EVALUATION = Evaluation(
    overall=SCORE,
    per_label=(("DRUG", SCORE), ("PAIN", SCORE)),
    interval=(0.4, 0.8),
    sentences=20,
    method="cross-validation",
    comparison=Comparison(1, 0.6, 0.5, 20, 0.9),
)
DUE = datetime(2031, 5, 5, 3, 0, tzinfo=UTC)


async def claimed(tx: Transaction, project_id: int, **more: object) -> Run:
    run = await claim(tx, project_id, **more)
    assert run is not None
    return run


async def test_a_claimed_run_is_queued_and_numbered(
    store: Store, project_id: int, clock: Clock
) -> None:
    async with store.writing(HERE) as tx:
        run = await claimed(tx, project_id, seed=2**40)
        assert await Runs(tx).get(run.id) == run == await Runs(tx).active(project_id)
    assert run == Run(
        id=run.id,
        project_id=project_id,
        number=1,
        state=RunState.QUEUED,
        reason=RunReason.COMMAND,
        preset="encoder",
        person=ANN,
        channel="C0",
        created_at=clock.now,
        seed=2**40,
    )


async def test_a_project_has_one_active_run(store: Store, project_id: int) -> None:
    async with store.writing(HERE) as tx:
        first = await claimed(tx, project_id)
        assert await claim(tx, project_id) is None
        await Runs(tx).begin(first.id, sentences=1)
        assert await claim(tx, project_id) is None
        await Runs(tx).end(first.id, RunState.FAILED)
        assert (await claimed(tx, project_id)).number == 2


async def test_of_many_claims_at_once_on_one_database_one_gets_the_run(
    url: str, store: Store, project_id: int, clock: Clock
) -> None:
    async def ask(here: Store, owner: str) -> Run | None:
        async with here.writing(HERE) as tx:
            return await Runs(tx).claim(new_run(project_id), owner=owner, lease=LEASE)

    async with open_database(url) as other:
        stores = (store, Store(other, clock))
        runs = await asyncio.gather(*(ask(stores[i % 2], f"owner {i}") for i in range(10)))
    assert len([run for run in runs if run]) == 1


async def test_a_slot_of_a_schedule_is_claimed_once(store: Store, project_id: int) -> None:
    async with store.writing(HERE) as tx:
        schedule = await put(tx, project_id)
        slot = {"reason": RunReason.SCHEDULE, "schedule_id": schedule.id, "slot": DUE}
        run = await claimed(tx, project_id, **slot)
        await Runs(tx).end(run.id, RunState.SUCCEEDED)
        assert await claim(tx, project_id, **slot) is None
        later = {**slot, "slot": DUE + timedelta(days=1)}
        assert await claim(tx, project_id, **later) is not None


async def test_a_run_is_retried_once(store: Store, project_id: int) -> None:
    async with store.writing(HERE) as tx:
        first = await claimed(tx, project_id)
        await Runs(tx).end(first.id, RunState.INTERRUPTED)
        retry = {"reason": RunReason.RETRY, "retry_of": first.id, "attempt": 2}
        second = await claimed(tx, project_id, **retry)
        await Runs(tx).end(second.id, RunState.FAILED)
        assert await claim(tx, project_id, **retry) is None


async def test_whoever_cancelled_a_training_is_nobody_once_forgotten(
    store: Store, project_id: int
) -> None:
    async with store.writing(HERE) as tx:
        run = await claimed(tx, project_id)
        ended = await Runs(tx).end(run.id, RunState.CANCELLED, cancelled_by=BEN)
        assert ended is not None
        assert ended.cancelled_by == BEN
        await Erasures(tx).person(project_id, BEN)
        left = await Runs(tx).get(run.id)
        assert left is not None
        assert left.cancelled_by == NOBODY


async def test_the_newest_run_is_the_last(store: Store, project_id: int) -> None:
    async with store.writing(HERE) as tx:
        assert await Runs(tx).last(project_id) is None
        first = await claimed(tx, project_id)
        await Runs(tx).end(first.id, RunState.CANCELLED)
        second = await claimed(tx, project_id)
        assert await Runs(tx).last(project_id) == second


async def test_a_run_that_begins_runs_and_knows_what_it_learns_from(
    store: Store, project_id: int, clock: Clock
) -> None:
    async with store.writing(HERE) as tx:
        run = await claimed(tx, project_id)
        begun = await Runs(tx).begin(run.id, sentences=12, fingerprint="f")
        clock.move(seconds=1)
        again = await Runs(tx).begin(run.id, sentences=12, fingerprint="f")
    assert begun == again
    assert begun == replace(
        run,
        state=RunState.RUNNING,
        sentences=12,
        fingerprint="f",
        started_at=clock.now - timedelta(seconds=1),
    )


async def test_a_cancelled_run_does_not_begin(store: Store, project_id: int) -> None:
    async with store.writing(HERE) as tx:
        run = await claimed(tx, project_id)
        await Runs(tx).end(run.id, RunState.CANCELLED)
        with pytest.raises(NotFound):
            await Runs(tx).begin(run.id, sentences=12)


async def test_a_run_keeps_the_message_that_follows_it(store: Store, project_id: int) -> None:
    async with store.writing(HERE) as tx:
        run = await claimed(tx, project_id)
        await Runs(tx).follow(run.id, channel="C1", message="17.01")
        followed = await Runs(tx).get(run.id)
    assert followed == replace(run, message_channel="C1", message="17.01")


async def test_a_run_ends_once_with_all_that_became_of_it(
    store: Store, project_id: int, clock: Clock
) -> None:
    async with store.writing(HERE) as tx:
        run = await claimed(tx, project_id)
        clock.move(minutes=1)
        ended = await Runs(tx).end(
            run.id, RunState.SUCCEEDED, evaluation=EVALUATION, version=3, went_live=True
        )
        assert await Runs(tx).end(run.id, RunState.FAILED, failure="late") is None
        assert await Runs(tx).get(run.id) == ended
    assert ended == replace(
        run,
        state=RunState.SUCCEEDED,
        evaluation=EVALUATION,
        version=3,
        went_live=True,
        finished_at=clock.now,
    )


async def test_a_beat_keeps_the_progress_and_one_without_leaves_it(
    store: Store, project_id: int
) -> None:
    progress = Progress("training", 0.25, step=1, steps=4, f=0.5, seconds_left=3.5)
    async with store.writing(HERE) as tx:
        run = await claimed(tx, project_id)
        for beat in (progress, None):
            assert await Runs(tx).beat(run.id, owner="one", lease=LEASE, progress=beat)
        assert await Runs(tx).get(run.id) == replace(run, progress=progress)


async def test_only_the_owner_of_an_active_run_can_prolong_it(
    store: Store, project_id: int
) -> None:
    async with store.writing(HERE) as tx:
        run = await claimed(tx, project_id)
        assert not await Runs(tx).beat(run.id, owner="two", lease=LEASE, progress=None)
        await Runs(tx).end(run.id, RunState.CANCELLED)
        assert not await Runs(tx).beat(run.id, owner="one", lease=LEASE, progress=None)


async def test_a_run_whose_lease_is_over_is_interrupted_and_told_once(
    store: Store, maintenance: MaintenanceRepository, project_id: int, clock: Clock
) -> None:
    async with store.writing(HERE) as tx:
        run = await Runs(tx).begin((await claimed(tx, project_id)).id, sentences=1)
    assert await maintenance.interrupt_stale({}) == ()
    over = await maintenance.signs()
    told = [await maintenance.interrupt_stale(over) for _ in range(2)]
    gone = replace(run, state=RunState.INTERRUPTED, finished_at=clock.now)
    assert told == [((HERE, gone),), ()]


async def test_a_beat_keeps_a_run_from_being_interrupted(
    store: Store, maintenance: MaintenanceRepository, project_id: int, clock: Clock
) -> None:
    async with store.writing(HERE) as tx:
        run = await Runs(tx).begin((await claimed(tx, project_id)).id, sentences=1)
    over = await maintenance.signs()
    clock.move(seconds=2)
    async with store.writing(HERE) as tx:
        await Runs(tx).beat(run.id, owner="one", lease=LEASE, progress=None)
    assert await maintenance.interrupt_stale(over) == ()


async def test_an_owner_learns_from_its_beat_that_the_run_was_taken_away(
    store: Store, maintenance: MaintenanceRepository, project_id: int, clock: Clock
) -> None:
    async with store.writing(HERE) as tx:
        run = await Runs(tx).begin((await claimed(tx, project_id)).id, sentences=1)
    await maintenance.interrupt_stale(await maintenance.signs())
    async with store.writing(HERE) as tx:
        assert not await Runs(tx).beat(run.id, owner="one", lease=LEASE, progress=None)


async def test_an_interrupted_run_may_be_tried_again_until_it_was_or_another_followed(
    store: Store, maintenance: MaintenanceRepository, project_id: int
) -> None:
    async def retriable() -> list[int]:
        return [run.id for _, run in await maintenance.retriable(attempts=3)]

    async with store.writing(HERE) as tx:
        first = await claimed(tx, project_id)
        await Runs(tx).end(first.id, RunState.INTERRUPTED)
    assert await retriable() == [first.id]
    async with store.writing(HERE) as tx:
        second = await claimed(tx, project_id, retry_of=first.id, attempt=2)
    assert await retriable() == []
    async with store.writing(HERE) as tx:
        await Runs(tx).end(second.id, RunState.INTERRUPTED)
    assert await retriable() == [second.id]
    async with store.writing(HERE) as tx:
        third = await claimed(tx, project_id, retry_of=second.id, attempt=3)
        await Runs(tx).end(third.id, RunState.INTERRUPTED)
    assert await retriable() == []


@pytest.mark.parametrize(
    "state", [RunState.FAILED, RunState.CANCELLED, RunState.SUCCEEDED, RunState.QUEUED]
)
async def test_only_interrupted_runs_are_tried_again(
    store: Store, maintenance: MaintenanceRepository, project_id: int, state: RunState
) -> None:
    async with store.writing(HERE) as tx:
        run = await claimed(tx, project_id)
        await Runs(tx).end(run.id, state)
    assert await maintenance.retriable(attempts=3) == ()


# --- models ----------------------------------------------------------------------------------------------------


async def add_model(tx: Transaction, project_id: int, clock: Clock) -> Model:
    run = await claimed(tx, project_id)
    await Runs(tx).end(run.id, RunState.SUCCEEDED)
    version = await Models(tx).next_version(project_id)
    model = Model(project_id, version, ("DRUG", "PAIN"), clock.now, EVALUATION)
    await Models(tx).add(model, run_id=run.id)
    return model


async def test_versions_count_up_and_none_is_live_by_itself(
    store: Store, project_id: int, clock: Clock
) -> None:
    async with store.writing(HERE) as tx:
        versions = [(await add_model(tx, project_id, clock)).version for _ in range(3)]
        assert versions == [1, 2, 3]
        assert await Models(tx).live(project_id) is None


async def test_the_live_pointer_moves_only_from_where_it_is_thought_to_be(
    store: Store, project_id: int, clock: Clock
) -> None:
    async with store.writing(HERE) as tx:
        first, second = [await add_model(tx, project_id, clock) for _ in range(2)]
        set_live = Models(tx).set_live
        assert not await set_live(project_id, 1, expected=2, person=ANN)
        assert await set_live(project_id, 1, expected=None, person=ANN)
        assert not await set_live(project_id, 2, expected=None, person=ANN)
        assert await Models(tx).live(project_id) == first
        assert await set_live(project_id, 2, expected=1, person=ANN)
        assert await Models(tx).live(project_id) == second


async def test_a_version_that_is_not_there_does_not_go_live(store: Store, project_id: int) -> None:
    async with store.writing(HERE) as tx:
        assert not await Models(tx).set_live(project_id, 1, expected=None, person=ANN)
        assert await Models(tx).live(project_id) is None


async def test_every_move_of_the_live_pointer_is_an_event(
    database: Database, store: Store, project_id: int, clock: Clock
) -> None:
    async with store.writing(HERE) as tx:
        await add_model(tx, project_id, clock)
        await Models(tx).set_live(project_id, 1, expected=None, person=BEN)
        await Models(tx).set_live(project_id, 1, expected=None, person=ANN)
    async with database.reading() as connection:
        rows = await connection.execute(select(event.c.kind, event.c.person, event.c.detail))
        found = [tuple(row) for row in rows]
    assert found == [("live_moved", BEN, {"from": None, "to": 1, "why": "training"})]


async def test_a_version_is_named_once(store: Store, project_id: int, clock: Clock) -> None:
    async with store.writing(HERE) as tx:
        model = await add_model(tx, project_id, clock)
    with pytest.raises(StoreUnavailable):
        async with store.writing(HERE) as tx:
            await Models(tx).add(model, run_id=1)


async def test_versions_are_told_newest_first_a_page_at_a_time_with_the_run_they_came_from(
    store: Store, project_id: int, clock: Clock
) -> None:
    async with store.writing(HERE) as tx:
        for _ in range(3):
            await add_model(tx, project_id, clock)
        page = await Models(tx).versions(project_id, limit=2)
        assert [each.number for each in page] == [3, 2]
        assert {each.person for each in page} == {ANN}
        rest = await Models(tx).versions(project_id, before=2)
        assert [each.number for each in rest] == [1]
        assert await Models(tx).version(project_id, 1) == rest[0]
        assert await Models(tx).version(project_id, 4) is None


async def test_moves_of_the_live_pointer_say_who_when_and_why(
    store: Store, project_id: int, clock: Clock
) -> None:
    async with store.writing(HERE) as tx:
        for _ in range(2):
            await add_model(tx, project_id, clock)
        await Models(tx).set_live(project_id, 1, expected=None, person=ANN)
        clock.move(days=1)
        await Models(tx).set_live(
            project_id, 2, expected=1, person=BEN, why=WhyLive.CHOSEN, request="r"
        )
        newest = LiveMove(2, 1, clock.now, BEN, WhyLive.CHOSEN)
        assert (await Models(tx).moves(project_id))[0] == newest
        assert await Models(tx).moves(project_id, since=clock.now) == (newest,)
        assert await Models(tx).all_live() == ((project_id, 2),)


@pytest.mark.parametrize("mark", ["gone", "damaged"])
async def test_a_version_that_is_gone_or_damaged_does_not_go_live(
    store: Store, project_id: int, clock: Clock, mark: str
) -> None:
    async with store.writing(HERE) as tx:
        await add_model(tx, project_id, clock)
        if mark == "gone":
            await Models(tx).mark_gone(project_id, [1])
        else:
            await Models(tx).mark_damaged(project_id, 1)
        found = await Models(tx).version(project_id, 1)
        assert found is not None
        assert not found.is_usable
        assert (found.gone, found.damaged) == (mark == "gone", mark == "damaged")
        assert not await Models(tx).set_live(project_id, 1, expected=None, person=ANN)


async def test_of_two_moves_from_the_same_version_at_once_one_wins(
    url: str, store: Store, project_id: int, clock: Clock
) -> None:
    async with store.writing(HERE) as tx:
        for _ in range(3):
            await add_model(tx, project_id, clock)
        await Models(tx).set_live(project_id, 1, expected=None, person=ANN)

    async def move(here: Store, version: int) -> bool:
        async with here.writing(HERE) as tx:
            return await Models(tx).set_live(project_id, version, expected=1, person=ANN)

    async with open_database(url) as other:
        stores = (store, Store(other, clock))
        won = await asyncio.gather(*(move(stores[i % 2], 2 + i % 2) for i in range(6)))
    assert won.count(True) == 1


async def test_a_policy_holds_until_it_is_changed_and_an_event_says_by_whom(
    store: Store, project_id: int
) -> None:
    async with store.writing(HERE) as tx:
        assert await Models(tx).policy(project_id) is LivePolicy.NOT_WORSE
        await Models(tx).set_policy(project_id, LivePolicy.ASK, person=BEN)
        await Models(tx).set_policy(project_id, LivePolicy.ASK, person=ANN)
        assert await Models(tx).policy(project_id) is LivePolicy.ASK
        (told,) = await History(tx).page(project_id, limit=9)
    assert (told.kind, told.person) == ("live_policy_changed", BEN)


# --- schedules -------------------------------------------------------------------------------------------------


async def put(tx: Transaction, project_id: int, words: str = "every day at 03:00") -> Schedule:
    return await Schedules(tx).put(
        project_id,
        SetSchedule("0 3 * * *", None, words),
        timezone="Europe/Berlin",
        person=ANN,
        channel="C0",
        next_due=DUE,
    )


async def test_a_schedule_is_on_until_it_is_switched_off(
    store: Store, maintenance: MaintenanceRepository, project_id: int
) -> None:
    async with store.writing(HERE) as tx:
        schedule = await put(tx, project_id)
        assert await Schedules(tx).of(project_id) == schedule
    assert await maintenance.schedules() == ((HERE, schedule),)
    async with store.writing(HERE) as tx:
        assert await Schedules(tx).off(project_id) == schedule
        assert await Schedules(tx).off(project_id) is None
        assert await Schedules(tx).of(project_id) is None
    assert await maintenance.schedules() == ()


async def test_a_new_schedule_takes_the_place_of_the_old_under_a_new_id(
    store: Store, maintenance: MaintenanceRepository, project_id: int
) -> None:
    async with store.writing(HERE) as tx:
        old = await put(tx, project_id)
        new = await put(tx, project_id, "at noon")
    assert new.id != old.id
    assert await maintenance.schedules() == ((HERE, new),)


async def test_the_next_due_time_is_moved_on_once(store: Store, project_id: int) -> None:
    tomorrow = DUE + timedelta(days=1)
    async with store.writing(HERE) as tx:
        schedule = await put(tx, project_id)
        moves = [
            await Schedules(tx).advance(schedule.id, due=DUE, next_due=tomorrow) for _ in range(2)
        ]
        assert moves == [True, False]
        assert await Schedules(tx).of(project_id) == replace(schedule, next_due=tomorrow)


async def test_a_schedule_that_is_off_does_not_move(store: Store, project_id: int) -> None:
    async with store.writing(HERE) as tx:
        schedule = await put(tx, project_id)
        await Schedules(tx).off(project_id)
        assert not await Schedules(tx).advance(schedule.id, due=DUE, next_due=DUE)


async def test_times_come_back_in_utc_whatever_zone_they_were_given_in(
    store: Store, project_id: int
) -> None:
    zone = ZoneInfo("Asia/Kolkata")
    async with store.writing(HERE) as tx:
        schedule = await Schedules(tx).put(
            project_id,
            SetSchedule("0 3 * * *", None, "w"),
            timezone="Asia/Kolkata",
            person=ANN,
            channel="C0",
            next_due=DUE.astimezone(zone),
        )
        assert await Schedules(tx).advance(schedule.id, due=DUE, next_due=DUE)
    assert (schedule.next_due, schedule.next_due.tzinfo) == (DUE, UTC)


async def test_a_time_without_a_zone_is_refused(store: Store, project_id: int) -> None:
    naive = DUE.replace(tzinfo=None)
    with pytest.raises(StatementError, match="time zone"):
        async with store.writing(HERE) as tx:
            await Schedules(tx).advance(1, due=naive, next_due=naive)
