"""What a model says of itself, and of every file it consists of."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ner_engine.annotation import AnnotatedText
from ner_engine.errors import EngineError, ManifestInvalid, ManifestMissing, ModelAbsent
from ner_engine.formats.json_lines import from_json, to_json

MANIFEST = "MANIFEST.json"
#: The manifest's own version; a reader refuses others.
FORMAT = 1
_PARTS = frozenset({"format", "facts", "files"})
_HASH = "sha256"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFacts:
    """What is known of a model beside its files.

    ``fingerprint`` is that of the training data; ``canaries`` are texts with what the model finds
    in them, to be found again after loading; ``encoder`` holds ``name`` and ``sha256``, and
    that of ``columns`` where there are some, or is empty.
    """

    settings: Mapping[str, Any]
    labels: tuple[str, ...]
    sentences: int
    fingerprint: str
    scores: Mapping[str, Any]
    canaries: tuple[AnnotatedText, ...]
    versions: Mapping[str, str]
    encoder: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Manifest:
    """A model's facts and its files: path inside the directory to (bytes, sha256 in hex)."""

    facts: ModelFacts
    files: Mapping[str, tuple[int, str]]


def write_manifest(
    model_dir: Path, facts: ModelFacts, files: Mapping[str, tuple[int, str]]
) -> None:
    """Write the manifest of a directory, with a hash of what it says."""
    values = asdict(facts) | {"canaries": [to_json(canary) for canary in facts.canaries]}
    told = {"format": FORMAT, "facts": values, "files": files}
    text = json.dumps(told | {_HASH: _hash_of(told)}, indent=1)
    (model_dir / MANIFEST).write_text(text, "utf-8")


def read_manifest(model_dir: Path) -> Manifest:
    """What a model says of itself. Raises ModelAbsent, ManifestMissing, ManifestInvalid."""
    try:
        raw = (model_dir / MANIFEST).read_bytes()
    except FileNotFoundError as error:
        if not model_dir.exists():
            raise ModelAbsent(reason="there is no such directory") from error
        raise ManifestMissing from error
    except OSError as error:
        raise ModelAbsent(reason=error.strerror) from error
    try:
        values = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise ManifestInvalid(reason="it is not JSON") from error
    try:
        return _parse_manifest(values)
    except (EngineError, KeyError, TypeError, AttributeError, ValueError) as error:
        raise ManifestInvalid(reason="it lacks something") from error


def _hash_of(told: Mapping[str, Any]) -> str:
    """The hash of what a manifest says, however it is laid out."""
    text = json.dumps({name: told[name] for name in sorted(_PARTS)}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _parse_manifest(values: Mapping[str, Any]) -> Manifest:
    # Manifests of before the hash have none. A name that is not known would hide that one is gone.
    if values.keys() - _PARTS - {_HASH}:
        raise ValueError("unknown parts")
    if _HASH in values and values[_HASH] != _hash_of(values):
        raise ValueError("its hash is another")
    if values["format"] != FORMAT:
        raise ValueError(values["format"])
    facts = values["facts"]
    canaries = tuple(from_json(canary) for canary in facts["canaries"])
    read = ModelFacts(**facts | {"canaries": canaries, "labels": tuple(facts["labels"])})
    return Manifest(read, {file: (size, sha) for file, (size, sha) in values["files"].items()})
