"""Backups at set times, of which the newest are kept."""

import asyncio
import fcntl
import logging
import os
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.backups.backup import make_backup
from bot.backups.files import UNFINISHED, remove
from bot.backups.manifest import MANIFEST
from bot.errors import NerbotError
from bot.jobs.background import Background
from bot.jobs.calendar import next_due

RETRY = timedelta(minutes=10)
"""After a backup that could not be made."""

_STAMP = "%Y%m%dT%H%M%SZ"
_NAME = re.compile(r"nerbot-(\d{8}T\d{6}Z)")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class BackupPlan:
    """When to make backups of what, where they go, and how many are kept."""

    data: Path
    database: Path
    folder: Path
    cron: str
    timezone: str
    keep: int


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
        """Begin a backup if one is due."""
        if self._making or self._clock() < self._rests_until or not self.is_due():
            return
        self._making = True
        self._background.start(self._make(), name="backup")

    def is_due(self) -> bool:
        """Whether a time of the plan has passed since the newest backup, or where there is none since the start."""
        newest = max((at for at, _ in kept_in(self._plan.folder)), default=self._since)
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
        with _turn(plan.folder) as is_ours:
            if not is_ours or not self.is_due():
                return
            for leftover in plan.folder.glob(f"{UNFINISHED}*"):
                remove(leftover)
            target = plan.folder / f"nerbot-{self._clock().astimezone(UTC):{_STAMP}}"
            manifest = make_backup(plan.data, target, database=plan.database)
            log.info("a backup was made: %s", target)
            if manifest.missing:
                log.warning("it lacks live models whose files are not here: %s", manifest.missing)
            for _, old in sorted(kept_in(plan.folder))[: -plan.keep]:
                # Under another name first: what is removed by half does not look whole.
                going = plan.folder / f"{UNFINISHED}{old.name}"
                old.rename(going)
                remove(going)


def kept_in(folder: Path) -> list[tuple[datetime, Path]]:
    """The whole backups that a keeper made in a folder, with the time each was begun."""
    found = ((_NAME.fullmatch(path.name), path) for path in folder.glob("nerbot-*"))
    return [
        (datetime.strptime(match[1], _STAMP).replace(tzinfo=UTC), path)
        for match, path in found
        if match and (path / MANIFEST).is_file()
    ]


@contextmanager
def _turn(folder: Path) -> Iterator[bool]:
    """One process at a time; False where another one is at it."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    turn = os.open(folder / ".making", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield True
    except BlockingIOError:
        yield False
    finally:
        os.close(turn)


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
