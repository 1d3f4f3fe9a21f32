"""What a backup says of itself: every file with its hash, and what the database in it holds."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import PurePosixPath
from typing import Any

from bot.errors import BackupRefused

MANIFEST = "MANIFEST.json"
DATABASE = "nerbot.db"
MODELS = "models"
FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupManifest:
    """A backup's facts. `files`: path inside it to (bytes, sha256 in hex)."""

    made_at: str
    """When it was begun, in ISO form and UTC: every label that was acknowledged until then is in it."""
    nerbot: str
    revision: str | None
    """The database's migration; None where the backup holds models only."""
    counts: Mapping[str, int]
    missing: tuple[str, ...]
    """Live models whose files could not be copied, as project/version."""
    files: Mapping[str, tuple[int, str]] = field(default_factory=dict)


def to_json(manifest: BackupManifest) -> bytes:
    """The file's text, with a hash of what it says."""
    told = {"format": FORMAT, **asdict(manifest)}
    return json.dumps(told | {"sha256": _hash_of(told)}, indent=1).encode()


def from_json(raw: bytes) -> BackupManifest:
    """Read it; raises BackupRefused for what is not a manifest, is of another format or was changed."""
    try:
        told = json.loads(raw)
        kept = told.pop("sha256")
        if kept != _hash_of(told) or told.pop("format") != FORMAT:
            raise BackupRefused(_UNREADABLE)
        told["files"] = {name: (size, sha) for name, (size, sha) in told["files"].items()}
        manifest = BackupManifest(**told | {"missing": tuple(told["missing"])})
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BackupRefused(_UNREADABLE) from error
    for name in manifest.files:
        _check_name(name)
    return manifest


_UNREADABLE = (
    f"Its {MANIFEST} cannot be read or was changed, so it is not used. Use another backup."
)


def _hash_of(told: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _check_name(name: str) -> None:
    """Only files that a backup has: a name that leads out of the folder is not one of them."""
    parts = PurePosixPath(name).parts
    if name == DATABASE:
        return
    numbers = parts[1:3]
    if (
        len(parts) < 4
        or parts[0] != MODELS
        or not all(number.isascii() and number.isdecimal() for number in numbers)
        or ".." in parts
        or "\\" in name
    ):
        raise BackupRefused(_UNREADABLE)
