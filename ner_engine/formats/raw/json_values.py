"""The JSON values of a file, one by one: a value a line, an array of them, or one after the other."""

import json
from collections.abc import Iterator
from typing import Any

from ner_engine.formats.raw.source import MOST, Source
from ner_engine.formats.raw.values import Remark

_BLANKS = " \t\r\n,"
JsonValues = Iterator[tuple[int, Any] | Remark]
#: Numbers that JSON does not have are nothing.
_DECODER = json.JSONDecoder(parse_constant=lambda _: None)


def json_values(source: Source) -> JsonValues:
    """Each value with the line it begins on."""
    return _lines(source) if _is_lines(source) else _Stream(source).values()


def _is_lines(source: Source) -> bool:
    """Whether the first line that is not blank is a whole value; an array of it alone is a value, too."""
    for line in source.lines():
        text = line.text.strip()
        if not text:
            continue
        if text[0] == "[":
            return _is_pair(text)
        if text in {"{", "["} or text[0] not in "{[":
            return text[0] != "{"
        return _opens_and_closes(source, text)
    return True


def _is_pair(text: str) -> bool:
    try:
        value = _DECODER.decode(text)
    except (ValueError, RecursionError):
        return False
    return bool(value) and isinstance(value[0], str)


def _opens_and_closes(source: Source, text: str) -> bool:
    """A first line that is broken is a broken line, unless what follows is indented as in one large value."""
    try:
        _DECODER.decode(text)
    except (ValueError, RecursionError):
        for number, line in enumerate(source.lines()):
            if number and line.text.strip():
                return line.text.lstrip()[0] == "{" and line.text[0] == "{"
    return True


def _lines(source: Source) -> JsonValues:
    decode = _DECODER.decode
    for line in source.lines():
        text = line.text.strip()
        if line.wrong:
            yield Remark(line.number, "unreadable line", line.wrong)
        elif text:
            try:
                yield line.number, decode(text)
            except RecursionError:
                yield Remark(line.number, "nested too deep", "it is nested too deep")
            except ValueError:
                yield Remark(line.number, "not JSON", "it is not JSON")


class _Stream:
    """Values in an array or one after the other, on any number of lines."""

    def __init__(self, source: Source) -> None:
        self._chunks = source.chunks()
        self._text, self._at, self._line = "", 0, 1
        self._over = False

    def values(self) -> JsonValues:
        self._skip()
        in_array = self._peek() == "["
        if in_array:
            self._go(self._at + 1)
        while True:
            self._skip()
            first = self._peek()
            if not first or (in_array and first == "]"):
                if in_array and not first:
                    yield Remark(self._line, "cut off", "the file ends inside its array")
                return
            line = self._line
            try:
                value = self._value()
            except RecursionError:
                yield Remark(
                    line, "nested too deep", "it is nested too deep; nothing after it is read"
                )
                return
            except ValueError:
                yield Remark(line, "not JSON", "it is not JSON; nothing after it is read")
                return
            yield line, value

    def _value(self) -> Any:
        wanted = 65_536
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except ValueError:
                if self._over or len(self._text) - self._at > MOST:
                    raise
            else:
                # A number at the end of what was read may go on.
                if end < len(self._text) or self._over:
                    self._go(end)
                    return value
            self._more(wanted)
            wanted *= 2

    def _more(self, wanted: int) -> None:
        pieces, length = [self._text[self._at :]], 0
        while length < wanted:
            piece = next(self._chunks, None)
            if piece is None:
                self._over = True
                break
            pieces.append(piece)
            length += len(piece)
        self._text, self._at = "".join(pieces), 0

    def _skip(self) -> None:
        while True:
            text, at = self._text, self._at
            while at < len(text) and text[at] in _BLANKS:
                at += 1
            self._go(at)
            if at < len(text) or self._over:
                return
            self._more(65_536)

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _go(self, at: int) -> None:
        self._line += self._text.count("\n", self._at, at)
        self._at = at
