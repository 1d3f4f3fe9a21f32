"""Where bulk predictions are read from and written to: addresses of object stores, folders and files."""

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from bot.errors import SettingsError
from bot.objects.opening import is_address, open_objects
from bot.objects.ports import ObjectStore

_READ = (".jsonl", ".ndjson", ".txt")
_GLOB = re.compile(r"[*?\[]")


@dataclass(frozen=True, slots=True)
class Source:
    """An object store, and which of its objects are meant."""

    address: str
    pattern: str

    def objects(self) -> ObjectStore:
        """The store; raises SettingsError."""
        return open_objects(self.address)

    def is_meant(self, key: str) -> bool:
        """Whether an object is one of those."""
        return fnmatchcase(key, self.pattern) and key.endswith(_READ)


def source_of(words: str) -> Source:
    """What `s3://bucket/folder/*.jsonl`, a folder, a file or several by a pattern mean; raises SettingsError."""
    address = address_of(words)
    if not _GLOB.search(words) and not words.endswith(_READ):
        return Source(address.rstrip("/"), "*")
    parts = address.split("/")
    first = next((n for n, part in enumerate(parts) if _GLOB.search(unquote(part))), len(parts) - 1)
    base = "/".join(parts[:first])
    if base.endswith(":/") or not urlsplit(base).netloc + urlsplit(base).path:
        raise SettingsError(f"--in: {words} names no bucket or folder to look in")
    return Source(base, unquote("/".join(parts[first:])))


def address_of(words: str) -> str:
    """The address of a place; a folder's where it is none."""
    if is_address(words):
        return words.rstrip("/")
    return f"file://{quote(str(Path(words).absolute()), safe='/*?[]')}"


def local_file(address: str, key: str) -> Path | None:
    """The file that an object is, where it is one."""
    parts = urlsplit(address)
    return Path(unquote(parts.path)) / key if parts.scheme == "file" else None
