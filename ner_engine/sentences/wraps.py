"""Lines that a mail client or a terminal wrapped, put together again."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from ner_engine.sentences.abbreviations import LEADS, STARTERS

#: Widths that texts are wrapped at; shorter lines are lists, headings and addresses.
_NARROWEST, _WIDEST = 38, 130
#: A line that is broken off in a sentence has at least so many characters.
_BROKEN_OFF = 12
_ITEM = re.compile(r"(?:[-–—*•◦▪‣·>#|]\s|\(?(?:\d{1,3}|[a-zA-Z])[.)]\s)")
_STOPS = ".!?:;。！？।؟…|"


def unwrapped(lines: Sequence[str]) -> tuple[str, ...]:
    """The lines of a text, with those joined that are one line where there is room for it; empty ones are left out."""
    return tuple(line for block in _blocks(lines) for line in _joined(block))


def _blocks(lines: Sequence[str]) -> Iterator[list[str]]:
    block: list[str] = []
    for line in lines:
        if line.strip():
            block.append(line.strip())
        elif block:
            yield block
            block = []
    if block:
        yield block


def _joined(block: Sequence[str]) -> Iterator[str]:
    width = max(map(len, block))
    whole = block[0]
    for before, line in pairwise(block):
        if _goes_on(before, line, width):
            # A hyphen at the end of a line may be the word's own, so it stays.
            whole += line if whole.endswith("-") and line[0].islower() else f" {line}"
        else:
            yield whole
            whole = line
    yield whole


def _goes_on(before: str, line: str, width: int) -> bool:
    """Whether a line was broken for want of room, or within a sentence."""
    if _ITEM.match(line):
        return False
    if _NARROWEST <= width <= _WIDEST and len(before) + 1 + len(line.split(None, 1)[0]) > width:
        return True
    if len(before) < _BROKEN_OFF:
        return False
    last = before.rsplit(maxsplit=1)[-1].lower()
    if last.removesuffix(".") in LEADS or last in STARTERS:
        return True
    return before[-1] not in _STOPS and (line[0].islower() or before[-1] == ",")
