"""Projects: what a workspace begins with, and how they are told apart."""

import asyncio
from collections.abc import Sequence

from bot.db.database import Store
from bot.db.records.counters import Counters
from bot.db.records.sentences import Sentences
from bot.db.transaction import Transaction
from bot.engine.ports import Engine
from bot.projects.repositories.projects import Projects

SAMPLE_SOURCE = "samples"


class ProjectSeeder:
    """Looks after the projects of a workspace."""

    def __init__(self, store: Store, engine: Engine) -> None:
        self._store = store
        self._engine = engine
        self.seeded = asyncio.Event()
        """Set once there is nothing more to put in; who asks for a sentence before waits for it."""

    async def seed(self, workspace: str, texts: Sequence[str], *, person: str) -> int:
        """Put sentences to label into a workspace that has none; the number added."""
        try:
            return await self._seed(workspace, texts, person=person) if texts else 0
        finally:
            self.seeded.set()

    async def _seed(self, workspace: str, texts: Sequence[str], *, person: str) -> int:
        async with self._store.reading(workspace) as tx:
            project = await Projects(tx).default()
            if project and (await Counters(tx).of(project.id)).sentences:
                return 0
        tokens = await self._engine.tokens(texts)
        async with self._store.writing(workspace) as tx:
            project = await Projects(tx).ensure_default()
            added = [
                await Sentences(tx).add(
                    project.id, text, offsets, person=person, source=SAMPLE_SOURCE
                )
                for text, offsets in zip(texts, tokens, strict=True)
            ]
        return sum(is_new for _, is_new in added)


async def name_among_several(tx: Transaction, project_id: int) -> str | None:
    """The project's name, where the workspace has several to tell apart."""
    every = await Projects(tx).all()
    return next(one.name for one in every if one.id == project_id) if len(every) > 1 else None
