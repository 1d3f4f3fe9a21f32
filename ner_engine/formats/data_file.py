"""A data file as it is learned from or scored on: texts that no model can bear are left out and told."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ner_engine.annotation import AnnotatedText
from ner_engine.errors import InvalidLine, TextError
from ner_engine.formats.registry import Format


@dataclass(frozen=True, slots=True)
class DataFile:
    """The texts of a file with the number of each one's line, from 1, and why other lines were left out."""

    texts: tuple[AnnotatedText, ...]
    lines: tuple[int, ...]
    left_out: Mapping[int, str]


def read_data(path: Path, form: Format) -> DataFile:
    """Read a file, which is UTF-8; a text that is too long for the engine is left out.

    Raises InvalidLine for anything else that is wrong, and OSError.
    """
    texts: list[AnnotatedText] = []
    numbers: list[int] = []
    left_out: dict[int, str] = {}
    with path.open(encoding="utf-8") as file:
        lines = _Counted(file)
        while not lines.over:
            before = lines.number
            try:
                for annotated in form.read(lines):
                    texts.append(annotated)
                    numbers.append(lines.number)
            except InvalidLine as error:
                # A reader that has raised is over; another one goes on behind the line.
                number, reason = before + _line_of(error), str(error.facts["reason"])
                if not isinstance(error.__cause__, TextError):
                    raise InvalidLine(number=number, reason=reason) from error
                left_out[number] = reason
    return DataFile(tuple(texts), tuple(numbers), left_out)


def _line_of(error: InvalidLine) -> int:
    number = error.facts["number"]
    assert isinstance(number, int)
    return number


class _Counted:
    """Lines, with the number of the last one that was read, and whether there are no more."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self.number, self.over = 0, False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        try:
            line = next(self._lines)
        except StopIteration:
            self.over = True
            raise
        self.number += 1
        return line
