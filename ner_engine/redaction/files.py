"""The texts of a file that are to be redacted, record by record, and the record with others in their place.

A record that cannot be read is refused: what is not understood is not let through.
"""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Literal, get_args

from ner_engine.errors import FileRefused
from ner_engine.formats.readers.table import delimiter_of

Form = Literal["text", "jsonl", "csv"]
FORMS: tuple[Form, ...] = get_args(Form)
#: The member or column that is redacted where none is named.
TEXT = "text"
_HEAD = 200


@dataclass(frozen=True, slots=True)
class Record:
    """Some texts that go together, and what is written once they are redacted."""

    texts: tuple[str, ...]
    written: Callable[[Sequence[str]], str]


@dataclass(slots=True)
class Reading:
    """How a file is read, and what else was in it."""

    form: Form
    names: tuple[str, ...] = (TEXT,)
    """Members of a JSON object, or columns, that are redacted."""
    keep: frozenset[str] = frozenset()
    """Nested members of a JSON object that are written as they are."""
    left: set[str] = field(default_factory=set)
    """Members and columns that were written as they are."""
    dropped: set[str] = field(default_factory=set)
    """Nested members, which may repeat words, and were not written."""

    def records(self, lines: Iterable[str]) -> Iterator[Record]:
        """The records of a file's lines, one at a time. Raises FileRefused, naming the line."""
        if self.form == "csv":
            return self._rows(lines)
        read = self._object if self.form == "jsonl" else _line
        return (read(line, number) for number, line in enumerate(lines, start=1))

    def _object(self, line: str, number: int) -> Record:
        if not line.strip():
            return Record((), lambda _: line)
        try:
            told = json.loads(line)
        except (ValueError, RecursionError):
            raise _refused(number, "it is not JSON") from None
        if not isinstance(told, dict):
            raise _refused(number, "it is not a JSON object")
        for name in self.names:
            if not isinstance(told.get(name), str):
                raise _refused(number, f"it has no text named {name}")
        kept = {name: told[name] for name in told if self._stays(name, told[name])}

        def written(texts: Sequence[str]) -> str:
            new = kept | dict(zip(self.names, texts, strict=True))
            return json.dumps(new, ensure_ascii=False) + "\n"

        return Record(tuple(told[name] for name in self.names), written)

    def _stays(self, name: str, value: Any) -> bool:
        if name in self.names:
            return True
        stays = name in self.keep or not isinstance(value, dict | list)
        (self.left if stays else self.dropped).add(name)
        return stays

    def _rows(self, lines: Iterable[str]) -> Iterator[Record]:
        at = iter(lines)
        head = list(islice(at, _HEAD))
        delimiter = delimiter_of(head, ".csv") or ","
        rows = csv.reader(_chained(head, at), delimiter=delimiter, strict=True)
        try:
            names = next(rows, None)
            if names is None:
                return
            places = [_place(names, name) for name in self.names]
            self.left |= {name for at, name in enumerate(names) if at not in places}
            yield Record((), lambda _: _row(names, delimiter))
            for row in rows:
                yield self._row(row, places, len(names), rows.line_num, delimiter)
        except csv.Error as error:
            raise _refused(rows.line_num, str(error)) from None

    def _row(
        self, row: list[str], places: list[int], width: int, number: int, delimiter: str
    ) -> Record:
        if row and len(row) != width:
            raise _refused(number, f"it has {len(row)} columns, not {width}")

        def written(texts: Sequence[str]) -> str:
            cells = list(row)
            for place, text in zip(places if row else (), texts, strict=True):
                cells[place] = text
            return _row(cells, delimiter)

        return Record(tuple(row[place] for place in places) if row else (), written)


def _line(line: str, _: int) -> Record:
    text = line.rstrip("\r\n")
    return Record((text,), lambda texts: texts[0] + line[len(text) :])


def _place(names: Sequence[str], name: str) -> int:
    if names.count(name) != 1:
        raise FileRefused(
            reason=f"it has no one column named {name}; there are: {', '.join(names)}"
        )
    return names.index(name)


def _row(cells: Sequence[str], delimiter: str) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerow(cells)
    return out.getvalue()


def _chained(head: Iterable[str], rest: Iterable[str]) -> Iterator[str]:
    yield from head
    yield from rest


def _refused(number: int, why: str) -> FileRefused:
    return FileRefused(reason=f"line {number}: {why}")
