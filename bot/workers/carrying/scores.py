"""Shards of rankings on a worker: how unsure a version of a model is of each of some texts."""

import asyncio
import json
from functools import partial
from pathlib import Path

from bot.domain.ranking import Candidate
from bot.engine.ranking import RankingProcess
from bot.errors import ModelUnusable
from bot.shelf.ports import ModelShelf
from bot.workers.carrying.processes import Processes
from bot.workers.files import ASKED, OUTCOME, TEXTS, JobFiles
from bot.workers.values import JobState
from bot.workers.worker import Held, unless_lost

AT_ONCE = 32
"""Sentences between two looks at whether the job is still wanted."""


class Scores:
    """Carries shards out. A process keeps its model from shard to shard until it has rested for a while."""

    def __init__(self, files: JobFiles, shelf: ModelShelf, *, errors: Path, within: float) -> None:
        """`errors`: the file of what the processes say of their troubles; `within`: seconds to an answer."""
        self._files = files
        self._shelf = shelf
        self._errors = errors
        self._within = within
        self._processes = Processes[tuple[int, int], RankingProcess]()

    async def carry(self, held: Held) -> JobState:
        """Score, and keep the scores; where the model cannot be used it says so, since no other worker could."""
        outcome: dict[str, str | list[float]]
        try:
            found = await unless_lost(self._score(held), held)
        except ModelUnusable as error:
            outcome = {"error": str(error)}
        else:
            if found is None:
                return JobState.LOST
            outcome = {"uncertainties": found}
        content = json.dumps(outcome).encode()
        await asyncio.to_thread(self._files.send_bytes, held.job.folder, OUTCOME, content)
        return JobState.DONE

    async def _score(self, held: Held) -> list[float]:
        folder, project_id = held.job.folder, held.job.project_id
        assert project_id is not None, "what is ranked is a project"
        asked = json.loads(await asyncio.to_thread(self._files.read, folder, ASKED[0]))
        texts = json.loads(await asyncio.to_thread(self._files.read, folder, TEXTS))
        version: int = asked["version"]
        model = await self._shelf.fetch(project_id, version)
        start = partial(RankingProcess, model, self._errors, within=self._within)
        sentences = [Candidate(number, 0, text) for number, text in enumerate(texts)]
        found = list[float]()
        async with self._processes.one((project_id, version), start) as process:
            for first in range(0, len(sentences), AT_ONCE):
                found += await process.score(sentences[first : first + AT_ONCE])
        return found

    async def rest(self, seconds: float) -> None:
        """End the processes that have had nothing to do for so long."""
        await self._processes.rest(seconds)
