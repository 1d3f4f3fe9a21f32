"""Runs that wait for a place on the machine, and projects that train after so many sentences."""

import asyncio
import json
import subprocess
import sys
from dataclasses import replace

import pytest

from bot.db.database import Store
from bot.db.records.runs import Runs
from bot.db.transaction import Transaction
from bot.domain.runs import Run, RunReason, RunState
from bot.labelling.repositories.steps import Steps
from bot.projects.repositories.projects import Projects
from bot.training.commands import AutoTraining
from bot.training.repositories.auto_training import AutoTrainings
from bot.training.repositories.maintenance import MaintenanceRepository
from ner_engine.annotation import Span
from tests.db.conftest import ANN, HERE, LEASE, Clock, add, annotate, new_run

THERE = "T0THERE"
ONE, TWO = "box:1:a", "box:2:b"
"""Two processes on one machine."""


async def queued(store: Store, workspace: str, owner: str = ONE) -> Run:
    async with store.writing(workspace) as tx:
        project = await Projects(tx).ensure_default()
        run = await Runs(tx).claim(new_run(project.id), owner=owner, lease=LEASE)
    assert run is not None
    return run


async def turn(
    maintenance: MaintenanceRepository, run: Run, owner: str = ONE, limit: int = 1
) -> Run:
    taken = await maintenance.take_place(run.id, owner=owner, lease=LEASE, limit=limit)
    assert taken is not None
    return taken


# --- the machine's limit ---------------------------------------------------------------------------------------


async def test_a_run_begins_where_there_is_a_place(
    store: Store, maintenance: MaintenanceRepository, clock: Clock
) -> None:
    run = await queued(store, HERE)
    begun = replace(run, state=RunState.RUNNING, started_at=clock.now)
    assert await turn(maintenance, run) == begun


async def test_a_run_of_another_project_waits_and_knows_for_how_many(
    store: Store, maintenance: MaintenanceRepository
) -> None:
    first, second = await queued(store, HERE), await queued(store, THERE, TWO)
    await turn(maintenance, first)
    assert await turn(maintenance, second, TWO) == replace(second, waits_for=1)
    async with store.writing(HERE) as tx:
        await Runs(tx).end(first.id, RunState.SUCCEEDED)
    assert (await turn(maintenance, second, TWO)).state is RunState.RUNNING


async def test_runs_begin_in_the_order_they_were_asked_for(
    store: Store, maintenance: MaintenanceRepository
) -> None:
    first, second = await queued(store, HERE), await queued(store, THERE)
    assert (await turn(maintenance, second)).waits_for == 1
    assert (await turn(maintenance, first)).state is RunState.RUNNING


async def test_as_many_run_at_once_as_may(store: Store, maintenance: MaintenanceRepository) -> None:
    runs = [await queued(store, f"T{number}") for number in range(3)]
    states = [(await turn(maintenance, run, limit=2)).state for run in runs]
    assert states == [RunState.RUNNING, RunState.RUNNING, RunState.QUEUED]


async def test_trainings_on_another_machine_take_no_place_on_this_one(
    store: Store, maintenance: MaintenanceRepository
) -> None:
    await turn(maintenance, await queued(store, HERE, "box2:1:a"), "box2:1:a")
    assert (await turn(maintenance, await queued(store, THERE))).state is RunState.RUNNING


async def test_of_many_that_wait_one_begins_at_a_time(
    store: Store, maintenance: MaintenanceRepository
) -> None:
    runs = [await queued(store, f"T{number}") for number in range(6)]
    taken = await asyncio.gather(*(turn(maintenance, run) for run in runs))
    assert [run.state for run in taken].count(RunState.RUNNING) == 1


async def test_a_cancelled_run_gets_no_turn(
    store: Store, maintenance: MaintenanceRepository
) -> None:
    run = await queued(store, HERE)
    async with store.writing(HERE) as tx:
        await Runs(tx).end(run.id, RunState.CANCELLED)
    assert await maintenance.take_place(run.id, owner=ONE, lease=LEASE, limit=1) is None


async def test_a_run_that_waits_is_taken_over_from_a_process_that_is_gone_and_keeps_its_place(
    store: Store, maintenance: MaintenanceRepository
) -> None:
    run = await queued(store, HERE)
    assert await maintenance.take_over({}, owner=TWO, lease=LEASE) == ()
    over = await maintenance.signs()
    later = await queued(store, THERE, TWO)
    assert await maintenance.interrupt_stale(over) == ()
    assert await maintenance.take_over(over, owner=TWO, lease=LEASE) == ((HERE, run),)
    assert (await turn(maintenance, later, TWO)).waits_for == 1
    assert await maintenance.take_place(run.id, owner=ONE, lease=LEASE, limit=1) is None


