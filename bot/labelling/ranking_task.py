"""One project on the way to its order: sentences are scored, here or by workers, and each gets its place."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import aclosing
from datetime import timedelta
from typing import Any, TypeVar

from bot.db.database import Store
from bot.domain.ranking import Candidate, RankingJob
from bot.engine.ports import Engine, Ranker
from bot.engine.scoring_host import Scorer, ScoringHost
from bot.errors import NerbotError
from bot.labelling.repositories.rankings import Rankings

LEASE = timedelta(minutes=2)
BEAT_SECONDS = 20.0
"""How often the lease is prolonged while nothing is stored."""
AT_ONCE = 32
"""Sentences scored between two looks at the lease, about a third of a second."""
PAGE = 1_000
ROUND = 5_000
"""Sentences scored before there is a first order by a new model, about a minute."""
FEW = 10_000
"""So many are scored on this machine; more by workers, where there are any."""
SHARD = 2_500
"""Sentences that a worker scores at a time: half a minute, which is what a kill costs."""
CHUNK = 200
"""Places given in one transaction, which labels wait for: about ten milliseconds."""
SAMPLE, FIRST_BATCH = 400, 100
"""Before there is a model: so many come first, which stand for so many chosen by chance."""

_T = TypeVar("_T")

Pages = AsyncIterator[Sequence[Candidate]]


class Over(NerbotError):
    """Another model went live, a setting changed, or the bot stops: what was made so far is left as it is."""


class RankingTask:
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
        scoring: ScoringHost | None = None,
    ) -> None:
        self._store = store
        self._scoring = scoring
        self._engine = engine
        self._stopping = stopping
        self._workspace = workspace
        self._project = project_id
        self.job = job
        self._owner = owner

    async def make(self) -> None:
        """Score what has no score of this model, and give all their places; raises Over, EngineUnavailable."""
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
        if self._scoring is None or not await self._are_many(version):
            await self._in_rounds(ranker, version, self._score_here(ranker, version))
            return
        async with self._scoring.open(self._workspace, self._project, version) as scorer:
            await self._in_rounds(ranker, version, self._score_elsewhere(ranker, scorer, version))

    async def _in_rounds(
        self, ranker: Ranker, version: int, score: Callable[[int], Coroutine[Any, Any, bool]]
    ) -> None:
        """`score` so many, the oldest scores first; whether there are more."""
        size = ROUND
        while await score(size):
            await self._place_all(ranker, version)
            size *= 2
        await self._place_all(ranker, version)

    async def _are_many(self, version: int) -> bool:
        async with self._store.reading(self._workspace) as tx:
            return await Rankings(tx).lack(self._project, version, more_than=FEW)

    def _score_here(
        self, ranker: Ranker, version: int
    ) -> Callable[[int], Coroutine[Any, Any, bool]]:
        async def score(count: int) -> bool:
            while count > 0:
                some = await self._oldest(version, min(count, ROUND))
                for start in range(0, len(some), AT_ONCE):
                    few = some[start : start + AT_ONCE]
                    await self._keep(few, await self._unless_stopped(ranker.score(few)))
                count -= len(some)
                if len(some) < ROUND:
                    return False
            return True

        return score

    def _score_elsewhere(
        self, ranker: Ranker, scorer: Scorer, version: int
    ) -> Callable[[int], Coroutine[Any, Any, bool]]:
        """A shard that is lost with its worker is scored again; one that is stored is no longer among the oldest."""

        async def score(count: int) -> bool:
            left = count

            async def pages() -> Pages:
                nonlocal left
                after: Candidate | None = None
                while left > 0:
                    some = await self._oldest(version, min(left, SHARD), after=after)
                    if not some:
                        return
                    left -= len(some)
                    after = some[-1]
                    yield some

            async with aclosing(scorer.scores(pages())) as scores:
                await self._keep_all(ranker, scores)
            return left <= 0

        return score

    async def _keep_all(
        self, ranker: Ranker, scores: AsyncIterator[Sequence[Candidate] | None]
    ) -> None:
        loop = asyncio.get_running_loop()
        kept = loop.time()
        while True:
            try:
                scored = await self._unless_stopped(_next(scores))
            except StopAsyncIteration:
                return
            if scored is not None:
                await self._unless_stopped(ranker.know(scored))
                for start in range(0, len(scored), CHUNK):
                    few = scored[start : start + CHUNK]
                    await self._keep(few, [each.uncertainty for each in few])
                kept = loop.time()
            elif loop.time() - kept > BEAT_SECONDS:
                await self._keep((), ())
                kept = loop.time()

    async def _oldest(
        self, version: int, limit: int, *, after: Candidate | None = None
    ) -> tuple[Candidate, ...]:
        async with self._store.reading(self._workspace) as tx:
            return await Rankings(tx).oldest(self._project, version, limit=limit, after=after)

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

    async def _keep(self, some: Sequence[Candidate], scores: Sequence[float]) -> None:
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
            raise Over

    async def _unless_stopped(self, asked: Coroutine[Any, Any, _T]) -> _T:
        """The engine's answer; where the bot stops meanwhile, nobody waits for it."""
        asking = asyncio.ensure_future(asked)
        stop = asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait((asking, stop), return_when=asyncio.FIRST_COMPLETED)
            if not asking.done():
                raise Over
            return asking.result()
        finally:
            stop.cancel()
            asking.cancel()


async def _next(scores: AsyncIterator[_T]) -> _T:
    return await anext(scores)
