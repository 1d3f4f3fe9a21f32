"""Ranking: in which order a project's sentences come, made in the background from what the live model is unsure of."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Coroutine, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar

from bot.db.database import Store
from bot.domain.ranking import Candidate, RankingJob
from bot.engine.ports import Engine, Ranker
from bot.errors import EngineUnavailable, ModelUnusable, NerbotError
from bot.jobs.background import Background
from bot.jobs.lease_watch import Monotonic
from bot.labelling.repositories.projects_to_rank import RANKED_AT, ProjectsToRank
from bot.labelling.repositories.rankings import Rankings
from bot.labelling.suggestions import StandIn
from bot.operations.logs import log_failure

LEASE = timedelta(minutes=2)
RETRY = timedelta(minutes=10)
"""How long a project is left alone whose model could not be asked."""
AT_ONCE = 32
"""Sentences scored between two looks at the lease, about a third of a second."""
PAGE = 1_000
ROUND = 5_000
"""Sentences scored before there is a first order by a new model, about a minute."""
CHUNK = 200
"""Places given in one transaction, which labels wait for: about ten milliseconds."""
SAMPLE, FIRST_BATCH = 400, 100
"""Before there is a model: so many come first, which stand for so many chosen by chance."""

_T = TypeVar("_T")

log = logging.getLogger(__name__)


class _Over(NerbotError):
    """Another model went live, a setting changed, or the bot stops: what was made so far is left as it is."""


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
        monotonic: Monotonic = time.monotonic,
    ) -> None:
        self._store = store
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
        task = _Task(
            self._store,
            self._engine,
            self._background.stopping,
            workspace=workspace,
            project_id=project_id,
            job=job,
            owner=self._owner,
        )
        try:
            await self._make(task, (workspace, project_id), job)
        except _Over:
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

    async def _make(self, task: "_Task", place: tuple[str, int], job: RankingJob) -> None:
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
                    raise _Over from None  # the order is made
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


class _Task:
    """One project on the way to its order."""

    def __init__(
        self,
        store: Store,
        engine: Engine,
        stopping: asyncio.Event,
        *,
        workspace: str,
        project_id: int,
        job: RankingJob,
        owner: str,
    ) -> None:
        self._store = store
        self._engine = engine
        self._stopping = stopping
        self._workspace = workspace
        self._project = project_id
        self.job = job
        self._owner = owner

    async def make(self) -> None:
        """Score what has no score of this model, and give all their places; raises _Over, EngineUnavailable."""
        await self._place_begun()
        if await self._sample(limit=1):
            async with self._engine.ranking(self._project, self.job.by) as ranker:
                await self._order(ranker, self.job.by)
        async with self._store.writing(self._workspace) as tx:
            ours = await Rankings(tx).end(self._project, self.job, owner=self._owner)
        self._go_on(ours=ours)

    async def _order(self, ranker: Ranker, version: int | None) -> None:
        if version is None:
            await self._first_batch(ranker)
        else:
            await self._by_uncertainty(ranker, version)

    async def let_go(self) -> None:
        """Let go of the project."""
        async with self._store.writing(self._workspace) as tx:
            await Rankings(tx).let_go(self._project, owner=self._owner)

    async def _place_begun(self) -> None:
        """What somebody has finished comes before what is new: a sentence wanted twice is finished twice soon."""
        while True:
            async with self._store.reading(self._workspace) as tx:
                ids = await Rankings(tx).begun(self._project, limit=CHUNK)
            if not ids:
                return
            await self._place(ids)

    async def _first_batch(self, ranker: Ranker) -> None:
        """Sentences that stand for the others; those after them come oldest first, as they do without an order."""
        sample = await self._sample(limit=SAMPLE)
        await self._place(await self._unless_stopped(ranker.diverse(sample, count=FIRST_BATCH)))

    async def _sample(self, *, limit: int) -> tuple[Candidate, ...]:
        async with self._store.reading(self._workspace) as tx:
            return await Rankings(tx).sample(self._project, limit=limit)

    async def _by_uncertainty(self, ranker: Ranker, version: int) -> None:
        """Until this version has scored all, the scores of those before it stand in: the order gets better from round
        to round. Each round is twice as large as the one before, so that placing all again costs little beside
        scoring."""
        async for known in self._scored():
            await self._unless_stopped(ranker.know(known))
        size = ROUND
        while await self._score_oldest(ranker, version, size):
            await self._place_all(ranker, version)
            size *= 2
        await self._place_all(ranker, version)

    async def _score_oldest(self, ranker: Ranker, version: int, count: int) -> bool:
        """Score so many, the oldest scores first; whether there are more."""
        while count > 0:
            async with self._store.reading(self._workspace) as tx:
                some = await Rankings(tx).oldest(self._project, version, limit=min(count, ROUND))
            for start in range(0, len(some), AT_ONCE):
                few = some[start : start + AT_ONCE]
                await self._score(few, await self._unless_stopped(ranker.score(few)))
            count -= len(some)
            if len(some) < ROUND:
                return False
        return True

    async def _place_all(self, ranker: Ranker, version: int) -> None:
        start = 0
        while ids := await self._unless_stopped(
            ranker.ranked(random_share=self.job.random_share, seed=version, start=start, size=CHUNK)
        ):
            await self._place(ids)
            start += len(ids)

    async def _scored(self) -> AsyncIterator[Sequence[Candidate]]:
        after: Candidate | None = None
        while True:
            async with self._store.reading(self._workspace) as tx:
                page = await Rankings(tx).scored(self._project, after=after, limit=PAGE)
            if not page:
                return
            yield page
            after = page[-1]

    async def _score(self, some: Sequence[Candidate], scores: Sequence[float]) -> None:
        pairs = [(sentence.id, score) for sentence, score in zip(some, scores, strict=True)]
        async with self._store.writing(self._workspace) as tx:
            ours = await Rankings(tx).score(
                self._project, self.job, pairs, owner=self._owner, lease=LEASE
            )
        self._go_on(ours=ours)

    async def _place(self, ids: Sequence[int]) -> None:
        async with self._store.writing(self._workspace) as tx:
            ours = await Rankings(tx).place(
                self._project, self.job, ids, owner=self._owner, lease=LEASE
            )
        self._go_on(ours=ours)

    def _go_on(self, *, ours: bool) -> None:
        if not ours or self._stopping.is_set():
            raise _Over

    async def _unless_stopped(self, asked: Coroutine[Any, Any, _T]) -> _T:
        """The engine's answer; where the bot stops meanwhile, nobody waits for it."""
        asking = asyncio.ensure_future(asked)
        stop = asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait((asking, stop), return_when=asyncio.FIRST_COMPLETED)
            if not asking.done():
                raise _Over
            return asking.result()
        finally:
            stop.cancel()
            asking.cancel()
