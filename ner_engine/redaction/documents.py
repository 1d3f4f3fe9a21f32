"""A text of any length as sentences that a model can read, and what is masked in all of it."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ner_engine.annotation import MAX_RUN, MAX_TEXT, Span, check_text, longest_run
from ner_engine.errors import TextError
from ner_engine.redaction.styles import UNREAD
from ner_engine.sentences import split_sentences

Offsets = tuple[int, int]

#: Soft hyphens, zero-width blanks, marks of direction; nothing is written with them.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]"
)
#: Joiners behind Latin, Greek, Cyrillic and Hebrew letters join nothing.
_JOINERS = re.compile("(?<![\u0600-\U0010ffff])[\u200c\u200d]+")
_RUN = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Document:
    """A text and its sentences: those a model can read, and what it cannot, which is masked whole."""

    text: str
    sentences: tuple[Offsets, ...]
    unread: tuple[Offsets, ...]

    @property
    def texts(self) -> list[str]:
        """The sentences for a model, in their order."""
        return [self.text[start:end] for start, end in self.sentences]

    @property
    def unread_spans(self) -> list[Span]:
        """What cannot be read, and so is masked."""
        return [Span(start, end, UNREAD) for start, end in self.unread]

    def place(self, spans: Sequence[Iterable[Span]]) -> list[Span]:
        """Spans of each sentence as spans of the document."""
        return [
            Span(start + span.start, start + span.end, span.label)
            for (start, _), some in zip(self.sentences, spans, strict=True)
            for span in some
        ]


def document_of(text: str) -> Document:
    """A text with its sentences: in NFC, and without what nobody sees, which would hide a word from a model."""
    text = unicodedata.normalize("NFC", _JOINERS.sub("", _UNSEEN.sub("", text)))
    read: list[Offsets] = []
    unread: list[Offsets] = []
    for start, end in sentences_of(text):
        try:
            check_text(text[start:end])
        except TextError:
            unread.append((start, end))
        else:
            read.append((start, end))
    return Document(text, tuple(read), tuple(unread))


def sentences_of(text: str) -> list[Offsets]:
    """Where the sentences are: cut where one is too long for a model, a run without blanks that is too long apart.

    Every character that is not a blank is in one of them.
    """
    found: list[Offsets] = []
    start = 0
    for line in text.splitlines(keepends=True):
        for first, last in split_sentences(line):
            found += _pieces(text, start + first, start + last)
        start += len(line)
    return found


def _pieces(text: str, start: int, end: int) -> Iterator[Offsets]:
    """Some of a text, with runs apart that no model is given."""
    at = start
    for run in _RUN.finditer(text, start, end):
        if len(run[0]) > MAX_RUN and longest_run(run[0]) > MAX_RUN:
            yield from _cut(text, at, run.start())
            yield run.span()
            at = run.end()
    yield from _cut(text, at, end)


def _cut(text: str, start: int, end: int) -> Iterator[Offsets]:
    """Some of a text in pieces that are not too long, without blank edges."""
    while start < end:
        blank = text.rfind(" ", start + 1, start + MAX_TEXT) if end - start > MAX_TEXT else end
        last = blank if blank > start else start + MAX_TEXT
        piece = text[start:last]
        if bare := piece.strip():
            first = start + piece.index(bare)
            yield first, first + len(bare)
        start = last
