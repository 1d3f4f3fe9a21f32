"""Files that are written whole, for their owner alone, and are on the disk when they have a name."""

import fcntl
import hashlib
import os
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Protocol

from bot.errors import BackupRefused

UNFINISHED = ".unfinished-"
_PIECE = 2**20


class Source(Protocol):
    """A backup as it is read: a folder, or one file."""

    def names(self) -> list[str]:
        """Every file in it."""

    def open(self, name: str) -> BinaryIO:
        """One of them."""


class FolderSource:
    """A backup that is a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def names(self) -> list[str]:
        """Every file in it; a link is one as well, and no manifest lists it."""
        paths = (p for p in self._folder.rglob("*") if p.is_symlink() or not p.is_dir())
        return sorted(path.relative_to(self._folder).as_posix() for path in paths)

    def open(self, name: str) -> BinaryIO:
        """One of them."""
        return (self._folder / name).open("rb")


class TarSource:
    """A backup that is one file. Its members are read by their names, never unpacked by them."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar

    def names(self) -> list[str]:
        """Every file in it."""
        return sorted(member.name for member in self._tar.getmembers() if not member.isdir())

    def open(self, name: str) -> BinaryIO:
        """One of them."""
        found = self._tar.extractfile(name) if self._tar.getmember(name).isreg() else None
        if found is None:
            raise BackupRefused(f"{name} is not a plain file, so this backup is not used.")
        return found  # type: ignore[return-value]


@contextmanager
def opened(backup: Path) -> Iterator[Source]:
    """A backup to read from; raises BackupRefused where there is none."""
    if backup.is_dir():
        yield FolderSource(backup)
        return
    try:
        tar = tarfile.open(backup, "r:")  # noqa: SIM115 closed below
    except FileNotFoundError as error:
        raise BackupRefused(f"There is no backup at {backup}.") from error
    except (tarfile.TarError, OSError) as error:
        raise BackupRefused(f"{backup} is neither a folder nor a file made by backup.") from error
    with tar:
        yield TarSource(tar)


def copy(source: BinaryIO, target: Path) -> tuple[int, str]:
    """Write a new private file; its bytes and its hash."""
    digest, size = hashlib.sha256(), 0
    _make_private(target.parent)
    with os.fdopen(_create(target), "wb") as file:
        while piece := source.read(_PIECE):
            digest.update(piece)
            size += len(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    return size, digest.hexdigest()


def _make_private(folder: Path) -> None:
    """Make a folder and those above it, each for its owner alone: `parents` would leave those to the umask."""
    if not folder.exists():
        _make_private(folder.parent)
        folder.mkdir(mode=0o700)


def describe(file: Path) -> tuple[int, str]:
    """A file's bytes and hash."""
    with file.open("rb") as content:
        return file.stat().st_size, hashlib.file_digest(content, "sha256").hexdigest()


def pack(folder: Path, target: Path) -> None:
    """Put a folder into one new private file."""
    with os.fdopen(_create(target), "wb") as file:
        with tarfile.open(fileobj=file, mode="w:", format=tarfile.PAX_FORMAT) as tar:
            for name in FolderSource(folder).names():
                tar.add(folder / name, arcname=name, recursive=False)
        file.flush()
        os.fsync(file.fileno())


def _create(target: Path) -> int:
    return os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)


def flush(*folders: Path) -> None:
    """Have the names in folders on the disk."""
    for folder in folders:
        handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def staging(parent: Path, name: str) -> Iterator[Path]:
    """A folder to make something in; whatever is left of it, now or by one that was killed, goes."""
    path = parent / f"{UNFINISHED}{name}"
    _make_private(parent)
    path.mkdir(exist_ok=True, mode=0o700)
    turn = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        # The system gives the lock back when the process is gone, however it went.
        fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
        for leftover in path.iterdir():
            remove(leftover)
        try:
            yield path
        finally:
            remove(path)
    except BlockingIOError as error:
        raise BackupRefused(f"Another nerbot is at work in {path}. Try again later.") from error
    finally:
        os.close(turn)


def remove(path: Path) -> None:
    """Remove a folder or a file, if it is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()
