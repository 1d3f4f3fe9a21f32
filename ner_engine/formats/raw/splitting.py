"""Long texts cut at the ends of their lines and sentences, whatever their language."""

import re
from collections.abc import Iterable, Iterator

from ner_engine.annotation import MAX_TEXT
from ner_engine.sentences.splitter import split_sentences

_LINE = re.compile(r"[^\r\n]+")
Place = tuple[int, int]


def cut_text(text: str, kept: Iterable[Place] = (), *, short_line: int = 0) -> list[Place]:
    """The (start, end) of the sentences of a text, without blank edges, none over the limit of a text.

    Sentences that one of the ``kept`` stretches goes across are one, unless that were too long. Lines of up to
    ``short_line`` characters are one sentence each.
    """
    pieces: list[Place] = []
    across = sorted(kept)
    at = 0
    for start, end in _sentences(text, short_line):
        while at < len(across) and across[at][1] <= start:
            at += 1
        joins = pieces and any(
            first < pieces[-1][1] and start < last for first, last in across[at : at + 50]
        )
        if joins and end - pieces[-1][0] <= MAX_TEXT:
            pieces[-1] = (pieces[-1][0], end)
        else:
            pieces.append((start, end))
    return [piece for place in pieces for piece in _cut(text, *place)]


def _sentences(text: str, short_line: int) -> Iterator[Place]:
    for line in _LINE.finditer(text):
        start = line.start()
        words = line.group()
        if not words.strip():
            continue
        if len(words) <= short_line:
            begin = start + len(words) - len(words.lstrip())
            yield begin, begin + len(words.strip())
        else:
            yield from ((start + a, start + b) for a, b in split_sentences(words))


def _cut(text: str, start: int, end: int) -> Iterator[Place]:
    """A sentence; in pieces at blanks where it is too long."""
    while end - start > MAX_TEXT:
        border = max(
            text.rfind(blank, start + 1, start + MAX_TEXT + 1) for blank in " \t\u3000\xa0"
        )
        if border < 0:
            border = start + MAX_TEXT
        yield start, start + len(text[start:border].rstrip())
        start = border + len(text[border:end]) - len(text[border:end].lstrip())
    if start < end:
        yield start, end
