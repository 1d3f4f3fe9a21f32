"""Backups at set times, of which the newest are kept."""

import asyncio
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bot.backups.backup import make_backup
from bot.backups.manifest import BackupManifest
from bot.backups.places import BackupPlace
from bot.errors import NerbotError, ObjectsUnavailable
from bot.jobs.background import Background
from bot.jobs.calendar import next_due

RETRY = timedelta(minutes=10)
"""After a backup that could not be made."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class BackupPlan:
    """When to make backups of what, where they go, and how many are kept."""

    data: Path
    database: Path
    place: BackupPlace
    cron: str
    timezone: str
    keep: int
    models: str | None = None
    """Where the models are kept, if not in the data folder alone."""


class BackupKeeper:
    """Makes the backups of a plan, each in a thread of its own. What is due is read from those that are there, so that
    one that was missed while nerbot was down is made after the start."""

    def __init__(
        self, plan: BackupPlan, background: Background, *, clock: Callable[[], datetime]
    ) -> None:
        self._plan = plan
        self._background = background
        self._clock = clock
        self._since = clock()
        self._rests_until = self._since
        self._making = False

    async def look(self) -> None:
        """Begin a backup if one is due. What is there is looked at in a thread: it may be far away."""
        if self._making or self._clock() < self._rests_until:
            return
        try:
            if not await asyncio.to_thread(self.is_due):
                return
        except ObjectsUnavailable as error:
            self._rests_until = self._clock() + RETRY
            log.error("it cannot be seen whether a backup is due: %s", error)  # noqa: TRY400 known, one line
            return
        self._making = True
        self._background.start(self._make(), name="backup")

    def is_due(self) -> bool:
        """Whether a time of the plan has passed since the newest backup, or where there is none since the start."""
        newest = max((at for at, _ in self._plan.place.kept()), default=self._since)
        return next_due(self._plan.cron, self._plan.timezone, newest) <= self._clock()

    async def _make(self) -> None:
        try:
            await _in_a_thread(self.make)
        except (NerbotError, OSError) as error:
            self._rests_until = self._clock() + RETRY
            log.error("the backup could not be made: %s", error)  # noqa: TRY400 known, one line
        finally:
            self._making = False

    def make(self) -> None:
        """Make one now, unless another process does or has, and remove those that are too many."""
        plan = self._plan
        with plan.place.turn() as is_ours:
            if not is_ours or not self.is_due():
                return

            def make(target: Path) -> BackupManifest:
                return make_backup(plan.data, target, database=plan.database, models=plan.models)

            name, manifest = plan.place.put(self._clock(), make)
            log.info("a backup was made: %s", name)
            if manifest.missing:
                log.warning("it lacks live models whose files are not here: %s", manifest.missing)
            for _, old in sorted(plan.place.kept())[: -plan.keep]:
                plan.place.remove(old)


async def _in_a_thread(work: Callable[[], None]) -> None:
    """A thread that a stop does not wait for: what it leaves has no backup's name."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[None] = loop.create_future()

    def tell(error: BaseException | None) -> None:
        if done.done():
            return
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)

    def run() -> None:
        error: BaseException | None = None
        try:
            work()
        except BaseException as caught:  # noqa: BLE001 raised again where it is awaited
            error = caught
        if not loop.is_closed():
            loop.call_soon_threadsafe(tell, error)

    threading.Thread(target=run, name="backup", daemon=True).start()
    await done
