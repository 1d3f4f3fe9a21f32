"""App Home: what it shows a person, and for whom it is kept up to date."""

from dataclasses import replace

from bot.db.database import Store
from bot.db.records.runs import Runs
from bot.db.transaction import Transaction
from bot.domain.project import ProjectCounts
from bot.domain.runs import MIN_FINISHED
from bot.errors import NotFound
from bot.home.values import HomePage, NextStep
from bot.labelling.repositories.annotations import Annotations
from bot.labelling.repositories.queue import Queue
from bot.models.repository import Models
from bot.projects.repositories.access import Access, alone
from bot.projects.repositories.labels import Labels
from bot.projects.repositories.projects import Projects
from bot.team.repositories.visits import Visits
from bot.team.values.visits import Visit
from bot.training.repositories.auto_training import AutoTrainings
from bot.training.repositories.schedules import Schedules

RECENT = 5
WORTH_TRAINING = 10
"""Newly finished sentences after which another training is proposed."""


class Home:
    """Reads a person's Home; writes only that they opened it, and that they asked a model."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def open(self, workspace: str, person: str) -> HomePage:
        """Home as it stands; from now on it is kept up to date for this person."""
        async with self._store.reading(workspace) as tx:
            visit = await Visits(tx).of(person)
        if not visit.opened:
            async with self._store.writing(workspace) as tx:
                await Visits(tx).note_opened(person)
        return await self._page(workspace, person)

    async def refreshed(
        self, workspace: str, person: str, *, asked: bool = False
    ) -> HomePage | None:
        """Home after something the person did, None if they never opened it; `asked` if it was asking a model."""
        async with self._store.reading(workspace) as tx:
            visit = await Visits(tx).of(person)
            wanted = asked and not visit.asked
            project = await Access(tx).of(alone(workspace, person)) if wanted else None
            live = await Projects(tx).live_version(project.id) if project else None
        if live is not None:
            async with self._store.writing(workspace) as tx:
                await Visits(tx).note_asked(person)
        return await self._page(workspace, person) if visit.opened else None

    async def choose(self, workspace: str, person: str, project_id: int) -> None:
        """Show another project from now on, which is that of the person's direct messages, too; raises NotFound."""
        async with self._store.writing(workspace) as tx:
            every = await Access(tx).seen(alone(workspace, person))
            chosen = next((project for project in every if project.id == project_id), None)
            if chosen is None:
                raise NotFound("That project is not here, or no longer.")
            if await Projects(tx).of_channel(person) != chosen:
                await Projects(tx).bind(chosen.id, person, to=chosen.id, person=person)

    async def _page(self, workspace: str, person: str) -> HomePage:
        async with self._store.reading(workspace) as tx:
            visit = await Visits(tx).of(person)
            whose = alone(workspace, person)
            project = await Access(tx).of(whose)
            if project is None:
                return HomePage(ProjectCounts(), MIN_FINISHED, asked=visit.asked)
            page = await _read(tx, project.id, person, visit)
            return replace(page, project=project, projects=await Access(tx).seen(whose))


async def _read(tx: Transaction, project_id: int, person: str, visit: Visit) -> HomePage:
    live = await Models(tx).live(project_id)
    return HomePage(
        counts=await Annotations(tx).counts(project_id),
        needed=MIN_FINISHED,
        waiting=await Queue(tx).waiting(project_id, person),
        labels=tuple(label.name for label in await Labels(tx).all(project_id)),
        asked=visit.asked,
        recent=await Runs(tx).page(project_id, size=RECENT),
        live=live,
        live_since=await Models(tx).live_since(project_id),
        live_run=await Runs(tx).that_made(project_id, live.version) if live else None,
        schedule=await Schedules(tx).of(project_id),
        auto=await AutoTrainings(tx).of(project_id),
    )


def next_step(page: HomePage) -> NextStep:
    """What would help most now. Pure."""
    if page.active:
        return NextStep.WAIT
    if page.counts.finished < page.needed:
        return NextStep.BEGIN if page.waiting else NextStep.BRING
    if page.live is None:
        return NextStep.TRAIN
    if not page.asked:
        return NextStep.ASK
    if page.new_since >= WORTH_TRAINING:
        return NextStep.TRAIN_AGAIN
    return NextStep.LABEL if page.waiting else NextStep.REST
