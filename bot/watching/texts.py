"""The texts of messages that wait to be read, in memory alone: Slack has them, too."""

from collections import OrderedDict
from typing import NamedTuple

MOST_CHARACTERS = 4_000_000
"""What is more is asked of Slack again."""


_ANY = "~"
"""Behind every time."""


class _Text(NamedTuple):
    revision: str
    lines: tuple[str, ...]


class Texts:
    """Texts by channel and time; of too many the oldest are let go."""

    def __init__(self, *, most: int = MOST_CHARACTERS) -> None:
        self._most = most
        self._size = 0
        self._texts: OrderedDict[tuple[str, str], _Text] = OrderedDict()

    def put(self, channel: str, ts: str, revision: str, lines: tuple[str, ...]) -> None:
        """Keep the text of a message as it is in a revision."""
        self.drop(channel, ts)
        self._texts[channel, ts] = _Text(revision, lines)
        self._size += _size(lines)
        while self._size > self._most:
            _, gone = self._texts.popitem(last=False)
            self._size -= _size(gone.lines)

    def get(self, channel: str, ts: str, revision: str) -> tuple[str, ...] | None:
        """The lines of a message as they are in a revision or a later one; None where they are not here."""
        found = self._texts.get((channel, ts))
        return None if found is None or found.revision < revision else found.lines

    def drop(self, channel: str, ts: str, revision: str = _ANY) -> None:
        """The message was read in this revision; a later one stays."""
        found = self._texts.get((channel, ts))
        if found is not None and found.revision <= revision:
            del self._texts[channel, ts]
            self._size -= _size(found.lines)


def _size(lines: tuple[str, ...]) -> int:
    return sum(map(len, lines)) + 100
