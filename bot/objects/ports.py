"""What is needed of an object store, as a protocol. All calls block: an event loop asks from a thread."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object that is there: its key, and its bytes."""

    key: str
    size: int


@dataclass(frozen=True, slots=True)
class Arrived:
    """What arrived of an object: bytes, and their sha256 in hex."""

    size: int
    sha256: str


class ObjectStore(Protocol):
    """Files by key. A key has parts with a slash between them; no object is ever seen half written.

    Each call raises ObjectsUnavailable where the store did not do it, after tries of its own.
    """

    place: str
    """Where it is, as people are told."""

    def put(self, key: str, content: bytes | Path) -> None:
        """Keep this, in place of what was there."""

    def put_new(self, key: str, content: bytes | Path) -> bool:
        """Keep this if there is nothing yet; False where there is. Of several who try, one alone succeeds."""

    def has(self, key: str) -> bool:
        """Whether there is such an object."""

    def read(self, key: str) -> bytes:
        """A small object as a whole; raises ObjectAbsent."""

    def get(self, key: str, target: Path) -> Arrived:
        """Write an object to a new private file, in pieces; raises ObjectAbsent."""

    def list(self, prefix: str = "") -> Iterator[StoredObject]:
        """The objects whose keys begin with these parts, in no order; "a" has "a/b", and not "ab"."""

    def delete(self, keys: Iterable[str]) -> None:
        """Delete objects; what is not there is no error."""
