"""Put a backup back: into an empty folder only, and only if every byte is the one that was kept."""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

from bot.backups.files import UNFINISHED, Source, copy, flush, opened, staging
from bot.backups.manifest import DATABASE, MANIFEST, MODELS, BackupManifest, from_json
from bot.db.snapshot import hold_back, is_known, look_at
from bot.errors import BackupRefused

_STAGED = "restore"
#: A manifest lists a few dozen files a model.
_MANIFEST_BYTES = 64 * 2**20


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back."""

    manifest: BackupManifest
    held_back: int = 0
    """Messages that waited for Slack when the backup was made, and are not sent: they may have been since."""


def restore_backup(backup: Path, folder: Path) -> Restored:
    """Bring a backup back as the data folder `folder`, which has to be empty or new. Nothing is written until all is
    checked, and the database gets its name last. Raises BackupRefused, StoreUnavailable, OSError."""
    held_back = 0
    if folder.exists() and (not folder.is_dir() or _is_used(folder)):
        raise BackupRefused(f"{folder} is not empty. Restore into an empty or a new folder.")
    with opened(backup) as source:
        manifest = check_backup(source)
        with staging(folder, _STAGED) as staged:
            for name, kept in manifest.files.items():
                with source.open(name) as file:
                    if copy(file, staged / name) != kept:
                        raise BackupRefused(_changed(name))
            if manifest.revision is not None:
                _check_database(manifest, staged / DATABASE)
                held_back = hold_back(staged / DATABASE)
                flush(staged / DATABASE)
            _put_in_place(staged, folder)
    return Restored(manifest, held_back)


def check_backup(source: Source) -> BackupManifest:
    """Check that everything is there, nothing else is, and each byte is the one that was kept; raises BackupRefused."""
    names = source.names()
    if MANIFEST not in names:
        raise BackupRefused(f"There is no {MANIFEST} in it, so it is not a whole backup.")
    with source.open(MANIFEST) as file:
        manifest = from_json(file.read(_MANIFEST_BYTES))
    for name in sorted(manifest.files.keys() | set(names) - {MANIFEST}):
        if name not in names:
            raise BackupRefused(f"{name} is missing from this backup. Use another one.")
        if name not in manifest.files:
            raise BackupRefused(f"{name} was not in this backup when it was made. Use another one.")
        with source.open(name) as file:
            found = hashlib.sha256()
            size = 0
            while piece := file.read(2**20):
                found.update(piece)
                size += len(piece)
        if (size, found.hexdigest()) != manifest.files[name]:
            raise BackupRefused(_changed(name))
    if manifest.revision is not None and not is_known(manifest.revision):
        raise BackupRefused(
            f"This backup was made by a newer nerbot ({manifest.nerbot}). Restore it with that version."
        )
    return manifest


def _changed(name: str) -> str:
    return f"{name} is not as it was when this backup was made. Use another one."


def _check_database(manifest: BackupManifest, file: Path) -> None:
    found = look_at(file)
    kept = replace(found, revision=manifest.revision or "", counts=dict(manifest.counts))
    if found != kept:
        raise BackupRefused("Its database does not hold what its list says. Use another backup.")


def _put_in_place(staged: Path, folder: Path) -> None:
    """Models first: a folder that has the database has everything."""
    flush(*(path for path in staged.rglob("*") if path.is_dir()), staged)
    for name in (MODELS, DATABASE):
        if (staged / name).exists():
            (staged / name).rename(folder / name)
            flush(folder)


def _is_used(folder: Path) -> bool:
    """What a restore that was cut off left before it put anything in place is no use."""
    return any(path.name != f"{UNFINISHED}{_STAGED}" for path in folder.iterdir())
