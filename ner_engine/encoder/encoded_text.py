"""What an encoder is asked for, in a few bytes: a training holds one for each of its sentences."""

import hashlib
import secrets
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Borders = NDArray[np.int32]

_SECRET = secrets.token_bytes(16)


class EncodedText:
    """A text and the (start, end) of its tokens in code points."""

    __slots__ = ("_borders", "text")

    def __init__(self, text: str, tokens: Sequence[tuple[int, int]] | Borders) -> None:
        self.text = text
        # Bytes and not tuples, which take eight times as much; they keep their hash, too.
        self._borders = np.asarray(tokens, dtype=np.int32).tobytes()

    @property
    def borders(self) -> Borders:
        """One row a token: where it starts and ends."""
        return np.frombuffer(self._borders, dtype=np.int32).reshape(-1, 2)

    @property
    def tokens(self) -> tuple[tuple[int, int], ...]:
        """The same as numbers of Python's."""
        return tuple((start, end) for start, end in self.borders.tolist())

    def digest(self) -> bytes:
        """A name that does not tell the text, another one in each process."""
        return hashlib.blake2b(
            self._borders + self.text.encode(), key=_SECRET, digest_size=16
        ).digest()

    def __len__(self) -> int:
        return len(self._borders) // (2 * np.dtype(np.int32).itemsize)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, EncodedText):
            return NotImplemented
        return self._borders == other._borders and self.text == other.text

    def __hash__(self) -> int:
        return hash((self.text, self._borders))

    def __repr__(self) -> str:
        return f"EncodedText({self.text!r}, {self.tokens!r})"
