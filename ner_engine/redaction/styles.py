"""What an entity is replaced by: its label, a pseudonym that a key makes of its phrase, or blocks."""

import base64
import hashlib
import hmac
import secrets
import unicodedata
from collections.abc import Callable
from typing import Literal, get_args

from ner_engine.annotation import fold
from ner_engine.errors import KeyMissing

Style = Literal["label", "pseudonym", "mask"]
STYLES: tuple[Style, ...] = get_args(Style)
Replace = Callable[[str, str], str]
"""From a label and a phrase to what is written in its place."""

#: Random bytes of a key.
KEY_BYTES = 32
#: What stands for what could not be read, and so may hold anything.
UNREAD = "UNREAD"
#: Of one length, so that it does not tell that of the phrase.
_MASK = "████"
#: 50 bits: of 100,000 phrases two share a pseudonym once in 200,000 projects.
_CHARACTERS = 10


def style_of(style: Style, key: bytes = b"") -> Replace:
    """The function of a style. Raises KeyMissing for pseudonyms without a key."""
    if style == "label":
        return lambda label, _: f"[{label}]"
    if style == "mask":
        return lambda _, __: _MASK
    if len(key) < KEY_BYTES:
        raise KeyMissing(least=KEY_BYTES)
    return lambda label, phrase: f"[{label}:{pseudonym(key, phrase)}]"


def pseudonym(key: bytes, phrase: str) -> str:
    """Ten letters and digits that stand for a phrase under a key, however it is cased and spaced.

    HMAC-SHA-256 (RFC 2104): without the key nobody can try phrases out.
    """
    folded = " ".join(fold(unicodedata.normalize("NFC", phrase)).split())
    digest = hmac.new(key, folded.encode("utf-8", "surrogatepass"), hashlib.sha256).digest()
    return base64.b32encode(digest)[:_CHARACTERS].decode("ascii")


def new_key() -> bytes:
    """A key that nobody has."""
    return secrets.token_bytes(KEY_BYTES)
