"""BRAT standoff: a text, and beside it a file of the same name with its spans."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from ner_engine.errors import FileRefused
from ner_engine.formats.raw.other_offsets import one_line_end_offsets, utf16_offsets
from ner_engine.formats.raw.parts import document_named
from ner_engine.formats.raw.source import Source
from ner_engine.formats.raw.values import RawAnnotation, RawSpan, RawText, Remark

_SPAN = re.compile(r"(T\S+)\t(\S+) (-?\d+ -?\d+(?:;-?\d+ -?\d+)*)(?:\t(.*))?\Z", re.DOTALL)
_LEFT = {
    "R": "relation",
    "*": "equivalence",
    "E": "event",
    "A": "attribute",
    "M": "attribute",
    "N": "normalization",
    "#": "note",
}


def pair_of(path: Path) -> tuple[Path, Path] | None:
    """The text and the spans that belong together; None where one of them is not there."""
    text, spans = path.with_suffix(".txt"), path.with_suffix(".ann")
    return (
        (text, spans)
        if path.suffix in {".txt", ".ann"} and text.exists() and spans.exists()
        else None
    )


def read_brat(path: Path, encoding: str | None = None) -> Iterator[RawText | Remark]:
    """Read a text with its spans. Raises FileRefused where one of the two files is missing."""
    pair = pair_of(path)
    if pair is None:
        raise FileRefused(
            reason=f"there is no {path.with_suffix('.txt').name} beside it, which holds its text"
        )
    text = Source.open(pair[0], encoding).whole()
    places = _Places(text)
    spans, left, complete = [], Counter[str](), True
    if pair[1].stat().st_size:
        for line in Source.open(pair[1], encoding).lines():
            if not line.text.strip():
                continue
            found = _read(line.text, line.number, text, places)
            if isinstance(found, RawSpan):
                spans.append(found)
            elif isinstance(found, Remark):
                complete = False
                yield found
            else:
                left[found] += 1
    for kind, count in left.items():
        yield Remark(1, kind, f"{kind}s that are left out: {count}", refused=False)
    yield RawText(
        text,
        1,
        (RawAnnotation(tuple(spans), finished=complete),),
        document=document_named(path.stem),
        whole=True,
    )


class _Places:
    """Where the spans of a text are: offsets are of characters, with CR LF as one or as two, or of UTF-16."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._counted = [utf16_offsets(text)]
        if "\r\n" in text:
            self._counted.append(one_line_end_offsets(text))

    def of(self, start: int, end: int, said: str | None) -> tuple[int, int] | None:
        """The place of a span, None where its text is nowhere."""
        if said is None or _same(self._text[start:end], said):
            return start, end
        for counted in self._counted:
            first, last = counted.place(start), counted.place(end)
            if first is not None and last is not None and _same(self._text[first:last], said):
                return first, last
        return None


def _read(line: str, number: int, text: str, places: _Places) -> RawSpan | Remark | str:
    if line[0] in _LEFT:
        return _LEFT[line[0]]
    match = _SPAN.match(line)
    if match is None:
        return Remark(
            number, "not a line of standoff", "it is not a line of standoff", refused=False
        )
    parts = [tuple(map(int, part.split())) for part in match[3].split(";")]
    label, said = match[2], match[4]
    joined = all(not text[one[1] : two[0]].strip() for one, two in pairwise(parts))
    if len(parts) > 1 and not joined:
        return Remark(
            number,
            "discontinuous span",
            f"{match[1]} is in several pieces and is left out",
            refused=False,
        )
    start, end = parts[0][0], parts[-1][1]
    place = places.of(start, end, said)
    if place is None:
        words = f"the text from {start} to {end} is not what {match[1]} says, so it is left out"
        return Remark(number, "span that is not its text", words, refused=False)
    return RawSpan(*place, label)


def _same(piece: str, said: str) -> bool:
    return bool(piece.split()) and piece.split() == said.split()
