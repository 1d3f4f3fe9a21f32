"""Letters one after the other (grams), and the lists of sentences that have them (postings). Pure."""

import struct
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

LONGEST = 3
"""Letters of a gram: three tell texts apart, two and one answer for short phrases, of which Chinese has many."""
MOST_GRAMS = 8
"""As many of a phrase's are looked up: more of them leave hardly fewer sentences."""
_BITS = 21
"""Of a code point."""


def grams_of(text: str) -> set[int]:
    """All grams of a folded text, as numbers. No letter is 0, so that no shorter one has the number of a longer one."""
    letters = list(map(ord, text))
    found = set(letters)
    found.update(one << _BITS | two for one, two in pairwise(letters))
    found.update(
        (one << _BITS | two) << _BITS | three
        for one, two, three in zip(letters, letters[1:], letters[2:], strict=False)
    )
    return found


def grams_to_look_up(phrase: str) -> tuple[int, ...]:
    """Grams of a folded phrase that every text with the phrase has, spread over all of it; none of an empty one."""
    size = min(len(phrase), LONGEST)
    if not size:
        return ()
    last = len(phrase) - size
    count = min(last + 1, MOST_GRAMS)
    starts = {last * number // max(count - 1, 1) for number in range(count)}
    return tuple(dict.fromkeys(_number(phrase[at : at + size]) for at in sorted(starts)))


def _number(gram: str) -> int:
    number = 0
    for letter in gram:
        number = number << _BITS | ord(letter)
    return number


def add_text(postings: dict[int, list[int]], place: int, text: str) -> None:
    """Note the grams of the text at a place, which comes after those that were added."""
    for gram in grams_of(text):
        if gram in postings:
            postings[gram].append(place)
        else:
            postings[gram] = [place]


def pack(places: Sequence[int], size: int) -> bytes:
    """Places below `size`, in order: two bytes each, or a bit for every place where that is no longer."""
    width = _width(size)
    if 2 * len(places) < width:
        return struct.pack(f"<{len(places)}H", *places)
    bits = bytearray(width)
    for place in places:
        bits[place >> 3] |= 1 << (place & 7)
    return bytes(bits)


def common_places(packed: Iterable[bytes | None], size: int) -> list[int]:
    """The places that are in all of them, in order; none where one is missing."""
    width, every = _width(size), list(packed)
    if not every or None in every:
        return []
    known = sorted((each for each in every if each is not None), key=len)
    listed = [each for each in known if len(each) < width]
    masks = [int.from_bytes(each, "little") for each in known if len(each) == width]
    mask = masks[0] if masks else None
    for other in masks[1:]:
        mask = other & mask if mask is not None else other
    if not listed:
        return _ones(mask or 0)
    found = set(_listed(listed[0]))
    for each in listed[1:]:
        found.intersection_update(_listed(each))
    return sorted(place for place in found if mask is None or mask >> place & 1)


def _listed(packed: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(packed) // 2}H", packed)


def _ones(mask: int) -> list[int]:
    """The numbers of the bits that are set."""
    return [place for place, bit in enumerate(reversed(f"{mask:b}")) if bit == "1"]


def _width(size: int) -> int:
    return (size + 7) // 8


def pack_ids(ids: Sequence[int]) -> bytes:
    """Eight bytes each."""
    return struct.pack(f"<{len(ids)}q", *ids)


def unpack_ids(packed: bytes) -> tuple[int, ...]:
    """The same, read."""
    return struct.unpack(f"<{len(packed) // 8}q", packed)


Postings = Mapping[int, Sequence[int]]
"""By gram, the places of the sentences that have it."""
