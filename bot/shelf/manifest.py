"""What the shelf says of a version: its files, each with its size and hash. It is written last."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

MANIFEST = "MANIFEST.json"
_FORMAT = 1


class ManifestWrong(Exception):
    """A manifest that is not as it was written."""


@dataclass(frozen=True, slots=True)
class ShelfManifest:
    """`files`: path inside the model's folder to (bytes, sha256 in hex)."""

    files: Mapping[str, tuple[int, str]]


def of_folder(directory: Path) -> ShelfManifest:
    """The manifest of what is in a folder."""
    files = {}
    for path in sorted(directory.rglob("*")):
        if path.is_file():
            with path.open("rb") as content:
                sha256 = hashlib.file_digest(content, "sha256").hexdigest()
            files[path.relative_to(directory).as_posix()] = (path.stat().st_size, sha256)
    return ShelfManifest(files)


def to_json(manifest: ShelfManifest) -> bytes:
    """The object's bytes, with a hash of what it says."""
    told = {"format": _FORMAT, "files": {name: [*kept] for name, kept in manifest.files.items()}}
    return json.dumps(told | {"sha256": _hash_of(told)}, indent=1).encode()


def from_json(raw: bytes) -> ShelfManifest:
    """Read it; raises ManifestWrong."""
    try:
        told = json.loads(raw)
        kept = told.pop("sha256")
        if kept != _hash_of(told) or told["format"] != _FORMAT:
            raise ManifestWrong
        files = {name: (int(size), str(sha)) for name, (size, sha) in told["files"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ManifestWrong from error
    for name in files:
        parts = PurePosixPath(name).parts
        if not parts or name.startswith("/") or ".." in parts or "\\" in name:
            raise ManifestWrong
    return ShelfManifest(files)


def _hash_of(told: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
