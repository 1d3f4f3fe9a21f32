"""What becomes of the models: which of them goes live after a run or in place of a damaged one, and which are kept."""

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from bot.db.database import Store
from bot.db.records.runs import Runs
from bot.db.records.sentences import Sentences
from bot.db.transaction import Transaction
from bot.domain.evaluation import judge
from bot.domain.models import KEPT, KEPT_DAYS, RunEnd, WhyLive, version_before
from bot.domain.runs import Model, Run
from bot.engine.ports import Engine
from bot.errors import ModelUnsound, ModelUnusable
from bot.jobs.background import Background
from bot.models.commands import LiveMoved
from bot.models.ports import RunMessages
from bot.models.repositories.models import Models
from bot.projects.repositories.projects import Projects
from ner_engine.results import HeldBack

log = logging.getLogger(__name__)

WhoWeAre = Callable[[str], Awaitable[str]]
"""Nerbot's own id in a workspace."""


class ModelLifecycle:
    """Looks after a project's models automatically; what nerbot does itself bears its own name."""

    def __init__(
        self,
        store: Store,
        engine: Engine,
        run_messages: RunMessages,
        background: Background,
        *,
        me: WhoWeAre,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._engine = engine
        self._run_messages = run_messages
        self._background = background
        self._me = me
        self._clock = clock

    # the end of a run

    async def promote(
        self, tx: Transaction, run: Run, model: Model, *, expected: int | None
    ) -> HeldBack | None:
        """Let a run's new model go live if its scores and the project's policy say so; else why not.

        `expected` is the version it was compared with: another one that is live by now was never looked at.
        """
        assert model.evaluation is not None
        policy = await Models(tx).policy(run.project_id)
        held_back = judge(model.evaluation, policy, live_version=expected)
        # Whatever its scores are: the one it replaces knows something that was to be forgotten.
        must = expected in await Models(tx).stale(run.project_id)
        if held_back is not None and not must:
            return held_back
        moved = await Models(tx).set_live(
            run.project_id, model.version, expected=expected, person=run.person
        )
        return None if moved else HeldBack.MOVED

    async def end_of(self, workspace: str, run: Run) -> RunEnd | None:
        """What is said of a run that made a model, as of now; None of any other."""
        if run.version is None or run.evaluation is None:
            return None
        async with self._store.reading(workspace) as tx:
            live = await Projects(tx).live_version(run.project_id)
            moves = await Models(tx).moves(run.project_id)
            version = await Models(tx).version(run.project_id, run.version)
            texts = {}
            for mistake in run.evaluation.mistakes:
                sentence = await Sentences(tx).get(run.project_id, mistake.sentence_id)
                if sentence is not None:
                    texts[sentence.id] = sentence.text
            is_live = live == run.version
            since = next((m.at for m in moves if is_live and m.version == run.version), None)
            undo = await usable_before(tx, run.project_id, run.version) if is_live else None
        return RunEnd(
            live=live,
            since=since,
            undo_to=undo,
            usable=version is not None and version.is_usable,
            texts=texts,
        )

    async def finish(self, workspace: str, run_id: int) -> None:
        """The chores after a run that made a model: its end is told, old files go."""
        async with self._store.reading(workspace) as tx:
            run = await Runs(tx).get(run_id)
        if run is None or run.version is None:
            return
        await self._run_messages.tell_end(workspace, run)
        replaced = run.evaluation.comparison if run.evaluation else None
        if run.went_live and replaced is not None:
            await self._show_run_of(workspace, run.project_id, replaced.live_version)
        await self.tidy(workspace, run.project_id)

    async def tidy(self, workspace: str, project_id: int) -> tuple[int, ...]:
        """Clear the files of old versions away: not the newest ones, nor the live one, nor what was live lately.

        The rows are marked first: what a crash leaves is cleared by the next run's chores.
        """
        async with self._store.writing(workspace) as tx:
            versions = await Models(tx).versions(project_id)
            live = await Projects(tx).live_version(project_id)
            since = self._clock() - timedelta(days=KEPT_DAYS)
            moves = await Models(tx).moves(project_id, since=since)
            lately = {m.version for m in moves} | {m.before for m in moves}
            old = [v.number for v in versions[KEPT:] if not v.gone and v.number not in lately]
            going = [number for number in old if number != live]
            await Models(tx).mark_gone(project_id, going)
        gone = [v.number for v in versions if v.gone] + going
        # A number without a row was taken by a training that was killed before it wrote one.
        numbers = {v.number for v in versions}
        gone += sorted(set(range(1, max(numbers, default=0))) - numbers)
        await self._engine.remove(project_id, gone)
        return tuple(going)

    def show_again(self, workspace: str, moved: LiveMoved) -> None:
        """After a move: the messages of the runs say what is live: edit those of both models."""

        async def show() -> None:
            for version in (moved.version, moved.before):
                if version is not None:
                    await self._show_run_of(workspace, moved.project_id, version)

        self._background.start(show(), name=f"show models {moved.version} and {moved.before}")

    async def _show_run_of(self, workspace: str, project_id: int, version: int) -> None:
        async with self._store.reading(workspace) as tx:
            found = await Models(tx).version(project_id, version)
            run = await Runs(tx).get(found.run_id) if found else None
        if run is not None:
            await self._run_messages.show_run(workspace, run, await self.end_of(workspace, run))

    # damage

    async def fall_back(self, workspace: str, project_id: int, damaged: int) -> int | None:
        """Put the last good version in the place of a damaged live one; None where there is none.

        Good is what loads: the versions that were live before are tried first, then the others, newest first.
        """
        await self.note_damage(workspace, project_id, damaged)
        async with self._store.reading(workspace) as tx:
            live = await Projects(tx).live_version(project_id)
            candidates = await _candidates(tx, project_id, damaged)
        if live is not None and live != damaged:
            return live
        for version in candidates:
            if not await self._loads(workspace, project_id, version):
                continue
            return await self._replace(workspace, project_id, damaged, version)
        return None

    async def _loads(self, workspace: str, project_id: int, version: int) -> bool:
        try:
            await self._engine.load(project_id, version)
        except ModelUnsound:
            await self.note_damage(workspace, project_id, version)
            return False
        except ModelUnusable:
            return False
        return True

    async def stand_in(self, workspace: str, project_id: int, unusable: int) -> int | None:
        """A version to ask while the live one cannot be used here; None where there is none.

        The live version stays: its files may come back, and elsewhere they may never have been gone.
        """
        async with self._store.reading(workspace) as tx:
            candidates = await _candidates(tx, project_id, unusable)
        for version in candidates:
            if await self._loads(workspace, project_id, version):
                return version
        return None

    async def _replace(
        self, workspace: str, project_id: int, damaged: int, version: int
    ) -> int | None:
        me = await self._me(workspace)
        async with self._store.writing(workspace) as tx:
            await Models(tx).set_live(
                project_id, version, expected=damaged, person=me, why=WhyLive.DAMAGED
            )
            live = await Projects(tx).live_version(project_id)
        log.warning("model %s of project %s is damaged; %s is live", damaged, project_id, version)
        moved = LiveMoved(project_id, version, damaged, WhyLive.DAMAGED)
        self.show_again(workspace, moved)
        return live

    async def note_damage(self, workspace: str, project_id: int, version: int) -> None:
        """Keep a damaged version from going live again."""
        async with self._store.writing(workspace) as tx:
            await Models(tx).mark_damaged(project_id, version)


async def _candidates(tx: Transaction, project_id: int, damaged: int) -> list[int]:
    versions = await Models(tx).versions(project_id)
    usable = [each.number for each in versions if each.is_usable and each.number != damaged]
    moves = await Models(tx).moves(project_id)
    before = (move.before for move in moves)
    return list(dict.fromkeys([*(b for b in before if b is not None and b in usable), *usable]))


async def usable_before(tx: Transaction, project_id: int, version: int) -> int | None:
    """The version to go back to: the one before, or where that is gone or damaged the one before that."""
    moves = await Models(tx).moves(project_id)
    usable = {each.number for each in await Models(tx).versions(project_id) if each.is_usable}
    seen = {version}
    found = version_before(moves, version)
    while found is not None and found not in seen:
        if found in usable:
            return found
        seen.add(found)
        found = version_before(moves, found)
    return None
