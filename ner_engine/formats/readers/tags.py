"""Tokens with tags of any scheme, as texts with spans."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ner_engine.formats.raw.shape import Hints
from ner_engine.formats.raw.values import RawAnnotation, RawSpan, RawText, Remark

_PREFIXED = re.compile(r"([BILUOESMW])[-_](.+)\Z", re.DOTALL)
_BARE = frozenset("BILUESMW")
_OUTSIDE = frozenset({"O", "", "_", "-", "0", "o", "*"})
_BEGINS, _ENDS = frozenset("BUSW"), frozenset("LEUSW")


@dataclass(slots=True)
class Sentence:
    """The tokens of a sentence as they are read, with a column of tags or several, outer ones first."""

    words: list[str] = field(default_factory=list)
    tags: list[tuple[str, ...]] = field(default_factory=list)
    offsets: list[tuple[int, int]] = field(default_factory=list)
    line: int = 0
    text: str | None = None
    document: str | None = None
    meta: dict[str, str] = field(default_factory=dict)

    def add(self, line: int, word: str, *tags: str, offsets: tuple[int, int] | None = None) -> None:
        """One token."""
        self.line = self.line or line
        self.words.append(word)
        self.tags.append(tags)
        if offsets is not None:
            self.offsets.append(offsets)


def spans_of_tags(tags: Sequence[str], default: str) -> list[tuple[int, int, str]]:
    """The (first, last + 1, label) of the entities in tags of IOB1, IOB2, BILUO, BIOES, or without prefixes."""
    found: list[tuple[int, int, str]] = []
    start, label, closed = 0, "", True
    bare = not any(_PREFIXED.match(tag) for tag in tags) and any(
        tag.strip() in _BARE for tag in tags
    )
    for place, raw in enumerate(tags):
        prefix, kind = _parts(raw.strip(), default, bare=bare)
        if label and (prefix == "O" or closed or prefix in _BEGINS or kind != label):
            found.append((start, place, label))
            label = ""
        if prefix != "O" and not label:
            start, label = place, kind
        closed = prefix in _ENDS
    if label:
        found.append((start, len(tags), label))
    return found


def _parts(tag: str, default: str, *, bare: bool) -> tuple[str, str]:
    if tag in _OUTSIDE:
        return "O", ""
    if match := _PREFIXED.match(tag):
        return ("O", "") if match[1] == "O" else (match[1], match[2])
    if bare and tag in _BARE:
        return tag, default
    return "I", tag


def to_text(sentence: Sentence, hints: Hints) -> Iterator[RawText | Remark]:
    """The text of a sentence with the spans of its tags."""
    text, places = _joined(sentence)
    spans: dict[tuple[int, int, str], None] = {}
    for column in zip(*sentence.tags, strict=True) if sentence.tags and sentence.tags[0] else ():
        for first, last, label in spans_of_tags(column, hints.default_label):
            spans[places[first][0], places[last - 1][1], label] = None
    annotated = (
        (RawAnnotation(tuple(RawSpan(*span) for span in spans)),)
        if sentence.tags and sentence.tags[0]
        else ()
    )
    yield RawText(text, sentence.line, annotated, document=sentence.document, meta=sentence.meta)


def _joined(sentence: Sentence) -> tuple[str, list[tuple[int, int]]]:
    """The text and where each word is in it: as it is known, by offsets, or with blanks between the words."""
    words = sentence.words
    if sentence.text is not None and (places := _found_in(sentence.text, words)):
        return sentence.text, places
    if len(sentence.offsets) == len(words) and (by_offsets := _by_offsets(sentence)):
        return by_offsets
    by_character = len(words) > 1 and all(len(word) == 1 for word in words) and _is_spelled(words)
    pieces, places, at = [], [], 0
    for number, word in enumerate(words):
        if number and not by_character and not _touch(words[number - 1], word):
            pieces.append(" ")
            at += 1
        pieces.append(word)
        places.append((at, at + len(word)))
        at += len(word)
    return "".join(pieces), places


def _found_in(text: str, words: Sequence[str]) -> list[tuple[int, int]] | None:
    places, at = [], 0
    for word in words:
        found = text.find(word, at)
        if found < 0 or text[at:found].strip():
            return None
        at = found + len(word)
        places.append((found, at))
    return places


def _by_offsets(sentence: Sentence) -> tuple[str, list[tuple[int, int]]] | None:
    base, at = sentence.offsets[0][0], 0
    pieces, places = [], []
    for word, (start, end) in zip(sentence.words, sentence.offsets, strict=True):
        gap = start - base - at
        if not 0 <= gap <= 1_000 or end - start not in {len(word), len(word) - 1}:
            return None
        pieces += [" " * gap, word]
        places.append((at + gap, at + gap + len(word)))
        at += gap + (end - start)
        if end - start != len(word):
            return None
    return "".join(pieces), places


def _is_spelled(words: Sequence[str]) -> bool:
    """A character a row: too many letters for words of one letter."""
    letters = sum(word.isalpha() for word in words)
    return len(words) >= 6 and letters > len(words) // 2


def _touch(one: str, two: str) -> bool:
    """Between characters of scripts that are written without blanks there is none."""
    return bool(one and two) and _is_wide(one[-1]) and _is_wide(two[0])


def _is_wide(character: str) -> bool:
    return ord(character) > 0x2E7F and unicodedata.east_asian_width(character) in "WF"
