"""App Home: what it shows a person, and for whom it is kept up to date."""

from dataclasses import replace

from bot.domain.home import HomePage, NextStep, Visit
from bot.domain.project import ProjectCounts
from bot.domain.training import MIN_FINISHED
from bot.errors import NotFound
from bot.services.ports import Store, Work

RECENT = 5
WORTH_TRAINING = 10
"""Newly finished sentences after which another training is proposed."""


class Home:
    """Reads a person's Home; writes only that they opened it, and that they asked a model."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def open(self, workspace: str, person: str) -> HomePage:
        """Home as it stands; from now on it is kept up to date for this person."""
        async with self._store.reading(workspace) as work:
            visit = await work.homes.of(person)
        if not visit.opened:
            async with self._store.writing(workspace) as work:
                await work.homes.note_opened(person)
        return await self._page(workspace, person)

    async def refreshed(
        self, workspace: str, person: str, *, asked: bool = False
    ) -> HomePage | None:
        """Home after something the person did, None if they never opened it; `asked` if it was asking a model."""
        async with self._store.reading(workspace) as work:
            visit = await work.homes.of(person)
            wanted = asked and not visit.asked
            project = await work.projects.of_channel(person) if wanted else None
            live = await work.models.live_version(project.id) if project else None
        if live is not None:
            async with self._store.writing(workspace) as work:
                await work.homes.note_asked(person)
        return await self._page(workspace, person) if visit.opened else None

    async def choose(self, workspace: str, person: str, project_id: int) -> None:
        """Show another project from now on, which is that of the person's direct messages, too; raises NotFound."""
        async with self._store.writing(workspace) as work:
            every = await work.projects.all()
            chosen = next((project for project in every if project.id == project_id), None)
            if chosen is None:
                raise NotFound("That project is not here, or no longer.")
            if await work.projects.of_channel(person) != chosen:
                await work.projects.bind(chosen.id, person, to=chosen.id, person=person)

    async def _page(self, workspace: str, person: str) -> HomePage:
        async with self._store.reading(workspace) as work:
            visit = await work.homes.of(person)
            project = await work.projects.of_channel(person)
            if project is None:
                return HomePage(ProjectCounts(), MIN_FINISHED, asked=visit.asked)
            page = await _read(work, project.id, person, visit)
            return replace(page, project=project, projects=await work.projects.all())


async def _read(work: Work, project_id: int, person: str, visit: Visit) -> HomePage:
    live = await work.models.live(project_id)
    return HomePage(
        counts=await work.annotations.counts(project_id),
        needed=MIN_FINISHED,
        waiting=await work.queue.waiting(project_id, person),
        labels=tuple(label.name for label in await work.labels.all(project_id)),
        asked=visit.asked,
        recent=await work.runs.page(project_id, size=RECENT),
        live=live,
        live_since=await work.models.live_since(project_id),
        live_run=await work.runs.that_made(project_id, live.version) if live else None,
        schedule=await work.schedules.of(project_id),
        auto=await work.autos.of(project_id),
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
