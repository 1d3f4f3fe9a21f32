"""The hash by which spaCy knows a string: MurmurHash2 for 64 bits (Austin Appleby, public domain), seed 1."""

from functools import lru_cache

from ner_engine.formats.raw.symbols import SYMBOLS

_M, _MASK = 0xC6A4A7935BD1E995, 0xFFFFFFFFFFFFFFFF


@lru_cache(maxsize=50_000)
def string_hash(text: str) -> int:
    """The hash, or the number of a symbol; 0 for nothing."""
    if not text:
        return 0
    if text in SYMBOLS:
        return SYMBOLS[text]
    data = text.encode()
    found = (1 ^ (len(data) * _M)) & _MASK
    whole = len(data) // 8 * 8
    for at in range(0, whole, 8):
        part = int.from_bytes(data[at : at + 8], "little") * _M & _MASK
        part = ((part ^ (part >> 47)) * _M) & _MASK
        found = ((found ^ part) * _M) & _MASK
    if rest := data[whole:]:
        found = ((found ^ int.from_bytes(rest, "little")) * _M) & _MASK
    found = ((found ^ (found >> 47)) * _M) & _MASK
    return found ^ (found >> 47)
