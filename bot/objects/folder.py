"""Objects as files of a folder, which several machines may share."""

import hashlib
import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from bot.errors import ObjectAbsent, ObjectsUnavailable
from bot.objects.keys import checked
from bot.objects.ports import Arrived, StoredObject

_UNFINISHED = ".unfinished"
_LEFT_SECONDS = 24 * 3600.0
"""What is unfinished for so long was left by one that was killed."""
_PIECE = 2**20
_TRIES = 5


class FolderObjects:
    """Implements `ports.ObjectStore` by files that get their names when they are whole."""

    def __init__(self, folder: Path) -> None:
        self.place = f"file://{folder}"
        self._folder = folder

    def put(self, key: str, content: bytes | Path) -> None:
        """Keep this, in place of what was there."""
        with self._written(content) as unfinished:
            self._name(key, unfinished.replace)

    def put_new(self, key: str, content: bytes | Path) -> bool:
        """Keep this if there is nothing yet; False where there is."""
        is_new = True

        def link(target: Path) -> None:
            """A link is refused where the name is taken, which a rename is not."""
            nonlocal is_new
            try:
                target.hardlink_to(unfinished)
            except FileExistsError:
                is_new = False

        with self._written(content) as unfinished:
            self._name(key, link)
        return is_new

    def has(self, key: str) -> bool:
        """Whether there is such an object."""
        return (self._folder / checked(key)).is_file()

    def read(self, key: str) -> bytes:
        """A small object as a whole; raises ObjectAbsent."""
        with self._reading(key) as file:
            return file.read()

    def get(self, key: str, target: Path) -> Arrived:
        """Write an object to a new private file; raises ObjectAbsent."""
        with self._reading(key) as file, new_file(target) as written:
            return copied(iter(lambda: file.read(_PIECE), b""), written)

    def list(self, prefix: str = "") -> Iterator[StoredObject]:
        """The objects whose keys begin with these parts."""
        below = self._folder / checked(prefix) if prefix else self._folder
        with self._told():
            for path in below.rglob("*"):
                key = path.relative_to(self._folder)
                if key.parts[0] != _UNFINISHED and path.is_file():
                    with suppress(FileNotFoundError):
                        yield StoredObject(key.as_posix(), path.stat().st_size)

    def delete(self, keys: Iterable[str]) -> None:
        """Delete objects, and folders that are empty then."""
        with self._told():
            for key in keys:
                path = self._folder / checked(key)
                path.unlink(missing_ok=True)
                for above in path.parents[: len(path.relative_to(self._folder).parts) - 1]:
                    try:
                        above.rmdir()
                    except OSError:
                        break

    def _name(self, key: str, name: Callable[[Path], object]) -> None:
        target = self._folder / checked(key)
        for tries_left in reversed(range(_TRIES)):
            _make_private(target.parent)
            try:
                name(target)
            except FileNotFoundError:
                # Somebody else deleted the last object of this folder just then.
                if not tries_left:
                    raise
            else:
                break
        for above in target.parents[: len(target.relative_to(self._folder).parts)]:
            _flush(above)

    @contextmanager
    def _written(self, content: bytes | Path) -> Iterator[Path]:
        with self._told():
            unfinished = self._folder / _UNFINISHED
            _make_private(unfinished)
            _clear(unfinished)
            path = unfinished / secrets.token_hex(8)
            try:
                with new_file(path) as file:
                    if isinstance(content, bytes):
                        file.write(content)
                    else:
                        with content.open("rb") as source:
                            shutil.copyfileobj(source, file, _PIECE)
                    file.flush()
                    os.fsync(file.fileno())
                yield path
            finally:
                path.unlink(missing_ok=True)

    @contextmanager
    def _reading(self, key: str) -> Iterator[BinaryIO]:
        with self._told():
            try:
                file = (self._folder / checked(key)).open("rb")
            except (FileNotFoundError, NotADirectoryError) as error:
                raise ObjectAbsent(f"There is no {key} at {self.place}.") from error
            with file:
                yield file

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise ObjectsUnavailable(
                f"The folder {self._folder} cannot be used ({error.strerror})."
            ) from error


def copied(pieces: Iterable[bytes], target: BinaryIO) -> Arrived:
    """Write pieces; how many bytes they are, and their hash."""
    digest, size = hashlib.sha256(), 0
    for piece in pieces:
        digest.update(piece)
        size += target.write(piece)
    return Arrived(size, digest.hexdigest())


def _clear(unfinished: Path) -> None:
    long_ago = time.time() - _LEFT_SECONDS
    for path in unfinished.iterdir():
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < long_ago:
                path.unlink()


def new_file(path: Path) -> BinaryIO:
    """A new file for its owner alone."""
    return os.fdopen(
        os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb"
    )


def _make_private(folder: Path) -> None:
    if not folder.is_dir():
        _make_private(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def _flush(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