async def test_a_run_that_was_left_is_taken_over_at_once(
    store: Store, maintenance: MaintenanceRepository
) -> None:
    run = await queued(store, HERE)
    await maintenance.leave(run.id, owner=ONE)
    assert await maintenance.take_over({}, owner=TWO, lease=LEASE) == ((HERE, run),)


async def test_what_is_active_is_known_over_all_workspaces(
    store: Store, maintenance: MaintenanceRepository
) -> None:
    runs = [await queued(store, workspace) for workspace in (HERE, THERE)]
    assert await maintenance.active_ids() == {run.id for run in runs}


# --- one run, whoever asks -------------------------------------------------------------------------------------

ASK = """
import asyncio, json, sys
from datetime import UTC, datetime, timedelta
from bot.db.database import Database
from bot.db.database import Store
from bot.domain.runs import NewRun, RunReason
from bot.db.records.runs import Runs

async def main(url, workspace, project_id, owner):
    async with Database.open(url) as database:
        store = Store(database, lambda: datetime.now(UTC))
        async def ask(number):
            new = NewRun(project_id, RunReason.COMMAND, "cnn", "U1", "C1", request=f"{owner} {number}")
            async with store.writing(workspace) as work:
                run = await Runs(work).claim(new, owner=owner, lease=timedelta(minutes=5))
            return None if run is None else run.number
        sys.stdin.readline()
        print(json.dumps(await asyncio.gather(*(ask(number) for number in range(50)))))

asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]))
"""


