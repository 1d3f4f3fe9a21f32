"""Vectors of what was erased leave the disk of every bot, not only of the one that erased it.

Each bot keeps its own: what an erasure names (hashes) stays in its row for a day, and each bot looks after it.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.engine.files import EngineFiles
from bot.erasure.repositories.maintenance import ErasureMaintenance
from bot.jobs.scheduler import LOOK_EVERY_SECONDS

NAMED = timedelta(days=1)
"""How long. A bot that was away for longer cannot know what to remove, and removes all it has: it is a cache."""
AGAIN = timedelta(minutes=10)
"""How long each is looked for again: a training that read the text before may run that long before it is ended."""
_EVERY = 60 // LOOK_EVERY_SECONDS
"""Looks of the chores in a minute."""


class ErasedVectors:
    """Removes them from this bot's disk."""

    def __init__(
        self, maintenance: ErasureMaintenance, files: EngineFiles, *, clock: Callable[[], datetime]
    ) -> None:
        self._maintenance = maintenance
        self._files = files
        self._clock = clock
        self._looks = 0

    async def look(self) -> None:
        """Once a minute, remove what was erased meanwhile; raises StoreUnavailable."""
        self._looks += 1
        if self._looks % _EVERY == 1:
            await self.remove()

    async def remove(self) -> None:
        """Remove what was erased since that was done last; raises StoreUnavailable."""
        now, newest = self._clock(), await self._maintenance.newest()
        looked_at = await self._files.erased_up_to()
        if looked_at > newest:  # this database is an older one than the folder
            await self._files.remove_all_vectors()
            await self._files.note_erased(newest)
            return
        if looked_at < newest:
            erasures = await self._maintenance.after(looked_at)
            if any(each.created_at < now - NAMED for each in erasures):
                await self._files.remove_all_vectors()
            else:
                names = [name for each in erasures for name in each.vectors]
                await self._files.remove_vectors(names)
            settled = [each.id for each in erasures if each.created_at < now - AGAIN]
            if settled:
                await self._files.note_erased(max(settled))
        await self._maintenance.drop_names(now - NAMED)
