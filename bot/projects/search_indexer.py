"""Makes the index in which words are looked for, behind those who add sentences."""

import asyncio
import logging
import time
from collections.abc import Iterable
from itertools import islice

from bot.db.database import Store
from bot.db.search.grams import Postings, add_text
from bot.db.search.index import SearchIndex
from bot.errors import NerbotError
from bot.jobs.background import Background
from bot.projects.repositories.every_project import EveryProject

EVERY_SECONDS = 60.0
"""Between two looks whether there is something to index."""
_AT_ONCE = 64
"""Texts whose letters are read before others have the event loop: about 3 milliseconds."""

log = logging.getLogger(__name__)


class SearchIndexer:
    """Makes a segment whenever there are enough sentences for one, and makes those again that were emptied."""

    def __init__(self, store: Store, projects: EveryProject, background: Background) -> None:
        self._store = store
        self._projects = projects
        self._background = background
        self._looked: float | None = None
        self._is_busy = False

    async def look(self) -> None:
        """Begin if it is time; nobody waits for it."""
        now = time.monotonic()
        if self._is_busy or (self._looked is not None and now - self._looked < EVERY_SECONDS):
            return
        self._looked, self._is_busy = now, True
        self._background.start(self._index_all(), name="index of words", droppable=True)

    async def _index_all(self) -> None:
        try:
            for workspace, project_id in await self._projects.to_index():
                await self._index(workspace, project_id)
        finally:
            self._is_busy = False

    async def _index(self, workspace: str, project_id: int) -> None:
        try:
            segments = await self.index(workspace, project_id)
        except NerbotError as error:
            log.warning("the sentences of project %s were not indexed: %s", project_id, error)
            return
        log.debug("%d segments of project %s were indexed", segments, project_id)

    async def index(self, workspace: str, project_id: int) -> int:
        """Index all there is to index of a project, a segment a transaction; how many segments.

        Raises StoreUnavailable.
        """
        segments = 0
        while True:
            async with self._store.reporting(workspace) as tx:
                piece = await SearchIndex(tx).next_piece(project_id)
            if piece is None:
                return segments
            postings = await _read(piece.texts)
            async with self._store.writing(workspace, alone=True) as tx:
                kept = await SearchIndex(tx).keep(project_id, piece, postings)
            if not kept:
                return segments  # somebody else is at it, or its sentences have just changed
            segments += 1


async def _read(texts: Iterable[str]) -> Postings:
    """The postings of texts, in steps after each of which others have as much time."""
    postings: dict[int, list[int]] = {}
    each = enumerate(texts)
    while some := list(islice(each, _AT_ONCE)):
        began = time.monotonic()
        for place, text in some:
            add_text(postings, place, text)
        await asyncio.sleep(time.monotonic() - began)
    return postings
