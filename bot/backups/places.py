"""Where backups at set times are kept: a folder, or an object store."""

import fcntl
import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from bot.backups.files import UNFINISHED, remove, staging
from bot.backups.manifest import MANIFEST, BackupManifest
from bot.errors import BackupRefused
from bot.objects.opening import open_objects, split
from bot.objects.ports import ObjectStore

_STAMP = "%Y%m%dT%H%M%SZ"
_NAME = re.compile(r"nerbot-(\d{8}T\d{6}Z)(\.tar)?")
_KNOWN_SECONDS = 600.0
"""So long it is not asked again what is in an object store: nobody else makes backups there."""

Kept = list[tuple[datetime, str]]
"""The time each backup was begun, and its name."""
Make = Callable[[Path], BackupManifest]
"""Makes a backup at a path that is free: a folder, or a file where its name ends in .tar."""


class BackupPlace(Protocol):
    """All calls block."""

    def turn(self) -> AbstractContextManager[bool]:
        """One process at a time; False where another one is at it."""

    def kept(self) -> Kept:
        """The whole backups that are there; raises ObjectsUnavailable."""

    def put(self, at: datetime, make: Make) -> tuple[str, BackupManifest]:
        """Make one; its place. Raises BackupRefused, ObjectsUnavailable, OSError."""

    def remove(self, name: str) -> None:
        """Remove one; raises ObjectsUnavailable, OSError."""


class BackupFolder:
    """Backups as folders of a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def turn(self) -> AbstractContextManager[bool]:
        """One process at a time."""
        return _turn(self._folder)

    def kept(self) -> Kept:
        """The whole backups that are there."""
        return [(at, path.name) for at, path in kept_in(self._folder)]

    def put(self, at: datetime, make: Make) -> tuple[str, BackupManifest]:
        """Make one, and clear away what a kill left."""
        for leftover in self._folder.glob(f"{UNFINISHED}*"):
            remove(leftover)
        target = self._folder / f"nerbot-{at.astimezone(UTC):{_STAMP}}"
        return str(target), make(target)

    def remove(self, name: str) -> None:
        """Under another name first: what is removed by half does not look whole."""
        going = self._folder / f"{UNFINISHED}{name}"
        (self._folder / name).rename(going)
        remove(going)


class BackupObjects:
    """Backups as files of an object store, each made in the data folder first."""

    def __init__(self, address: str, data: Path) -> None:
        self._address = address.rstrip("/")
        self._objects = open_objects(self._address)
        self._data = data
        self._known: tuple[float, Kept] | None = None

    def turn(self) -> AbstractContextManager[bool]:
        """One process at a time, of those with this data folder."""
        return _turn(self._data)

    def kept(self) -> Kept:
        """The backups that are there: an object is whole."""
        now = time.monotonic()
        if self._known is None or now > self._known[0]:
            found = [each.key for each in self._objects.list() if "/" not in each.key]
            self._known = now + _KNOWN_SECONDS, _dated(found)
        return list(self._known[1])

    def put(self, at: datetime, make: Make) -> tuple[str, BackupManifest]:
        """Make one here and send it there."""
        name = f"nerbot-{at.astimezone(UTC):{_STAMP}}.tar"
        try:
            return f"{self._address}/{name}", sent(f"{self._address}/{name}", self._data, make)
        finally:
            self._known = None

    def remove(self, name: str) -> None:
        """Remove one."""
        self._objects.delete([name])
        self._known = None


def sent(address: str, data: Path, make: Make) -> BackupManifest:
    """Make a backup in the data folder, and send it to an address, which has to be free. Raises BackupRefused,
    ObjectsUnavailable."""
    objects, key = _file(address)
    if objects.has(key):
        raise BackupRefused(f"There is already something at {address}. Name a new file.")
    with staging(data, "backup") as folder:
        manifest = make(folder / "backup.tar")
        objects.put(key, folder / "backup.tar")
    return manifest


@contextmanager
def brought(address: str, near: Path) -> Iterator[Path]:
    """The file at an address, beside a folder, until the block is left. Raises ObjectAbsent, ObjectsUnavailable."""
    objects, key = _file(address)
    with staging(near.parent, f"{near.name}-backup") as folder:
        objects.get(key, folder / "backup.tar")
        yield folder / "backup.tar"


def _file(address: str) -> tuple[ObjectStore, str]:
    store, key = split(address)
    if not key.endswith(".tar"):
        raise BackupRefused(
            f"{address} does not end in .tar, which a backup in an object store does."
        )
    return open_objects(store), key


def kept_in(folder: Path) -> list[tuple[datetime, Path]]:
    """The whole backups that a keeper made in a folder, with the time each was begun."""
    names = [path.name for path in folder.glob("nerbot-*") if (path / MANIFEST).is_file()]
    return [(at, folder / name) for at, name in _dated(names)]


def _dated(names: list[str]) -> Kept:
    found = ((_NAME.fullmatch(name), name) for name in names)
    return [
        (datetime.strptime(match[1], _STAMP).replace(tzinfo=UTC), name)
        for match, name in found
        if match
    ]


@contextmanager
def _turn(folder: Path) -> Iterator[bool]:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    turn = os.open(folder / ".making", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield True
    except BlockingIOError:
        yield False
    finally:
        os.close(turn)
