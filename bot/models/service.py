"""Which version of a project's model is live, and how people see, compare, change and undo that."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot.db.database import Store
from bot.db.records.idempotency import IdempotencyRecords, once
from bot.db.records.runs import Runs
from bot.db.transaction import Transaction
from bot.domain.json_form import JsonForm
from bot.domain.models import KEPT, KEPT_DAYS, ModelsCompared, ModelVersion, WhyLive
from bot.domain.project import Caller, Project
from bot.domain.roles import Role
from bot.domain.runs import Run
from bot.engine.ports import Engine
from bot.errors import ModelUnsound, NotFound, NothingToDo
from bot.labelling.repositories.annotations import Annotations
from bot.models.commands import (
    CompareModels,
    ExportModel,
    GoLive,
    LiveMoved,
    LookAt,
    ModelsShown,
    PackageBegun,
    PolicySet,
    PostScores,
    RollBack,
    ScoresPosted,
    SentencesShown,
    SetPolicy,
    ShowModels,
)
from bot.models.exporting import ModelExports
from bot.models.lifecycle import ModelLifecycle, usable_before
from bot.models.repositories.models import Models
from bot.models.score_history import ScoreHistory
from bot.projects.context import RequestContext
from bot.projects.repositories.access import Access
from bot.projects.repositories.labels import Labels
from bot.projects.repositories.projects import Projects

PAGE = 8
"""Versions on one page: readable on a phone."""
ON_PICTURE = 50

_LIVE_MOVED: JsonForm[LiveMoved] = JsonForm(LiveMoved)
_SCORES_POSTED: JsonForm[ScoresPosted] = JsonForm(ScoresPosted)
_POLICY_SET: JsonForm[PolicySet] = JsonForm(PolicySet)
_NO_MODEL = "There is no model yet. /train makes the first one."


Find = Callable[[Transaction, Project, int | None, Run | None], Awaitable[LiveMoved]]
"""Which version is to be live in place of which, from the one that is named, and the run that names it."""


class ModelService:
    """Does what a person asks with /nerbot models and the buttons at the end of a run."""

    def __init__(
        self,
        store: Store,
        engine: Engine,
        score_history: ScoreHistory,
        lifecycle: ModelLifecycle,
        exports: ModelExports,
        *,
        owners: frozenset[str],
    ) -> None:
        self._store = store
        self._engine = engine
        self._score_history = score_history
        self._lifecycle = lifecycle
        self._exports = exports
        self._owners = owners

    # reading

    async def show(self, caller: Caller, command: ShowModels) -> ModelsShown:
        """A page of the versions."""
        async with self._store.reading(caller.workspace) as tx:
            project = await _project(tx, caller)
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
            has_picture=sum(each.model.evaluation is not None for each in versions) > 1
            or command.before is not None,
        )

    async def compare(self, caller: Caller, command: CompareModels) -> ModelsCompared:
        """Two versions on the sentences that neither learned."""
        async with self._store.reading(caller.workspace) as tx:
            project = await _project(tx, caller)
            for number in (command.one, command.two):
                version = await _version(tx, project.id, number)
                if version.gone:
                    raise NothingToDo(f"{_gone(number)} Compare two that are still here.")
            gold = await Annotations(tx).gold(project.id)
        compared = await self._engine.compare(project.id, command.one, command.two, gold)
        return replace(compared, start=command.start)

    async def look_at(self, caller: Caller, command: LookAt) -> SentencesShown:
        """The sentences of one finding of a run, as training uses them now."""
        async with self._store.reading(caller.workspace) as tx:
            run = await run_seen(tx, caller, command.run_id)
            findings = run.evaluation.findings if run and run.evaluation else ()
            if run is None or command.finding >= len(findings):
                raise NotFound("This training is not here, or no longer.")
            finding = findings[command.finding]
            wanted = sorted(set(finding.sentences))
            found = await Annotations(tx).gold(run.project_id, with_unfinished=True, only=wanted)
        return SentencesShown(finding.words, found, missing=len(wanted) - len(found))

    async def post_scores(self, caller: Caller, _: PostScores) -> None:
        """Post the scores of the versions as a picture, where the person asked."""
        async with self._store.reading(caller.workspace) as tx:
            if await IdempotencyRecords(tx).get(caller.request, _SCORES_POSTED) is not None:
                return
            project = await _project(tx, caller)
            versions = await Models(tx).versions(project.id, limit=ON_PICTURE)
            live = await Projects(tx).live_version(project.id)
        if sum(each.model.evaluation is not None for each in versions) < 2:
            raise NothingToDo("A picture needs two models with scores. /train makes the next one.")
        posted = await self._score_history.show_history(
            caller.workspace, caller.channel, versions, live=live
        )
        if not posted:
            raise NothingToDo(
                "The picture could not be posted here. Please try again in a moment; if that does not help, type "
                "/invite @nerbot in this channel first."
            )
        async with self._store.writing(caller.workspace) as tx:
            await IdempotencyRecords(tx).put(caller.request, ScoresPosted())

    async def export(self, caller: Caller, command: ExportModel) -> PackageBegun:
        """Make a version, or the live one, a package and send it to whoever asks, by direct message."""
        async with self._store.reading(caller.workspace) as tx:
            project = await _project(tx, caller)
            number = command.version or await Projects(tx).live_version(project.id)
            if number is None:
                raise NothingToDo(_NO_MODEL)
            version = await _version(tx, project.id, number)
            if version.gone:
                raise NothingToDo(
                    f"{_gone(number)} /nerbot models lists those that are still here."
                )
            labels = await Labels(tx).all(project.id)
        self._exports.begin(caller, project, version, labels)
        return PackageBegun(number)

    # what goes live

    async def set_policy(self, caller: Caller, command: SetPolicy) -> PolicySet:
        """Let new models go live so from now on."""
        async with self._store.writing(caller.workspace) as tx:
            project = await Access(tx).ensure(caller)

            async def work() -> PolicySet:
                context = RequestContext(tx, project, caller, self._owners)
                await context.require(Role.OWNER, "choose when models go live")
                await Models(tx).set_policy(project.id, command.policy, person=caller.person)
                return PolicySet(command.policy)

            return await once(tx, caller.request, _POLICY_SET, work)

    async def go_live(self, caller: Caller, command: GoLive) -> LiveMoved:
        """Make a version live, that of a run where one is named."""
        return await self._move(caller, command, _chosen)

    async def roll_back(self, caller: Caller, command: RollBack) -> LiveMoved:
        """Make the version live that was it before."""
        return await self._move(caller, command, _before)

    async def _move(self, caller: Caller, command: GoLive | RollBack, find: Find) -> LiveMoved:
        """Load the version first, so that what cannot answer never becomes live; then move by compare-and-set."""
        async with self._store.reading(caller.workspace) as tx:
            answered = await IdempotencyRecords(tx).get(caller.request, _LIVE_MOVED)
            if answered is not None:
                return answered
            move = await self._to_move(tx, caller, command, find)
        try:
            await self._engine.load(move.project_id, move.version)
        except ModelUnsound:
            await self._lifecycle.note_damage(caller.workspace, move.project_id, move.version)
            raise
        async with self._store.writing(caller.workspace) as tx:
            moved = await Models(tx).set_live(
                move.project_id,
                move.version,
                expected=move.before,
                person=caller.person,
                why=move.why,
                request=caller.request,
            )
            if not moved:
                raise NothingToDo(
                    "Someone else just changed the live model. See /nerbot models for the one that is live now."
                )
            await IdempotencyRecords(tx).put(caller.request, move)
        self._lifecycle.show_again(caller.workspace, move)
        return move

    async def _to_move(
        self, tx: Transaction, caller: Caller, command: GoLive | RollBack, find: Find
    ) -> LiveMoved:
        run = None if command.run_id is None else await _run(tx, caller, command.run_id)
        project = await _project(tx, caller, run)
        context = RequestContext(tx, project, caller, self._owners)
        await context.require(Role.OWNER, "change which model is live")
        return await find(tx, project, run.version if run else command.version, run)


async def _chosen(
    tx: Transaction, project: Project, number: int | None, _: Run | None
) -> LiveMoved:
    live = await Projects(tx).live_version(project.id)
    version = await _version(tx, project.id, number or 0)
    if live == version.number:
        raise NothingToDo(f"Model {version.number} is already live.")
    if version.gone:
        raise NothingToDo(f"{_gone(version.number)} /nerbot models lists those that can go live.")
    if version.damaged:
        raise NothingToDo(
            f"The files of model {version.number} are damaged, so it cannot go live. /train makes a new one."
        )
    return LiveMoved(project.id, version.number, live, WhyLive.CHOSEN)


async def _before(
    tx: Transaction, project: Project, number: int | None, run: Run | None
) -> LiveMoved:
    live = await Projects(tx).live_version(project.id)
    if live is None:
        raise NothingToDo(_NO_MODEL)
    # What a button was shown beside may not be live any more.
    if number is not None and number != live:
        raise NothingToDo(
            f"Model {number} is no longer live: model {live} is. "
            "See /nerbot models for the history."
        )
    found = await usable_before(tx, project.id, live)
    if found is None:
        raise NothingToDo(
            f"There is no model to go back to: none that is still here was live before model {live}."
        )
    return LiveMoved(project.id, found, live, WhyLive.UNDO if run else WhyLive.ROLLBACK)


async def _project(tx: Transaction, caller: Caller, run: Run | None = None) -> Project:
    """That of the run, or the channel's."""
    if run is not None:
        return next(each for each in await Projects(tx).all() if each.id == run.project_id)
    found = await Access(tx).of(caller)
    if found is None:
        raise NothingToDo(_NO_MODEL)
    return found


async def run_seen(tx: Transaction, caller: Caller, run_id: int) -> Run | None:
    """The run that a button names; None where it is one of a project the person may not see."""
    run = await Runs(tx).get(run_id)
    return run if run and await Access(tx).sees(caller, run.project_id) else None


async def _run(tx: Transaction, caller: Caller, run_id: int) -> Run:
    run = await run_seen(tx, caller, run_id)
    if run is None or run.version is None:
        raise NotFound("This training is not here, or no longer.")
    return run


async def _version(tx: Transaction, project_id: int, number: int) -> ModelVersion:
    version = await Models(tx).version(project_id, number)
    if version is None:
        raise NotFound(f"There is no model {number} here. /nerbot models lists them.")
    return version


def _gone(number: int) -> str:
    return (
        f"The files of model {number} were cleared away: nerbot keeps the last {KEPT} versions and what was live "
        f"in the last {KEPT_DAYS} days."
    )
