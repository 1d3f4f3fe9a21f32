"""Places for trainings on a machine, between workspaces: random operations on both databases."""

import random
from datetime import timedelta

import pytest

from bot.db.database import Store
from bot.db.records.runs import Runs
from bot.domain.runs import Run, RunState
from bot.projects.repositories.projects import Projects
from bot.training.repositories.maintenance import MaintenanceRepository
from tests.db.conftest import ANN, LEASE, Clock, new_run

WORKSPACES = ("T0A", "T0B", "T0C")
OWNERS = ("box:1:a", "box:2:b")
PROJECTS, STEPS = 4, 60


class Trainings:
    """What several workspaces ask of one machine."""

    def __init__(
        self, store: Store, maintenance: MaintenanceRepository, clock: Clock, seed: int
    ) -> None:
        self.store = store
        self.maintenance = maintenance
        self.clock = clock
        self.chance = random.Random(seed)
        self.projects: dict[str, list[int]] = {}
        self.waiting: dict[int, tuple[str, str]] = {}
        """The runs that wait: whose, and which process asks."""
        self.running: dict[int, str] = {}
        self.begun: list[str] = []

    async def open(self) -> None:
        for workspace in WORKSPACES:
            async with self.store.writing(workspace) as tx:
                first = (await Projects(tx).ensure_default()).id
                more = [await Projects(tx).add(f"p{n}", person=ANN) for n in range(PROJECTS - 1)]
            self.projects[workspace] = [first, *(each.id for each in more if each is not None)]

    async def ask(self, workspace: str) -> Run | None:
        owner = self.chance.choice(OWNERS)
        self.clock.now += timedelta(seconds=1)
        for project_id in self.projects[workspace]:
            async with self.store.writing(workspace) as tx:
                run = await Runs(tx).claim(new_run(project_id), owner=owner, lease=LEASE)
            if run is not None:
                self.waiting[run.id] = (workspace, owner)
                return run
        return None

    async def end(self) -> None:
        self.clock.now += timedelta(seconds=1)
        if self.running:
            run_id = self.chance.choice(sorted(self.running))
            state = self.chance.choice((RunState.SUCCEEDED, RunState.FAILED, RunState.CANCELLED))
            async with self.store.writing(self.running.pop(run_id)) as tx:
                await Runs(tx).end(run_id, state)

    async def look(self, limit: int) -> None:
        """Each that waits asks, in no order, as their processes do every two seconds."""
        self.clock.now += timedelta(seconds=1)
        for run_id in self.chance.sample(sorted(self.waiting), len(self.waiting)):
            workspace, owner = self.waiting[run_id]
            least = min(self.trains(each) for each, _ in self.waiting.values())
            is_last = limit - len(self.running) == 1
            taken = await self.maintenance.take_place(run_id, owner=owner, lease=LEASE, limit=limit)
            assert taken is not None
            if taken.state is RunState.RUNNING:
                assert len(self.running) < limit
                assert not is_last or self.trains(workspace) == least
                del self.waiting[run_id]
                self.running[run_id] = workspace
                self.begun.append(workspace)
            else:
                assert 1 <= taken.waits_for <= len(self.running) + len(self.waiting)

    def trains(self, workspace: str) -> int:
        return list(self.running.values()).count(workspace)


@pytest.mark.parametrize(("limit", "seed"), [(1, 1), (2, 2), (3, 3)])
async def test_places_go_to_the_workspaces_that_train_least(
    store: Store, maintenance: MaintenanceRepository, clock: Clock, limit: int, seed: int
) -> None:
    """No place stays empty for more than a look, and none is given twice, whoever looks first."""
    trainings = Trainings(store, maintenance, clock, seed)
    await trainings.open()
    for _ in range(STEPS):
        if trainings.chance.random() < 0.6:
            await trainings.ask(trainings.chance.choice(WORKSPACES))
        else:
            await trainings.end()
        for _ in range(limit):
            await trainings.look(limit)
        assert not trainings.waiting or len(trainings.running) == limit
    assert len(set(trainings.begun)) == len(WORKSPACES)


async def test_a_workspace_with_a_queue_keeps_nobody_waiting_for_more_than_one(
    store: Store, maintenance: MaintenanceRepository, clock: Clock
) -> None:
    """With one place, where nothing runs at the moment at which it is free."""
    trainings = Trainings(store, maintenance, clock, 1)
    await trainings.open()
    for workspace in [WORKSPACES[0]] * PROJECTS + [WORKSPACES[1]]:
        await trainings.ask(workspace)
        await trainings.look(1)
    for _ in range(3):
        await trainings.end()
        await trainings.look(1)
    first, second = WORKSPACES[:2]
    assert trainings.begun == [first, second, first, first]
