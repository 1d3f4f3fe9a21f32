"""Where a command writes: standard output, a file, or an object store."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.errors import SettingsError
from bot.objects.opening import is_address, open_objects, split


@dataclass(frozen=True, slots=True)
class Destination:
    """`path`: where it is written on this machine; None: standard output. `address`: where that is sent afterwards."""

    path: Path | None
    address: str | None = None

    def named(self, file: Path) -> str:
        """A file that was written, as whoever asked for it knows it."""
        if self.address is None or self.path is None:
            return str(file)
        below = file.relative_to(self.path).as_posix()
        return self.address if below == "." else f"{self.address}/{below}"


@contextmanager
def destination(out: str | None, *, force: bool) -> Iterator[Destination]:
    """Write to this; what is for an object store is sent when the block is left without an error, its files one by one.
    Raises SettingsError, ObjectsUnavailable."""
    if out is None or not is_address(out):
        yield Destination(None if out is None else Path(out))
        return
    store, name = split(out.rstrip("/"))
    objects = open_objects(store)
    if not force and (objects.has(name) or any(objects.list(name))):
        raise SettingsError(
            f"{out} already exists; name another one, or write over it with --force"
        )
    with tempfile.TemporaryDirectory(prefix="nerbot-") as folder:
        path = Path(folder) / name
        yield Destination(path, out.rstrip("/"))
        if path.is_dir():
            for file in sorted(path.rglob("*")):
                if file.is_file():
                    objects.put(f"{name}/{file.relative_to(path).as_posix()}", file)
        elif path.is_file():
            objects.put(name, path)
