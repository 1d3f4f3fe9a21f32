"""Which texts of a file have been there before: 16 bytes a text, where a set would need a hundred."""

import hashlib
from array import array

_FIRST = 1 << 12


class SeenTexts:
    """A hash table of hashes of 64 bits."""

    def __init__(self) -> None:
        self._slots = array("Q", bytes(8 * _FIRST))
        self._count = 0

    def add(self, text: str) -> bool:
        """Note a text; False where it was there."""
        digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        if not self._put(int.from_bytes(digest, "little") | 1):
            return False
        self._count += 1
        if 2 * self._count > len(self._slots):
            self._grow()
        return True

    def _put(self, key: int) -> bool:
        slots, mask = self._slots, len(self._slots) - 1
        at = key >> 1 & mask
        while slots[at]:
            if slots[at] == key:
                return False
            at = at + 1 & mask
        slots[at] = key
        return True

    def _grow(self) -> None:
        old, self._slots = self._slots, array("Q", bytes(16 * len(self._slots)))
        for key in old:
            if key:
                self._put(key)
