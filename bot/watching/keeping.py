"""Keeps of watched channels only what is to be kept, and reads again what a new live model may see otherwise."""

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.db.database import Store
from bot.watching.repositories.retention import Retention

LOOK_EVERY = timedelta(minutes=10)
AGAIN_AT_ONCE = 200


class Keeping:
    """Looks now and then."""

    def __init__(self, store: Store, *, workspace: str, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._workspace = workspace
        self._clock = clock
        self._looked: datetime | None = None

    async def look(self) -> bool:
        """Drop what is too old; whether messages are to be read again."""
        now = self._clock()
        if self._looked is None or now - self._looked > LOOK_EVERY:
            self._looked = now
            await self.drop()
        async with self._store.writing(self._workspace) as tx:
            return await Retention(tx).read_again(most=AGAIN_AT_ONCE) > 0

    async def drop(self) -> None:
        """Drop what is too old, a little in each transaction, so that no label waits."""
        async with self._store.reading(self._workspace) as tx:
            projects = await Retention(tx).projects()
        for project_id in projects:
            async with self._store.writing(self._workspace) as tx:
                await Retention(tx).drop_changes(project_id)
                await Retention(tx).drop_texts(project_id)
            gone = 1
            while gone:
                async with self._store.writing(self._workspace) as tx:
                    gone = await Retention(tx).drop_messages(project_id)
