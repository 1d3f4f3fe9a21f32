"""Offsets that count otherwise than in code points: each place is found without going through its text again."""

from bisect import bisect_left
from collections.abc import Iterable


class OtherOffsets:
    """Places in code points of offsets in which some characters count one more, or some pairs count as one."""

    def __init__(self, length: int, odd: Iterable[int], *, width: int) -> None:
        """``odd`` are the places of what counts otherwise, in order: ``width`` is +1 for each that counts as two, -1
        where it and the next one count as one."""
        self._width, self._odd = width, [at + width * n for n, at in enumerate(odd)]
        self._length = length + width * len(self._odd)

    def place(self, offset: int) -> int | None:
        """The place; None where the offset is outside the text or inside a character."""
        if not 0 <= offset <= self._length:
            return None
        before = bisect_left(self._odd, offset)
        if self._width > 0 and before and self._odd[before - 1] + 1 == offset:
            return None
        return offset - self._width * before


def utf16_offsets(text: str) -> OtherOffsets:
    """Offsets of Java and JavaScript: what is beyond the first 65,536 characters counts as two."""
    odd = () if text.isascii() else (n for n, each in enumerate(text) if each > "\uffff")
    return OtherOffsets(len(text), odd, width=1)


def one_line_end_offsets(text: str) -> OtherOffsets:
    """Offsets in which CR LF counts as one."""
    pairs, at = [], text.find("\r\n")
    while at >= 0:
        pairs.append(at)
        at = text.find("\r\n", at + 2)
    return OtherOffsets(len(text), pairs, width=-1)
