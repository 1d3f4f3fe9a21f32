"""The sums that are kept, compared each night with a count; then the database is tidied."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.db.database import Store
from bot.db.records.counters import Counters
from bot.errors import NerbotError
from bot.jobs.background import Background
from bot.projects.repositories.every_project import EveryProject

HOUR = 3
"""In UTC: when few people label."""

log = logging.getLogger(__name__)


class CounterCheck:
    """Counts what is kept as sums once a night, and puts right what differs."""

    def __init__(
        self,
        store: Store,
        projects: EveryProject,
        background: Background,
        *,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._projects = projects
        self.background = background
        self._clock = clock
        self._due = _next_night(clock())

    async def look(self) -> None:
        """Begin the check if it is time; nobody waits for it."""
        if self._clock() >= self._due:
            self._due = _next_night(self._clock())
            self.background.start(self._check_all(), name="check of the counters")

    async def _check_all(self) -> None:
        await self.check()
        try:
            await self._store.tidy()
        except NerbotError as error:
            log.warning("the database was not tidied: %s", error)

    async def check(self) -> int:
        """Compare, and put right; in how many projects something differed."""
        found = 0
        for workspace, project_id in await self._projects.all():
            if self.background.stopping.is_set():
                break
            try:
                found += await self._check(workspace, project_id)
            except NerbotError as error:
                log.warning("the counters of project %s were not checked: %s", project_id, error)
        return found

    async def _check(self, workspace: str, project_id: int) -> bool:
        async with self._store.reporting(workspace) as tx:
            kept = await Counters(tx).kept(project_id)
            counted = await Counters(tx).counted(project_id)
        if kept == counted:
            return False
        # Names of people and labels stay out of the log.
        differing = {kind for (kind, _), _ in kept.items() ^ counted.items()}
        log.error(
            "the counters of project %s were wrong (%s) and are counted again",
            project_id,
            ", ".join(sorted(differing)),
        )
        async with self._store.writing(workspace, alone=True) as tx:
            await Counters(tx).recount(project_id)
        return True


def _next_night(now: datetime) -> datetime:
    tonight = now.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    return tonight if tonight > now else tonight + timedelta(days=1)
