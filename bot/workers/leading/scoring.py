"""What a project's model is unsure of, asked of workers, from the side of the bot that ranks the project."""

import asyncio
import json
import logging
import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from bot.domain.ranking import Candidate
from bot.engine.ranking import checked
from bot.errors import (
    EngineUnavailable,
    JobLost,
    ObjectAbsent,
    ObjectsUnavailable,
    StoreUnavailable,
)
from bot.workers.files import ASKED, JOBS, TEXTS, JobFiles
from bot.workers.leading.ending import Ending, Orphans
from bot.workers.leading.leader import Leader, Shard, Whose
from bot.workers.queues.ports import JobQueue
from bot.workers.repositories.jobs import Jobs
from bot.workers.values import JobKind

AT_ONCE = 16
"""Shards that wait or are carried out at a time: their texts are in memory, in case that one is tried again."""

log = logging.getLogger(__name__)


class RemoteScoring:
    """Implements `scoring_host.ScoringHost`: texts go by the object store, models are on the shelf that all share."""

    def __init__(self, jobs: Jobs, files: JobFiles, queue: JobQueue, *, quiet: float) -> None:
        self._jobs = jobs
        self._files = files
        self._queue = queue
        self._quiet = quiet
        self._ending = Ending(jobs, files, queue)
        self._orphans = Orphans(jobs, files)

    @asynccontextmanager
    async def open(
        self, workspace: str, project_id: int, version: int
    ) -> AsyncIterator["RemoteScorer"]:
        """Shards under a key of the project's, by which whoever ranks it next finds what was left."""
        key = _key(project_id)
        folder = f"{key}/{secrets.token_hex(8)}"
        leader = Leader(
            self._jobs,
            self._files,
            self._queue,
            folder,
            whose=Whose(JobKind.RANKING, workspace, project_id),
            quiet=self._quiet,
            at_once=AT_ONCE,
        )
        try:
            await self._ending.end_folder(key)
            yield RemoteScorer(leader, version)
        except (ObjectAbsent, ObjectsUnavailable) as error:
            raise EngineUnavailable(str(error)) from error
        finally:
            await asyncio.shield(self._leave(folder))

    async def _leave(self, folder: str) -> None:
        """Nothing that fails here is lost: the chores look after what is left."""
        try:
            await self._ending.end_folder(folder)
        except (StoreUnavailable, ObjectsUnavailable) as error:
            log.warning("%s is cleared away later: %s", folder, error)

    async def clear_away(self) -> None:
        """End the jobs of projects that nobody ranks any more: their bot was killed, or they are no more. Objects that
        have lost their rows go, too."""
        try:
            await self._ending.discard(await self._jobs.unwanted(JobKind.RANKING))
            await self._orphans.look()
        except (StoreUnavailable, ObjectsUnavailable) as error:
            log.warning("jobs of rankings are cleared away later: %s", error)


@dataclass(slots=True)
class _Given:
    """The sentences of the shards that are under way."""

    version: int
    pages: dict[int, Sequence[Candidate]] = field(default_factory=dict)

    async def shards(self, pages: AsyncIterator[Sequence[Candidate]]) -> AsyncIterator[Shard]:
        number = 0
        asked = json.dumps({"version": self.version}).encode()
        async for page in pages:
            self.pages[number] = page
            texts = json.dumps([each.text for each in page]).encode()
            yield Shard(number, {ASKED[0]: asked, TEXTS: texts})
            number += 1


class RemoteScorer:
    """Implements `scoring_host.Scorer`: each page is a shard."""

    def __init__(self, leader: Leader, version: int) -> None:
        self._leader = leader
        self._version = version

    async def scores(
        self, pages: AsyncIterator[Sequence[Candidate]]
    ) -> AsyncGenerator[Sequence[Candidate] | None]:
        """The pages with their uncertainties, and None while none comes."""
        given = _Given(self._version)
        try:
            async with aclosing(self._leader.outcomes(given.shards(pages))) as outcomes:
                async for ended in outcomes:
                    if ended is None:
                        yield None
                    else:
                        yield _scored(given.pages.pop(ended[0].number), ended[1])
        except JobLost as error:
            raise EngineUnavailable(str(error)) from error


def _scored(page: Sequence[Candidate], outcome: bytes) -> Sequence[Candidate]:
    told: dict[str, Any] = json.loads(outcome)
    if "error" in told:
        raise EngineUnavailable(f"A worker could not say what to label next: {told['error']}")
    found = checked(told.get("uncertainties"), float, len(page))
    return [
        replace(each, uncertainty=score, text="") for each, score in zip(page, found, strict=True)
    ]


def _key(project_id: int) -> str:
    return f"{JOBS}/ranking-{project_id}"
