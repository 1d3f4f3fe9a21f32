"""The registry: which version of a project is live, and how people see, compare, change and undo that."""

from typing import NamedTuple

from bot.db.records.idempotency import IdempotencyRecords, once
from bot.db.records.runs import Runs
from bot.db.store import Store
from bot.db.transaction import Transaction
from bot.domain.json_form import JsonForm
from bot.domain.models import KEPT, KEPT_DAYS, ModelsCompared, ModelVersion, WhyLive
from bot.domain.project import Caller, Project
from bot.domain.runs import Model, Run
from bot.engine.ports import Engine
from bot.errors import ModelUnsound, NotFound, NothingToDo
from bot.labelling.repositories.annotations import Annotations
from bot.models.commands import (
    CompareModels,
    GoLive,
    LiveMoved,
    LookAt,
    ModelsAnswer,
    ModelsCommand,
    ModelsShown,
    PolicySet,
    RollBack,
    SentencesShown,
    SetPolicy,
    ShowModels,
)
from bot.models.lifecycle import Upkeep, usable_before
from bot.models.repository import Models
from bot.projects.context import require_owner
from bot.projects.repositories.projects import Projects
from bot.slack.notifier_ports import Notifier

PAGE = 8
"""Versions on one page: readable on a phone."""
ON_PICTURE = 50

_LIVE_MOVED: JsonForm[LiveMoved] = JsonForm(LiveMoved)
_POLICY_SET: JsonForm[PolicySet] = JsonForm(PolicySet)


class _Target(NamedTuple):
    """What is to be live next, in place of what."""

    project: Project
    version: int
    expected: int | None
    why: WhyLive


