"""Models on disk: written whole or not at all, and noticed when a single bit of them changes.

A model is a directory with a MANIFEST.json that names every other file with its size and sha256. It
is written under a temporary name on the same file system, flushed, verified in a fresh process and
only then renamed, so that whatever has a model's name is a model.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from ner_engine.annotation import Span
from ner_engine.errors import ModelAbsent, ModelDamaged, ModelExists, VerificationFailed
from ner_engine.model_files.manifest import (
    MANIFEST,
    Manifest,
    ModelFacts,
    read_manifest,
    write_manifest,
)

HELD_OUT = "held_out.jsonl"
LEARNED = "learned.txt"
_TEMPORARY = ".unfinished-"
#: A fresh process needs 2 s to import spaCy, load the model and try it; a busy machine minutes,
#: which is no fault of the model.
VERIFY_SECONDS = 600


def save_model(
    target: str | Path,
    *,
    write: Callable[[Path], None],
    facts: ModelFacts,
    verify: bool | Callable[[Path], None] = True,
) -> None:
    """Save a model as ``target``: ``write`` fills a directory, the rest is done here.

    A kill at any moment leaves either no ``target`` or a whole one. ``verify`` False leaves out the
    trial in a fresh process (2 s); one that waits already may be given. Raises ModelExists, VerificationFailed.
    """
    target = Path(target)
    if target.exists():
        raise ModelExists(version=target.name)
    with _temporary_directory(target.parent) as unfinished:
        write(unfinished)
        write_manifest(unfinished, facts, inventory(unfinished))
        _flush_tree(unfinished)
        if verify:
            (verify_in_fresh_process if verify is True else verify)(unfinished)
        _rename(unfinished, target)


def install(job_model_dir: str | Path, models_dir: str | Path, version: int) -> Path:
    """Move a saved model to ``models_dir/<version>`` and return that path.

    Both have to be on one file system. Raises ModelExists, ModelDamaged.
    """
    job_model_dir, models_dir = Path(job_model_dir), Path(models_dir)
    target = models_dir / str(int(version))
    if target.exists():
        raise ModelExists(version=version)
    verify_model(job_model_dir)
    models_dir.mkdir(parents=True, exist_ok=True)
    _rename(job_model_dir, target)
    _flush(job_model_dir.parent)
    return target


def clean_leftovers(directory: str | Path) -> None:
    """Remove what interrupted savings left in a directory. Not while one is under way."""
    for leftover in Path(directory).glob(f"{_TEMPORARY}*"):
        shutil.rmtree(leftover)


def verify_model(model_dir: str | Path) -> Manifest:
    """Check that every file is there, none is new, and each is what was saved, bit for bit.

    Raises ModelDamaged and ManifestInvalid for bytes that are wrong, ModelAbsent and ManifestMissing
    for what is not here or cannot be read now: a disk that is not mounted, a copy under way.
    """
    model_dir = Path(model_dir)
    manifest = read_manifest(model_dir)
    try:
        present = inventory(model_dir)
    except OSError as error:
        raise ModelAbsent(reason=error.strerror) from error
    for file in sorted(present):
        if file not in manifest.files:
            raise ModelDamaged(file=file, reason="it was not there")
        if present[file] != manifest.files[file]:
            raise ModelDamaged(file=file, reason="its content has changed")
    for file in sorted(set(manifest.files) - set(present)):
        raise ModelAbsent(reason=f"{file} is missing")
    return manifest


def verify_in_fresh_process(model_dir: Path) -> None:
    """Load the model in a new process and let it find its canaries. Raises VerificationFailed."""
    command = [sys.executable, "-m", "ner_engine.processes.verification", str(model_dir)]
    try:
        done = subprocess.run(  # noqa: S603 our own module, no word of a user's
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=VERIFY_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise VerificationFailed(reason="it took too long") from error
    if done.returncode:
        reason = done.stdout.strip() or f"the process ended with {done.returncode}"
        raise VerificationFailed(reason=reason)


def write_held_out(
    model_dir: Path, predictions: Mapping[str, Sequence[Span]], *, learned: Iterable[str]
) -> None:
    """Keep what models that never saw a text found in it, by the text's hash; part of ``write``.

    ``learned`` are the hashes of all texts the model itself was taught.
    """
    with (model_dir / HELD_OUT).open("w", encoding="utf-8") as file:
        for key, spans in sorted(predictions.items()):
            print(json.dumps({"text": key, "spans": [asdict(span) for span in spans]}), file=file)
    (model_dir / LEARNED).write_text("".join(f"{key}\n" for key in sorted(set(learned))), "utf-8")


def read_held_out(model_dir: Path) -> dict[str, tuple[Span, ...]]:
    """What :func:`write_held_out` kept; nothing where it kept nothing."""
    rows = map(json.loads, _lines(model_dir / HELD_OUT))
    return {row["text"]: tuple(Span(**span) for span in row["spans"]) for row in rows}


def read_learned(model_dir: Path) -> frozenset[str]:
    """The hashes of the texts a model was taught."""
    return frozenset(_lines(model_dir / LEARNED))


def _lines(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines() if path.exists() else []


@contextmanager
def _temporary_directory(parent: Path) -> Iterator[Path]:
    parent.mkdir(parents=True, exist_ok=True)
    path = Path(tempfile.mkdtemp(prefix=_TEMPORARY, dir=parent))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def inventory(model_dir: Path) -> dict[str, tuple[int, str]]:
    """Every file but the manifest: path inside the directory to (bytes, sha256 in hex)."""
    paths = {path.relative_to(model_dir).as_posix(): path for path in _files(model_dir)}
    return {name: _describe(path) for name, path in paths.items() if name != MANIFEST}


def _files(model_dir: Path) -> list[Path]:
    return sorted(path for path in model_dir.rglob("*") if path.is_symlink() or not path.is_dir())


def _describe(path: Path) -> tuple[int, str]:
    content = path.read_bytes()
    return len(content), hashlib.sha256(content).hexdigest()


def _flush_tree(model_dir: Path) -> None:
    for path in _files(model_dir):
        path.chmod(0o600)
        _flush(path)
    for path in (*model_dir.rglob("*/"), model_dir):
        if path.is_dir():
            _flush(path)


def _rename(source: Path, target: Path) -> None:
    source.rename(target)
    _flush(target.parent)


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
