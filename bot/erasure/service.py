"""Forgetting as people ask for it: a question first, then everything at once, and what follows afterwards."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot.db.database import Store
from bot.db.records.confirmations import Confirmations
from bot.db.records.idempotency import once
from bot.db.records.runs import Runs
from bot.db.records.sentences import Sentences
from bot.db.transaction import Transaction
from bot.domain.events import NOBODY
from bot.domain.json_form import JsonForm
from bot.domain.project import Caller, Project
from bot.domain.roles import Role
from bot.domain.runs import NewRun, Run, RunReason, RunState
from bot.erasure.commands import (
    ConfirmForget,
    DeclineForget,
    Erasure,
    Forget,
    ForgetAsked,
    ForgetText,
    Forgotten,
    NotForgotten,
    What,
)
from bot.erasure.eraser import Eraser, total
from bot.erasure.ports import TellDone
from bot.erasure.repositories.erasures import Erasures
from bot.erasure.repositories.maintenance import ErasureMaintenance
from bot.errors import NotFound, NothingToDo, ObjectsUnavailable, StoreUnavailable
from bot.labelling.repositories.annotations import Annotations
from bot.labelling.repositories.bin import Bin
from bot.models.repositories.models import Models
from bot.projects.context import RequestContext, read_roles
from bot.projects.repositories.access import Access
from bot.projects.repositories.projects import Projects
from bot.training.repositories.maintenance import MaintenanceRepository
from bot.training.run_starter import RunStarter

log = logging.getLogger(__name__)

TRIES = 3
"""Trainings of a successor that may fail before the model that knows too much goes without one."""
_FORGOTTEN: JsonForm[Forgotten] = JsonForm(Forgotten)
_OVER = "This question has expired or was asked of somebody else. Nothing was erased. Type /nerbot forget again."


class Forgetting:
    """Asks, erases, and sees to it that models are trained again without what was forgotten."""

    def __init__(
        self,
        store: Store,
        eraser: Eraser,
        maintenance: ErasureMaintenance,
        runs: MaintenanceRepository,
        starter: RunStarter,
        tell: TellDone,
        forget_guesses: Callable[[], Awaitable[None]],
        *,
        owners: frozenset[str],
    ) -> None:
        self._store = store
        self._eraser = eraser
        self._maintenance = maintenance
        self._runs = runs
        self._starter = starter
        self._tell = tell
        self._forget_guesses = forget_guesses
        self._owners = owners
        self._looking = asyncio.Lock()

    async def ask(self, caller: Caller, command: Forget | ForgetText) -> ForgetAsked:
        """Say exactly what would go, and ask."""
        async with self._store.reading(caller.workspace) as tx:
            project = await _project(tx, caller)
            forget, text = await _meant(tx, project, caller, command)
            await self._check(tx, project, caller, forget)
        found = await self._eraser.find(caller.workspace, project.id, forget)
        async with self._store.writing(caller.workspace) as tx:
            offer = await Confirmations(tx).put(project.id, caller.person, forget)
        return ForgetAsked(
            forget, total([each.extent for each in found]), offer, text, project.name
        )

    async def decline(self, caller: Caller, command: DeclineForget) -> NotForgotten:
        """Keep it."""
        async with self._store.writing(caller.workspace) as tx:
            project = await _project(tx, caller)
            await Confirmations(tx).take(project.id, caller.person, command.offer, Forget)
        return NotForgotten()

    async def forget(self, caller: Caller, command: ConfirmForget) -> Forgotten:
        """Erase what was asked about, at once; files and free pages before this returns, where nobody uses them."""
        async with self._store.reading(caller.workspace) as tx:
            project = await _project(tx, caller)
            asked = await Confirmations(tx).look(project.id, caller.person, command.offer, Forget)
        found = await self._eraser.find(caller.workspace, project.id, asked) if asked else ()
        async with self._store.writing(caller.workspace, alone=True) as tx:

            async def work() -> Forgotten:
                taken = await Confirmations(tx).take(
                    project.id, caller.person, command.offer, Forget
                )
                if taken is None or taken != asked:
                    raise NotFound(_OVER)
                await self._check(tx, project, caller, taken)
                extent = await self._eraser.erase(tx, taken, found, by=_teller(caller, taken))
                return Forgotten(taken, extent)

            done = await once(tx, caller.request, _FORGOTTEN, work)
        # What is still there is taught again at the next card.
        await self._forget_guesses()
        await self.look()
        return done

    async def _check(
        self, tx: Transaction, project: Project, caller: Caller, forget: Forget
    ) -> None:
        """Owners may forget anything, everybody themselves and what they brought."""
        context = RequestContext(tx, project, caller, self._owners)
        if forget.what is What.PERSON:
            await self._check_person(tx, context, caller, forget.person or "")
        elif forget.what is What.PROJECT:
            await context.require(Role.OWNER, "erase a project")
            if (forget.project or "").casefold() != project.name.casefold():
                raise NothingToDo(
                    f"This channel's project is {project.name}. It is erased by /nerbot forget project {project.name}"
                )
        elif await Annotations(tx).added_by(project.id, forget.sentence_id or 0) != caller.person:
            await context.require(Role.OWNER, "erase a sentence that somebody else added")

    async def _check_person(
        self, tx: Transaction, context: RequestContext, caller: Caller, person: str
    ) -> None:
        if person != caller.person:
            await context.require(Role.OWNER, "erase what somebody else did")
        roles = await read_roles(tx, self._owners)
        owners = [name for name, role in roles.items() if role is Role.OWNER]
        if owners == [person] and await Erasures(tx).others_than(person):
            raise NothingToDo(
                "That is the only owner, and the team needs one. First: /nerbot roles owner @somebody"
            )

    # afterwards

    async def look(self) -> None:
        """Go on with what is not done: files, free pages, models."""
        async with self._looking:
            for erasure in await self._maintenance.open():
                try:
                    await self._go_on(erasure)
                except (StoreUnavailable, ObjectsUnavailable) as error:
                    log.warning("erasure %s goes on later: %s", erasure.id, error)

    async def _go_on(self, erasure: Erasure) -> None:
        if not erasure.cleaned:
            await self._eraser.clean(erasure, await self._runs.active_ids())
        async with self._store.reading(erasure.workspace) as tx:
            stale = await Models(tx).stale(erasure.project_id)
            live = await Projects(tx).live_version(erasure.project_id)
            active = await Runs(tx).active(erasure.project_id)
        if live in stale:
            if active is None:
                await self._replace(erasure, live)
            return
        if stale:
            async with self._store.writing(erasure.workspace) as tx:
                await Models(tx).mark_gone(erasure.project_id, stale)
        await self._eraser.keep_models(erasure)
        if active is None:
            async with self._store.writing(erasure.workspace) as tx:
                await Erasures(tx).advance(erasure.id, done=True)
            if erasure.cleaned and erasure.person is not None:
                await self._tell(erasure.workspace, erasure.id, erasure.person)

    async def _replace(self, erasure: Erasure, live: int) -> None:
        """Train a successor; where that failed too often the model goes without one."""
        project_id = erasure.project_id
        async with self._store.writing(erasure.workspace) as tx:
            before = await Runs(tx).that_made(project_id, live)
            runs = await Runs(tx).page(project_id, size=TRIES)
            if before is None or _failed_too_often(runs, erasure):
                await Models(tx).none_live(project_id)
                await Models(tx).mark_gone(project_id, [live])
                return
            run = await self._starter.claim(tx, _again(before, erasure, runs))
        if run is not None:
            self._starter.start(erasure.workspace, run)


def _again(before: Run, erasure: Erasure, runs: tuple[Run, ...]) -> NewRun:
    """The training that made the model, without what was forgotten; another seed where it failed."""
    failed = sum(_failed(run, erasure) for run in runs)
    person = before.person if before.person != NOBODY else erasure.person or NOBODY
    return NewRun(
        project_id=erasure.project_id,
        reason=RunReason.FORGET,
        preset=before.preset,
        person=person,
        channel=before.channel,
        seed=before.seed + failed,
        with_unfinished=before.with_unfinished,
    )


def _failed(run: Run, erasure: Erasure) -> bool:
    return (
        run.reason is RunReason.FORGET
        and run.state is RunState.FAILED
        and run.created_at >= erasure.created_at
    )


def _failed_too_often(runs: tuple[Run, ...], erasure: Erasure) -> bool:
    return sum(_failed(run, erasure) for run in runs) >= TRIES


def _teller(caller: Caller, forget: Forget) -> str | None:
    """Whoever is told at the end; a person who was forgotten is not written down again."""
    return None if forget.person == caller.person else caller.person


async def _project(tx: Transaction, caller: Caller) -> Project:
    project = await Access(tx).of(caller)
    if project is None:
        raise NothingToDo("nerbot knows nothing yet, so there is nothing to forget.")
    return project


async def _meant(
    tx: Transaction, project: Project, caller: Caller, command: Forget | ForgetText
) -> tuple[Forget, str]:
    """What is to be forgotten, and the sentence's text."""
    if isinstance(command, Forget) and command.what is not What.SENTENCE:
        mine = command.what is What.PERSON and command.person is None
        return (replace(command, person=caller.person) if mine else command), ""
    if isinstance(command, ForgetText):
        found = await Sentences(tx).find(project.id, command.text)
    else:
        found = await Sentences(tx).get(project.id, command.sentence_id or 0)
        number = command.sentence_id or 0
        deleted = (await Bin(tx).all(project.id)).get(number)
        if found is None and deleted is not None:
            return Forget(What.SENTENCE, number), deleted
    if found is None:
        raise NotFound(
            "There is no such sentence in this channel's project. Type its number, as in /nerbot forget #12, or its "
            "whole text."
        )
    return Forget(What.SENTENCE, found.id), found.text