async def test_a_hundred_that_ask_at_once_from_two_processes_get_one_run(
    url: str, store: Store, project_id: int
) -> None:
    def start(owner: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", ASK, url, HERE, str(project_id), owner]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True)

    both = [start(owner) for owner in (ONE, TWO)]
    for process in both:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    told = [await asyncio.to_thread(process.communicate) for process in both]
    answers = [answer for said, _ in told for answer in json.loads(said)]
    assert len(answers) == 100
    assert [answer for answer in answers if answer is not None] == [1]


async def test_one_request_begins_one_run(store: Store, project_id: int) -> None:
    async with store.writing(HERE) as tx:
        asked = new_run(project_id, request="Ev1")
        run = await Runs(tx).claim(asked, owner=ONE, lease=LEASE)
        assert run is not None
        await Runs(tx).end(run.id, RunState.CANCELLED)
        assert await Runs(tx).claim(asked, owner=ONE, lease=LEASE) is None


# --- history and data ------------------------------------------------------------------------------------------


async def test_runs_are_paged_from_the_newest_down(store: Store, project_id: int) -> None:
    async with store.writing(HERE) as tx:
        for _ in range(5):
            run = await Runs(tx).claim(new_run(project_id), owner=ONE, lease=LEASE)
            assert run is not None
            await Runs(tx).end(run.id, RunState.FAILED)
        for up_to, numbers in [(5, [5, 4]), (3, [3, 2]), (1, [1]), (0, [])]:
            page = await Runs(tx).page(project_id, up_to=up_to, size=2)
            assert [run.number for run in page] == numbers


async def test_the_run_that_learned_from_the_same_data_is_found_if_it_succeeded(
    store: Store, project_id: int
) -> None:
    async with store.writing(HERE) as tx:
        for state in (RunState.SUCCEEDED, RunState.FAILED):
            run = await Runs(tx).claim(new_run(project_id), owner=ONE, lease=LEASE)
            assert run is not None
            await Runs(tx).begin(run.id, sentences=1, fingerprint=state.value)
            await Runs(tx).end(run.id, state)
        found = await Runs(tx).of_data(project_id, "succeeded")
        assert found is not None
        assert found.number == 1
        assert await Runs(tx).of_data(project_id, "failed") is None


async def test_a_run_keeps_the_end_of_its_log_after_its_own_end(
    store: Store, maintenance: MaintenanceRepository, project_id: int
) -> None:
    run = await queued(store, HERE)
    async with store.writing(HERE) as tx:
        await Runs(tx).end(run.id, RunState.FAILED)
        await Runs(tx).keep_log(run.id, "MemoryError")
    [(workspace, found, log)] = await maintenance.newest(limit=5, number=1)
    assert (workspace, found.id, log) == (HERE, run.id, "MemoryError")


async def test_a_retry_takes_the_message_along(store: Store, project_id: int) -> None:
    run = await queued(store, HERE)
    async with store.writing(HERE) as tx:
        await Runs(tx).end(run.id, RunState.INTERRUPTED)
        retry = new_run(
            project_id,
            reason=RunReason.RETRY,
            retry_of=run.id,
            attempt=2,
            message="1.5",
            message_channel="C1",
        )
        again = await Runs(tx).claim(retry, owner=ONE, lease=LEASE)
    assert again is not None
    assert (again.message_channel, again.message) == ("C1", "1.5")


# --- after so many sentences -----------------------------------------------------------------------------------


async def finish(tx: Transaction, project_id: int, *texts: str) -> None:
    for sentence in await add(tx, project_id, *texts):
        await annotate(tx, project_id, sentence, Span(0, 1, "A"))


async def put(tx: Transaction, project_id: int, every: int = 2) -> AutoTraining:
    return await AutoTrainings(tx).put(project_id, every=every, person=ANN, channel="C0")


async def test_what_is_finished_before_it_is_switched_on_does_not_count(
    store: Store, maintenance: MaintenanceRepository, project_id: int
) -> None:
    async with store.writing(HERE) as tx:
        await finish(tx, project_id, "a", "b", "c")
        auto = await put(tx, project_id)
        assert (auto.base, auto.finished, auto.left) == (3, 3, 2)
        await finish(tx, project_id, "d")
        await add(tx, project_id, "not finished")
    assert await maintenance.auto_trainings_due() == ()


async def test_enough_newly_finished_sentences_are_due_until_they_are_spent(
    store: Store, maintenance: MaintenanceRepository, project_id: int
) -> None:
    async with store.writing(HERE) as tx:
        auto = await put(tx, project_id)
        await finish(tx, project_id, "a", "b")
        due = replace(auto, finished=2)
        assert await AutoTrainings(tx).of(project_id) == due
    assert await maintenance.auto_trainings_due() == ((HERE, due),)
    async with store.writing(HERE) as tx:
        assert [await AutoTrainings(tx).spend(auto.id, base=0) for _ in range(2)] == [True, False]
    assert await maintenance.auto_trainings_due() == ()


async def test_two_that_see_it_due_spend_it_once(
    store: Store, maintenance: MaintenanceRepository, project_id: int
) -> None:
    async with store.writing(HERE) as tx:
        auto = await put(tx, project_id)
        await finish(tx, project_id, "a", "b")

    async def spend() -> bool:
        async with store.writing(HERE) as tx:
            return await AutoTrainings(tx).spend(auto.id, base=auto.base)

    assert sorted(await asyncio.gather(*(spend() for _ in range(5)))) == [False] * 4 + [True]


async def test_a_training_for_another_reason_counts_anew(
    store: Store, maintenance: MaintenanceRepository, project_id: int
) -> None:
    async with store.writing(HERE) as tx:
        await put(tx, project_id)
        await finish(tx, project_id, "a", "b")
        await AutoTrainings(tx).rebase(project_id)
    assert await maintenance.auto_trainings_due() == ()


async def test_it_is_off_when_it_is_switched_off(
    store: Store, maintenance: MaintenanceRepository, project_id: int
) -> None:
    async with store.writing(HERE) as tx:
        auto = await put(tx, project_id)
        await finish(tx, project_id, "a", "b")
        assert await AutoTrainings(tx).off(project_id) == replace(auto, finished=2)
        assert await AutoTrainings(tx).off(project_id) is None
        assert not await AutoTrainings(tx).spend(auto.id, base=0)
    assert await maintenance.auto_trainings_due() == ()


async def test_a_new_number_takes_the_place_of_the_old(store: Store, project_id: int) -> None:
    async with store.writing(HERE) as tx:
        await put(tx, project_id, 2)
        await finish(tx, project_id, "a")
        newer = await put(tx, project_id, 7)
        assert await AutoTrainings(tx).of(project_id) == newer
        assert (newer.base, newer.left) == (1, 7)


@pytest.mark.parametrize("every", [1, 3])
async def test_fewer_finished_than_were_counted_is_seen(
    store: Store, maintenance: MaintenanceRepository, project_id: int, every: int
) -> None:
    async with store.writing(HERE) as tx:
        await finish(tx, project_id, "a")
        await put(tx, project_id, every)
        step = await Steps(tx).last_step(project_id, ANN)
        assert step is not None
        await Steps(tx).undo(project_id, step, request="undo")
    [(_, auto)] = await maintenance.auto_trainings_due()
    assert auto.finished < auto.base
