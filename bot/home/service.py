"""App Home: what it shows a person, and for whom it is kept up to date."""

from contextlib import suppress
from dataclasses import replace

from bot.db.database import Store
from bot.db.records.idempotency import once
from bot.db.records.outbox import Outbox
from bot.db.records.runs import Runs
from bot.db.transaction import Transaction
from bot.domain.json_form import JsonForm
from bot.domain.project import Caller, ProjectCounts
from bot.domain.roles import Role
from bot.domain.runs import MIN_FINISHED
from bot.errors import DiskFull, NotFound
from bot.health.checks import read_brief
from bot.health.values import HealthBrief
from bot.home.values import HomePage, NextStep, ProjectChosen
from bot.labelling.repositories.annotations import Annotations
from bot.labelling.repositories.flags import Flags
from bot.labelling.repositories.queue import Queue
from bot.models.repositories.models import Models
from bot.projects.context import read_roles
from bot.projects.repositories.access import Access, alone
from bot.projects.repositories.labels import Labels
from bot.projects.repositories.projects import Projects
from bot.team.repositories.decisions import Decisions
from bot.team.repositories.visits import Visits
from bot.team.values.visits import Visit
from bot.training.repositories.auto_training import AutoTrainings
from bot.training.repositories.schedules import Schedules
from bot.watching.repositories.watches import Watches

_CHOSEN: JsonForm[ProjectChosen] = JsonForm(ProjectChosen)

RECENT = 5
WORTH_TRAINING = 10
"""Newly finished sentences after which another training is proposed."""


class Home:
    """Reads a person's Home; writes only that they opened it, and that they asked a model."""

    def __init__(self, store: Store, *, owners: frozenset[str] = frozenset()) -> None:
        self._store = store
        self._owners = owners

    async def open(self, workspace: str, person: str) -> HomePage:
        """Home as it stands; from now on it is kept up to date for this person."""
        async with self._store.reading(workspace) as tx:
            visit = await Visits(tx).of(person)
        if not visit.opened:
            # A disk that is full is no reason to show nothing.
            with suppress(DiskFull):
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
            with suppress(DiskFull):
                async with self._store.writing(workspace) as tx:
                    await Visits(tx).note_asked(person)
        return await self._page(workspace, person) if visit.opened else None

    async def choose(self, caller: Caller, project_id: int) -> None:
        """Show another project from now on, which is that of the person's direct messages, too; raises NotFound."""
        async with self._store.writing(caller.workspace) as tx:

            async def work() -> ProjectChosen:
                person = caller.person
                every = await Access(tx).seen(alone(caller.workspace, person))
                chosen = next((project for project in every if project.id == project_id), None)
                if chosen is None:
                    raise NotFound("That project is not here, or no longer.")
                if await Projects(tx).of_channel(person) != chosen:
                    await Projects(tx).bind(chosen.id, person, to=chosen.id, person=person)
                return ProjectChosen(chosen.id)

            await once(tx, caller.request, _CHOSEN, work)

    async def _page(self, workspace: str, person: str) -> HomePage:
        async with self._store.reading(workspace) as tx:
            visit = await Visits(tx).of(person)
            whose = alone(workspace, person)
            project = await Access(tx).of(whose)
            lost = await self._undelivered(tx, person)
            if project is None:
                return HomePage(ProjectCounts(), MIN_FINISHED, asked=visit.asked, undelivered=lost)
            page = await _read(tx, project.id, person, visit)
            if (await read_roles(tx, self._owners)).get(person, Role.LABELLER) is not Role.LABELLER:
                waiting = await Decisions(tx).waiting(project.id)
                flagged = await Flags(tx).count(project.id)
                page = replace(page, disputed=waiting, flagged=flagged)
            projects = await Access(tx).seen(whose)
            return replace(page, project=project, projects=projects, undelivered=lost)

    async def _undelivered(self, tx: Transaction, person: str) -> int:
        """How many messages were given up; none for those who can do nothing about it."""
        lost = await Outbox(tx).dead()
        if lost and (await read_roles(tx, self._owners)).get(person) is Role.OWNER:
            return lost
        return 0


async def _read(tx: Transaction, project_id: int, person: str, visit: Visit) -> HomePage:
    live = await Models(tx).live(project_id)
    watched = await Watches(tx).totals(project_id)
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
        watched=watched,
        health=await read_brief(tx, project_id) if watched else HealthBrief(),
    )


def next_step(page: HomePage) -> NextStep:
    """What would help most now. Pure."""
    if page.starting:
        return NextStep.START
    if page.active:
        return NextStep.WAIT
    if page.counts.finished < page.needed:
        return NextStep.BEGIN if page.waiting else NextStep.BRING
    if page.live is None:
        return NextStep.TRAIN
    if not page.asked:
        return NextStep.ASK
    if page.disputed:
        return NextStep.REVIEW
    if page.new_since >= WORTH_TRAINING:
        return NextStep.TRAIN_AGAIN
    return NextStep.LABEL if page.waiting else NextStep.REST
