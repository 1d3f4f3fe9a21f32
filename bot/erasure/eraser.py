"""Erases: rows in one transaction, then files, free pages of the database and models that learned it."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.db.database import Store
from bot.db.records.runs import Runs
from bot.db.transaction import Transaction
from bot.domain.events import NOBODY
from bot.domain.runs import RunState
from bot.engine.files import EngineFiles
from bot.erasure.commands import Erasure, Extent, Forget, What
from bot.erasure.repositories.erasures import Erasures, Scope
from bot.erasure.repositories.maintenance import ErasureMaintenance
from bot.erasure.repositories.traces import Traces, Words
from bot.erasure.repositories.watched import Watched
from bot.labelling.repositories.bin import Bin
from bot.models.repositories.models import Models
from bot.projects.repositories.projects import Projects
from bot.training.readiness import what_is_missing


@dataclass(frozen=True, slots=True)
class Found:
    """What there is to be erased in one project, looked up before the transaction that erases."""

    project_id: int
    learned: frozenset[int]
    """Versions that learned something of it."""
    newest: int
    """Versions after this one were not looked at."""
    vectors: tuple[str, ...]
    extent: Extent


class Eraser:
    """Finds what is to be forgotten, erases it, and clears away after it."""

    def __init__(self, store: Store, maintenance: ErasureMaintenance, files: EngineFiles) -> None:
        self._store = store
        self._maintenance = maintenance
        self._files = files

    async def find(self, workspace: str, project_id: int, forget: Forget) -> tuple[Found, ...]:
        """How much there is, in each project it is about."""
        async with self._store.reading(workspace) as tx:
            projects = await _projects(tx, project_id, forget)
        return tuple([await self._find_in(workspace, each, forget) for each in projects])

    async def _find_in(self, workspace: str, project_id: int, forget: Forget) -> Found:
        async with self._store.reading(workspace) as tx:
            scope = await _scope(tx, project_id, forget)
            deleted = await Bin(tx).all(project_id)
            if forget.what is What.SENTENCE:
                deleted = {n: text for n, text in deleted.items() if n == forget.sentence_id}
            person = forget.person if forget.what is What.PERSON else None
            annotations, steps = await Erasures(tx).count(project_id, tuple(scope.gone), person)
            newest = await Models(tx).next_version(project_id) - 1
            there = {v.number for v in await Models(tx).versions(project_id) if not v.gone}
            live = await Projects(tx).live_version(project_id)
        texts = (*scope.texts, *deleted.values())
        learned = await self._files.learned(project_id, texts)
        extent = Extent(
            sentences=len(scope.gone) + (len(deleted) if forget.what is not What.PERSON else 0),
            annotations=annotations,
            steps=steps,
            models=len(learned & there),
            live=(live,) if live in learned and forget.what is not What.PROJECT else (),
        )
        keys = await self._files.vector_keys((*scope.gone.values(), *deleted.values()))
        return Found(project_id, learned, newest, keys, extent)

    async def erase(
        self, tx: Transaction, forget: Forget, found: Sequence[Found], *, by: str | None
    ) -> Extent:
        """Erase the rows in this transaction, and note that the rest follows."""
        done = []
        said: set[str] = set()
        for each in found:
            extent, words = await self._erase_in(tx, each, forget, by=by)
            done.append(extent)
            said |= words.phrases | words.labels
        person = forget.person if forget.what is What.PERSON else None
        if person is not None:
            await Erasures(tx).in_workspace(person)
        await Traces(tx).answers()
        await Traces(tx).messages(None if forget.what is What.PROJECT else said, person)
        return _sum(done)

    async def _erase_in(
        self, tx: Transaction, found: Found, forget: Forget, *, by: str | None
    ) -> tuple[Extent, Words]:
        project_id, erasures, traces = found.project_id, Erasures(tx), Traces(tx)
        # What was deleted is looked through as well; what others deleted goes back where it was.
        deleted = {} if forget.what is What.PROJECT else await Bin(tx).all(project_id)
        for number in deleted:
            if forget.what is What.PERSON or number == forget.sentence_id:
                await Bin(tx).restore(project_id, number)
        scope = await _scope(tx, project_id, forget)
        if forget.what is What.PROJECT:
            await erasures.project(project_id)
            await erasures.note(project_id, by, found.vectors)
            return found.extent, Words(frozenset(), frozenset())
        person = forget.person if forget.what is What.PERSON else None
        words = await traces.words(project_id, scope.gone, person)
        watched = Watched(tx)
        await watched.of_sentences(project_id, tuple(scope.gone.values()))
        await erasures.sentences(project_id, tuple(scope.gone))
        if person is not None:
            await watched.of_person(project_id, person)
            await erasures.person(project_id, person)
            for number in deleted:
                await Bin(tx).put(project_id, number, person=NOBODY)
        labels = await traces.unused(project_id, words.labels)
        await traces.labels(project_id, labels)
        await traces.trainings(project_id, scope.gone, words, labels)
        await erasures.questions(project_id)
        live, silent = await _let_go(tx, found)
        await erasures.note(project_id, by, found.vectors)
        return Extent(
            sentences=len(scope.gone),
            annotations=found.extent.annotations,
            steps=found.extent.steps,
            labels=len(labels),
            models=found.extent.models,
            live=live,
            silent=silent,
        ), Words(words.phrases, frozenset(labels))

    async def clean(self, erasure: Erasure, active: frozenset[int]) -> None:
        """Remove the files, and what is left in free pages; raises StoreUnavailable where they are in use."""
        await self._files.remove_vectors(erasure.vectors)
        await self.keep_models(erasure)
        await self._files.remove_jobs(active)
        await self._maintenance.wipe()
        async with self._store.writing(erasure.workspace) as tx:
            await Erasures(tx).advance(erasure.id, done=False)

    async def keep_models(self, erasure: Erasure) -> None:
        """Remove what no row names: a training that was cut off may have put a model in its place just then."""
        async with self._store.reading(erasure.workspace) as tx:
            versions = await Models(tx).versions(erasure.project_id)
            keep = {version.number for version in versions if not version.gone}
            is_training = await Runs(tx).active(erasure.project_id) is not None
            following = await Models(tx).next_version(erasure.project_id) if is_training else None
        await self._files.keep_only(erasure.project_id, keep, following=following)


async def _let_go(tx: Transaction, found: Found) -> tuple[tuple[int, ...], int]:
    """Models that learned it go, the live one as soon as there can be another: its version, and whether it goes now."""
    project_id, models = found.project_id, Models(tx)
    # What a training learns at this moment was read before.
    active = await Runs(tx).active(project_id)
    if active is not None:
        await Runs(tx).end(active.id, RunState.CANCELLED)
    versions = [v.number for v in await models.versions(project_id) if not v.gone]
    stale = [v for v in versions if v in found.learned or v > found.newest]
    live = await Projects(tx).live_version(project_id)
    await models.mark_stale(project_id, stale)
    is_stale = live in stale
    if is_stale and await what_is_missing(tx, project_id):
        await models.none_live(project_id)
        await models.mark_gone(project_id, stale)
        return (), 1
    await models.mark_gone(project_id, [v for v in stale if v != live])
    return ((live,) if live is not None and is_stale else ()), 0


async def _projects(tx: Transaction, project_id: int, forget: Forget) -> tuple[int, ...]:
    if forget.what is not What.PERSON:
        return (project_id,)
    return tuple(project.id for project in await Projects(tx).all(with_deleted=True))


async def _scope(tx: Transaction, project_id: int, forget: Forget) -> Scope:
    match forget.what:
        case What.SENTENCE:
            return await Erasures(tx).of_sentence(project_id, forget.sentence_id or 0)
        case What.PERSON:
            return await Erasures(tx).of_person(project_id, forget.person or "")
        case What.PROJECT:
            return await Erasures(tx).of_project(project_id)


def _sum(extents: Sequence[Extent]) -> Extent:
    return Extent(
        projects=len(extents),
        sentences=sum(each.sentences for each in extents),
        annotations=sum(each.annotations for each in extents),
        steps=sum(each.steps for each in extents),
        labels=sum(each.labels for each in extents),
        models=sum(each.models for each in extents),
        live=tuple(version for each in extents for version in each.live),
        silent=sum(each.silent for each in extents),
    )


total = _sum
"""How much there is in several projects together."""