class Registry:
    """Does what a person asks with /nerbot models and the buttons at the end of a run."""

    def __init__(
        self,
        store: Store,
        engine: Engine,
        notifier: Notifier,
        upkeep: Upkeep,
        *,
        owners: frozenset[str],
    ) -> None:
        self._store = store
        self._engine = engine
        self._notifier = notifier
        self._upkeep = upkeep
        self._owners = owners

    async def handle(self, caller: Caller, command: ModelsCommand) -> ModelsAnswer:
        """Carry out one command; raises PersonError where it cannot be done as asked."""
        match command:
            case ShowModels():
                return await self._show(caller, command)
            case CompareModels():
                return await self._compare(caller, command)
            case LookAt():
                return await self._look_at(caller, command)
            case SetPolicy():
                return await self._set_policy(caller, command)
            case GoLive() | RollBack():
                return await self._move(caller, command)

    # reading

    async def _project(self, caller: Caller) -> Project:
        async with self._store.reading(caller.workspace) as tx:
            found = await Projects(tx).of_channel(caller.room)
        if found is None:
            raise NothingToDo(_NO_MODEL)
        return found

    async def _show(self, caller: Caller, command: ShowModels) -> ModelsShown:
        project = await self._project(caller)
        async with self._store.reading(caller.workspace) as tx:
            versions = await Models(tx).versions(project.id, limit=PAGE + 1, before=command.before)
            live = await Projects(tx).live_version(project.id)
            moves = await Models(tx).moves(project.id)
            policy = await Models(tx).policy(project.id)
        shown = versions[:PAGE]
        return ModelsShown(
            project,
            shown,
            next((m for m in moves if m.version == live), None),
            policy,
            older=shown[-1].number if len(versions) > PAGE else None,
            first=command.before is None,
        )

    async def _compare(self, caller: Caller, command: CompareModels) -> ModelsCompared:
        project = await self._project(caller)
        async with self._store.reading(caller.workspace) as tx:
            for number in (command.one, command.two):
                version = await _version(tx, project.id, number)
                if version.gone:
                    raise NothingToDo(f"{_gone(number)} Compare two that are still here.")
            gold = await Annotations(tx).gold(project.id)
        return await self._engine.compare(project.id, command.one, command.two, gold)

    async def _look_at(self, caller: Caller, command: LookAt) -> SentencesShown:
        async with self._store.reading(caller.workspace) as tx:
            run = await Runs(tx).get(command.run_id)
            findings = run.evaluation.findings if run and run.evaluation else ()
            if run is None or command.finding >= len(findings):
                raise NotFound("This training is not here, or no longer.")
            finding = findings[command.finding]
            wanted = set(finding.sentences)
            gold = await Annotations(tx).gold(run.project_id, with_unfinished=True)
        found = tuple(item for item in gold if item.sentence.id in wanted)
        return SentencesShown(finding.words, found, missing=len(wanted) - len(found))

    async def scores(self, caller: Caller) -> bool:
        """Post the scores of the versions as a picture, where the person asked; False where that cannot be done."""
        project = await self._project(caller)
        async with self._store.reading(caller.workspace) as tx:
            versions = await Models(tx).versions(project.id, limit=ON_PICTURE)
            live = await Projects(tx).live_version(project.id)
        if sum(each.model.evaluation is not None for each in versions) < 2:
            raise NothingToDo("A picture needs two models with scores. /train makes the next one.")
        return await self._notifier.show_history(
            caller.workspace, caller.channel, versions, live=live
        )

    # what goes live

    async def _set_policy(self, caller: Caller, command: SetPolicy) -> PolicySet:
        async with self._store.writing(caller.workspace) as tx:
            project = await Projects(tx).ensure(caller.room)

            async def work() -> PolicySet:
                await require_owner(tx, project, caller, self._owners, "choose when models go live")
                await Models(tx).set_policy(project.id, command.policy, person=caller.person)
                return PolicySet(command.policy)

            return await once(tx, caller.request, _POLICY_SET, work)

    async def _move(self, caller: Caller, command: GoLive | RollBack) -> LiveMoved:
        """Load the version first, so that what cannot answer never becomes live; then move by compare-and-set."""
        async with self._store.reading(caller.workspace) as tx:
            before = await IdempotencyRecords(tx).get(caller.request, _LIVE_MOVED)
            if before is not None:
                return before
            target = await self._target(tx, caller, command)
        try:
            await self._engine.load(target.project.id, target.version)
        except ModelUnsound:
            await self._upkeep.note_damage(caller.workspace, target.project.id, target.version)
            raise
        answer = LiveMoved(target.project.id, target.version, target.expected, target.why)
        async with self._store.writing(caller.workspace) as tx:
            moved = await Models(tx).set_live(
                target.project.id,
                target.version,
                expected=target.expected,
                person=caller.person,
                why=target.why,
                request=caller.request,
            )
            if not moved:
                raise NothingToDo(
                    "Somebody else moved it at this very moment. /nerbot models shows which model is live now."
                )
            await IdempotencyRecords(tx).put(caller.request, answer)
        self._upkeep.show_again(caller.workspace, answer)
        return answer

    async def _target(self, tx: Transaction, caller: Caller, command: GoLive | RollBack) -> _Target:
        run = await _run(tx, command.run_id) if command.run_id is not None else None
        project = await self._project_of(tx, caller, run)
        await require_owner(tx, project, caller, self._owners, "change which model is live")
        live = await Models(tx).live(project.id)
        if isinstance(command, GoLive):
            number = (run.version if run else command.version) or 0
            version = await _version(tx, project.id, number)
            _refuse_unusable(version, live)
            why = WhyLive.CHOSEN
        else:
            if live is None:
                raise NothingToDo(_NO_MODEL)
            _refuse_if_moved(run.version if run else command.version, live)
            number = await self._usable_before(tx, project.id, live.version)
            why = WhyLive.UNDO if run else WhyLive.ROLLBACK
        return _Target(project, number, live.version if live else None, why)

    async def _project_of(self, tx: Transaction, caller: Caller, run: Run | None) -> Project:
        if run is not None:
            return next(each for each in await Projects(tx).all() if each.id == run.project_id)
        found = await Projects(tx).of_channel(caller.room)
        if found is None:
            raise NothingToDo(_NO_MODEL)
        return found

    async def _usable_before(self, tx: Transaction, project_id: int, version: int) -> int:
        found = await usable_before(tx, project_id, version)
        if found is None:
            raise NothingToDo(
                f"There is no model to go back to: none that is still here was live before model {version}."
            )
        return found


_NO_MODEL = "There is no model yet. /train makes the first one."


def _gone(number: int) -> str:
    return (
        f"The files of model {number} were cleared away: nerbot keeps the last {KEPT} versions and what was live "
        f"in the last {KEPT_DAYS} days."
    )


async def _run(tx: Transaction, run_id: int) -> Run:
    run = await Runs(tx).get(run_id)
    if run is None or run.version is None:
        raise NotFound("This training is not here, or no longer.")
    return run


async def _version(tx: Transaction, project_id: int, number: int) -> ModelVersion:
    version = await Models(tx).version(project_id, number)
    if version is None:
        raise NotFound(f"There is no model {number} here. /nerbot models lists them.")
    return version


def _refuse_if_moved(version: int | None, live: Model) -> None:
    """What a button was shown beside may not be live any more."""
    if version is not None and version != live.version:
        raise NothingToDo(
            f"Model {version} is not live any more: model {live.version} is. "
            "/nerbot models shows how that came."
        )


def _refuse_unusable(version: ModelVersion, live: Model | None) -> None:
    if live is not None and live.version == version.number:
        raise NothingToDo(f"Model {version.number} is live already.")
    if version.gone:
        raise NothingToDo(f"{_gone(version.number)} /nerbot models lists those that can go live.")
    if version.damaged:
        raise NothingToDo(
            f"The files of model {version.number} are damaged, so it cannot go live. /train makes a new one."
        )
