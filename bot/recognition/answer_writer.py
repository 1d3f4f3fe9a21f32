"""Answers of /ner, kept for their buttons without making anybody wait."""

import asyncio
import logging
import secrets
from dataclasses import replace
from datetime import datetime

from bot.db.database import Store
from bot.db.records.pending_actions import PendingActions
from bot.erasure.repositories.erasures import Erasures
from bot.errors import StoreUnavailable
from bot.jobs.background import Background
from bot.recognition.values import Answer

log = logging.getLogger(__name__)

_Waiting = list[tuple[int, str, datetime, Answer]]


class AnswerWriter:
    """Writes answers after they were given, all that wait in one transaction: labels need the writer more."""

    def __init__(self, store: Store, background: Background) -> None:
        self._store = store
        self._background = background
        self._waiting: dict[str, _Waiting] = {}
        self._written: dict[str, asyncio.Event] = {}

    def keep(
        self, workspace: str, project_id: int, person: str, answer: Answer, *, asked_at: datetime
    ) -> Answer:
        """The answer under the id its buttons name; it is written soon, unless something of the project was forgotten
        after the question: that may have been the text."""
        kept = replace(answer, offer=secrets.token_urlsafe(12))
        self._written[kept.offer] = asyncio.Event()
        is_first = workspace not in self._waiting
        self._waiting.setdefault(workspace, []).append((project_id, person, asked_at, kept))
        if is_first:
            self._background.start(self._write(workspace), name="answers of /ner")
        return kept

    async def settled(self, answer_id: str) -> None:
        """Wait for an answer that is just being written."""
        if (written := self._written.get(answer_id)) is not None:
            await written.wait()

    async def _write(self, workspace: str) -> None:
        try:
            while batch := self._waiting[workspace]:
                self._waiting[workspace] = []
                await self._write_batch(workspace, batch)
        finally:
            self._settle(self._waiting.pop(workspace))

    async def _write_batch(self, workspace: str, batch: _Waiting) -> None:
        try:
            async with self._store.writing(workspace) as tx:
                projects = {project_id for project_id, *_ in batch}
                forgotten = {number: await Erasures(tx).latest(number) for number in projects}
                for project_id, person, asked_at, answer in batch:
                    last = forgotten[project_id]
                    if last is None or last < asked_at:
                        await PendingActions(tx).put(project_id, person, answer)
        except StoreUnavailable:
            log.warning("%d answers could not be kept: their buttons will not work", len(batch))
        finally:
            self._settle(batch)

    def _settle(self, batch: _Waiting) -> None:
        for *_, answer in batch:
            self._written.pop(answer.offer).set()
