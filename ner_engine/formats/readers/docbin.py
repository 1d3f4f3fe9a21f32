"""spaCy's `.spacy`: its strings and numbers are read as such, nothing in it is executed and spaCy is not needed."""

import zlib
from array import array
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ner_engine.errors import FileRefused
from ner_engine.formats.raw.msgpack import NotMsgpack, unpack
from ner_engine.formats.raw.string_hash import string_hash
from ner_engine.formats.raw.values import RawAnnotation, RawSpan, RawText, Remark

#: The numbers of spaCy's attributes, https://spacy.io/api/attributes.
ORTH, ENT_IOB, ENT_TYPE = 65, 77, 78
#: The most bytes once unpacked: what unpacks to more is not a file of texts, or has to be written in parts.
_MOST = 1_500_000_000
#: So many times its size, where it is more than a few bytes, no file of texts unpacks to.
_BOMB, _FEW = 200, 20_000_000


def is_docbin(path: Path) -> bool:
    """Whether a file begins as one does."""
    with path.open("rb") as file:
        head = file.read(512)
    if head[:1] != b"\x78":
        return False
    try:
        start = zlib.decompressobj().decompress(head, 64)
    except zlib.error:
        return False
    return b"attrs" in start or b"version" in start or b"tokens" in start


def read_docbin(path: Path) -> Iterator[RawText | Remark]:
    """Read every doc with its entities. Raises FileRefused."""
    message = _message(path)
    try:
        attributes = [int(each) for each in message["attrs"]]
        lengths = array("i", message["lengths"])
        strings = {string_hash(each): each for each in message["strings"]}
        columns = {
            number: attributes.index(number)
            for number in (ORTH, ENT_IOB, ENT_TYPE)
            if number in attributes
        }
        numbers = array("Q", message["tokens"])
        spaces: bytes = message["spaces"]
    except (KeyError, TypeError, ValueError, AttributeError):
        raise FileRefused(reason="it is not a .spacy file of spaCy 3") from None
    width, total = len(attributes), sum(lengths)
    if (
        ORTH not in columns
        or len(numbers) != width * total
        or len(spaces) != total
        or min(lengths, default=0) < 0
    ):
        raise FileRefused(reason="its numbers do not fit together; it is damaged")
    del message["tokens"]
    groups = message.get("span_groups")
    has_groups = isinstance(groups, list) and any(
        len(g) > 1 for g in groups if isinstance(g, bytes)
    )
    begin = 0
    for number, length in enumerate(lengths, start=1):
        rows = numbers[begin * width : (begin + length) * width]
        yield _doc(rows, spaces[begin : begin + length], width, columns, strings, number)
        begin += length
    if has_groups:
        yield Remark(1, "span group", "its groups of spans are left out", refused=False)


def _message(path: Path) -> dict[str, Any]:
    unpacker, unpacked = zlib.decompressobj(), bytearray()
    with path.open("rb") as file:
        while some := unpacker.unconsumed_tail or file.read(1 << 16):
            try:
                unpacked += unpacker.decompress(some, 1 << 20)
            except zlib.error:
                raise FileRefused(reason="it is damaged or is not a .spacy file") from None
            if len(unpacked) > min(_MOST, max(_FEW, _BOMB * file.tell())):
                raise FileRefused(reason="it unpacks to more than can be read; write it in parts")
    if not unpacker.eof:
        raise FileRefused(reason="it is cut off")
    try:
        found = unpack(bytes(unpacked))
    except NotMsgpack:
        raise FileRefused(reason="it is not a .spacy file") from None
    if not isinstance(found, dict):
        raise FileRefused(reason="it is not a .spacy file")
    return found


def _doc(
    rows: "array[int]",
    spaces: bytes,
    width: int,
    columns: Mapping[int, int],
    strings: Mapping[int, str],
    number: int,
) -> RawText | Remark:
    words = [strings.get(each, "") if each else "" for each in rows[columns[ORTH] :: width]]
    if not words:
        return Remark(number, "no text", "the doc is empty")
    if not all(words):
        return Remark(number, "word without a string", "a word of it is not among its strings")
    pieces, places, at = [], [], 0
    for word, space in zip(words, spaces, strict=True):
        places.append((at, at + len(word)))
        pieces.append(f"{word} " if space else word)
        at += len(pieces[-1])
    annotations: tuple[RawAnnotation, ...] = ()
    if ENT_TYPE in columns:
        kinds = rows[columns[ENT_TYPE] :: width]
        marks = (
            rows[columns[ENT_IOB] :: width]
            if ENT_IOB in columns
            else [3 if kind else 2 for kind in kinds]
        )
        # 0 says that nothing is known of a token.
        known = any(marks)
        if known:
            spans = tuple(_spans(kinds, marks, places, strings))
            annotations = (RawAnnotation(spans, finished=all(marks)),)
    return RawText("".join(pieces), number, annotations)


def _spans(
    kinds: Sequence[int],
    marks: Sequence[int],
    places: Sequence[tuple[int, int]],
    strings: Mapping[int, str],
) -> Iterator[RawSpan]:
    start: int | None = None
    kind = 0
    for place, (now, mark) in enumerate(zip(kinds, marks, strict=True)):
        goes_on = mark == 1 and now == kind and start is not None
        if start is not None and not goes_on:
            yield RawSpan(start, places[place - 1][1], strings.get(kind, f"label {kind}"))
            start = None
        if now and not goes_on and mark in {1, 3}:
            start, kind = places[place][0], now
    if start is not None:
        yield RawSpan(start, places[-1][1], strings.get(kind, f"label {kind}"))
