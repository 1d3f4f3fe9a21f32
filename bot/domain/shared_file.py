"""A file that somebody shared in Slack."""

import re
from dataclasses import dataclass

_NAME = 100
_ODD = re.compile(r"[^\w. ()+-]")


@dataclass(frozen=True, slots=True)
class SharedFile:
    """A file of a message."""

    id: str
    name: str
    size: int
    url: str
    """Where its bytes are for whoever has a token; empty where only `files.info` says it."""

    @property
    def file_name(self) -> str:
        """Its name as one of this machine's: no folders, no odd characters, not too long."""
        bare = _ODD.sub("_", self.name.replace("\\", "/").rsplit("/", 1)[-1]).lstrip(".") or "file"
        stem, dot, suffix = bare.rpartition(".")
        return bare[:_NAME] if not dot else f"{stem[: _NAME - 20]}.{suffix[:19]}"
