"""Ranking: in which order a project's sentences come, made in the background from what the live model is unsure of."""

import logging
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot.db.database import Store
from bot.domain.ranking import RankingJob
from bot.engine.ports import Engine
from bot.engine.scoring_host import ScoringHost
from bot.errors import EngineUnavailable, ModelUnusable
from bot.jobs.background import Background
from bot.jobs.lease_watch import Monotonic
from bot.labelling.ranking_task import LEASE, Over, RankingTask
from bot.labelling.repositories.projects_to_rank import RANKED_AT, ProjectsToRank
from bot.labelling.repositories.rankings import Rankings
from bot.labelling.suggestions import StandIn
from bot.operations.logs import log_failure

RETRY = timedelta(minutes=10)
"""How long a project is left alone whose model could not be asked."""

log = logging.getLogger(__name__)


class Ranking:
    """Makes the order of one project at a time, a piece at a time: it is never in the way of those who label.

    What is to be done is read from the tables, and scores are kept there: after a restart it goes on where it was.
    """

    def __init__(
        self,
        store: Store,
        to_rank: ProjectsToRank,
        engine: Engine,
        background: Background,
        *,
        owner: str,
        stand_in: StandIn | None = None,
        scoring: ScoringHost | None = None,
        monotonic: Monotonic = time.monotonic,
    ) -> None:
        """`scoring`: who scores many sentences; None: nobody but this machine."""
        self._store = store
        self._scoring = scoring
        self._stand_in = stand_in
        self._stood_in: dict[tuple[str, int], RankingJob] = {}
        """The orders that another version than the live one made."""
        self._monotonic = monotonic
        self._rests: dict[tuple[str, int], float] = {}
        self._to_rank = to_rank
        self._engine = engine
        self._background = background
        self._owner = owner
        self._busy = False

    async def look(self) -> None:
        """Begin what is to be done, unless it is under way."""
        if self._busy or self._background.stopping.is_set():
            return
        if self._scoring is not None:
            await self._scoring.clear_away()
        now = self._monotonic()
        todo = [place for place in await self._to_rank.all() if self._rests.get(place, now) <= now]
        if todo:
            self._busy = True
            self._background.start(self._rank_all(todo), name="ranking")

    async def _rank_all(self, todo: Sequence[tuple[str, int]]) -> None:
        try:
            for workspace, project_id in todo:
                await self.rank(workspace, project_id)
        finally:
            self._busy = False

    async def rank(self, workspace: str, project_id: int) -> bool:
        """Make the order of a project; False where it was not made, or not to its end."""
        async with self._store.writing(workspace) as tx:
            job = await Rankings(tx).claim(project_id, owner=self._owner, lease=LEASE)
        if job is None:
            return False
        task = RankingTask(
            self._store,
            self._engine,
            self._background.stopping,
            workspace=workspace,
            project_id=project_id,
            job=job,
            owner=self._owner,
            scoring=self._scoring,
        )
        try:
            await self._make(task, (workspace, project_id), job)
        except Over:
            await task.let_go()
            return False
        except EngineUnavailable as error:
            log_failure(log, f"project {project_id} could not be ranked", error)
            self._rest((workspace, project_id))
            await task.let_go()
            return False
        return True

    def _rest(self, place: tuple[str, int]) -> None:
        self._rests[place] = self._monotonic() + RETRY.total_seconds()

    async def _make(self, task: RankingTask, place: tuple[str, int], job: RankingJob) -> None:
        """By the live model, or while it cannot be asked by the one that answers for it."""
        try:
            await task.make()
        except EngineUnavailable:
            instead = await self._instead(place, job.version)
            if instead is None:
                raise
            self._rest(place)  # the live one is tried again then
            before, job = self._stood_in.get(place), replace(job, asked=instead)
            if before is not None and replace(before, ranked_to=job.ranked_to) == job:
                new = job.ranked_to - before.ranked_to
                if new < RANKED_AT:
                    raise Over from None  # the order is made
            log.info(
                "project %d is ranked by model %d while model %s cannot be asked",
                place[1],
                instead,
                job.version,
            )
            task.job = job
            await task.make()
            self._stood_in[place] = job
        else:
            self._stood_in.pop(place, None)

    async def _instead(self, place: tuple[str, int], live: int | None) -> int | None:
        """The version that stands in; None where the live one is not what failed, or there is no other."""
        if live is None or self._stand_in is None:
            return None
        try:
            await self._engine.load(place[1], live)
        except ModelUnusable:
            return await self._stand_in(*place, live)
        return None
