"""Outputs that are files on the machine nerbot runs on: JSON Lines or CSV, a change a line, each exactly once."""

import asyncio
import csv
import io
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from bot.domain.entities import EntityChange
from bot.outputs.ports import OutputFailed
from bot.outputs.rows import COLUMNS, row_of
from bot.outputs.values import Output

MEGABYTES, FILES = 10, 20
"""From which size on another file is begun, and how many there are with the newest, where nothing else is set."""
_HEAD = ("change", "at", "kind", *COLUMNS)
_TAIL_BYTES = 1 << 16
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class _Last(NamedTuple):
    """The last change that a file has."""

    id: int
    at: datetime


class FileWriter:
    """Appends to files. What is in the file itself says what it has, so that nothing is in it twice: a line that was
    cut off is taken away, and a change that is in it is passed over."""

    round: ClassVar[int] = 500

    async def write(self, output: Output, changes: Sequence[EntityChange]) -> None:
        """Append the changes that the file has not, and see that they are on the disk; raises OutputFailed."""
        try:
            await asyncio.to_thread(_append, _Target.of(output), changes)
        except OSError as error:
            raise OutputFailed(f"{output.target}: {error.strerror}") from error


@dataclass(frozen=True, slots=True)
class _Target:
    """A file, its form and its bounds."""

    path: Path
    is_csv: bool
    most_bytes: int
    files: int

    @classmethod
    def of(cls, output: Output) -> "_Target":
        path = Path(output.target)
        size = float(output.settings.get("megabytes", MEGABYTES))
        files = int(output.settings.get("files", FILES))
        return cls(path, path.suffix.lower() == ".csv", round(size * 2**20), files)

    def before(self, number: int) -> Path:
        """The file that was the newest so many rotations ago."""
        return self.path.with_name(f"{self.path.name}.{number}") if number else self.path


def _append(target: _Target, changes: Sequence[EntityChange]) -> None:
    last = _last_of(target)
    if not changes:
        with open(target.path, "ab", opener=_private):
            return
    wanted = [change for change in changes if last is None or _is_after(change, last)]
    while wanted:
        with open(target.path, "ab", opener=_private) as file:
            room = target.most_bytes - file.tell()
            written = 0
            if not file.tell() and target.is_csv:
                room -= file.write(_csv_line(_HEAD))
            for change in wanted:
                line = _line(target, change)
                if room < len(line) and (written or file.tell()):
                    break
                room -= file.write(line)
                written += 1
            file.flush()
            os.fsync(file.fileno())
        wanted = wanted[written:]
        if wanted:
            _rotate(target)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _is_after(change: EntityChange, last: _Last) -> bool:
    # After a database was put back to an earlier state its numbers are given again, later.
    return change.id > last.id or change.at > last.at


def _last_of(target: _Target) -> _Last | None:
    """The last change that is in the files; what was cut off behind it is taken away."""
    for number in (0, 1):
        path = target.before(number)
        if not path.exists():
            continue
        with path.open("r+b") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _TAIL_BYTES))
            tail = file.read()
            whole = tail.rfind(b"\n") + 1
            if whole < len(tail):
                file.truncate(size - len(tail) + whole)
        lines = tail[:whole].splitlines()
        if lines and (found := _read_last(lines[-1], is_csv=target.is_csv)) is not None:
            return found
    return None


def _read_last(line: bytes, *, is_csv: bool) -> _Last | None:
    """The change in a line; None for the head. Raises OSError where the file is another one."""
    text = line.decode()
    try:
        if is_csv:
            cells = next(csv.reader([text]))
            return None if cells[0] == _HEAD[0] else _Last(int(cells[0]), _moment(cells[1]))
        read = json.loads(text)
        return _Last(int(read["change"]), _moment(read["at"]))
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise OSError(0, "the file has lines that nerbot did not write") from error


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _line(target: _Target, change: EntityChange) -> bytes:
    row: dict[str, Any] = {
        "change": change.id,
        "at": change.at.isoformat(),
        "kind": change.kind.value,
        **row_of(change),
    }
    if target.is_csv:
        return _csv_line([_cell(row[name]) for name in _HEAD])
    return json.dumps(row, ensure_ascii=False).encode() + b"\n"


def _cell(value: object) -> object:
    """A value that no spreadsheet takes for a formula."""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return "'" + value
    return value


def _csv_line(cells: Sequence[object]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue().encode()


def _rotate(target: _Target) -> None:
    """Begin another file; the oldest goes where there are as many as wanted."""
    last = target.files - 1
    if last < 1:
        target.path.unlink()
        return
    for number in range(last - 1, -1, -1):
        path = target.before(number)
        if path.exists():
            path.replace(target.before(number + 1))
