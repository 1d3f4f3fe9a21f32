"""Make a backup: the database as it is at one moment, and the models that are live in it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bot import __version__
from bot.backups.files import copy, describe, flush, pack, remove, staging
from bot.backups.manifest import DATABASE, MANIFEST, MODELS, BackupManifest, to_json
from bot.db.snapshot import Live, Snapshot, note_what_is_gone, take_snapshot
from bot.errors import BackupRefused, ModelUnusable
from bot.shelf.opening import open_shelf
from bot.shelf.ports import ModelShelf
from ner_engine.errors import ModelStoreError


def make_backup(
    data: Path,
    target: Path,
    *,
    database: Path | None,
    live: Sequence[Live] = (),
    models: str | None = None,
) -> BackupManifest:
    """Copy what nerbot keeps to `target`, a folder or, where its name ends in .tar, a file. nerbot goes on meanwhile.

    Without a SQLite `database` the models in `live` alone are copied. `models` is where they are kept, if not in the
    data folder alone. A kill at any moment leaves no `target`. Raises
    BackupRefused where there is something at `target`, StoreUnavailable, OSError.
    """
    is_file = target.suffix == ".tar"
    if (target.exists() or target.is_symlink()) and (is_file or _has_files(target)):
        raise BackupRefused(f"There is already something at {target}. Name a new folder or file.")
    with staging(target.parent, target.name) as unfinished:
        content = unfinished / "backup"
        content.mkdir(mode=0o700)
        shelf = open_shelf(data, models)
        manifest = _fill(content, shelf, database=database, live=live)
        if is_file:
            packed = unfinished / "packed"
            pack(content, packed)
            packed.rename(target)
        else:
            _flush_tree(content)
            content.rename(target)
        flush(target.parent)
    return manifest


def _fill(
    content: Path, shelf: ModelShelf, *, database: Path | None, live: Sequence[Live]
) -> BackupManifest:
    made_at = datetime.now(UTC).isoformat(timespec="seconds")
    snapshot: Snapshot | None = None
    if database is not None:
        snapshot = take_snapshot(database, content / DATABASE)
        live = snapshot.live
    missing = [each for each in live if not _copy_model(shelf, content, each)]
    if database is not None:
        note_what_is_gone(content / DATABASE)
    files = {
        path.relative_to(content).as_posix(): describe(path)
        for path in sorted(content.rglob("*"))
        if path.is_file()
    }
    manifest = BackupManifest(
        made_at=made_at,
        nerbot=__version__,
        revision=snapshot.revision if snapshot else None,
        counts=snapshot.counts if snapshot else {},
        missing=tuple(f"{project}/{version}" for project, version in missing),
        files=files,
    )
    _write(content / MANIFEST, to_json(manifest))
    return manifest


def _copy_model(shelf: ModelShelf, content: Path, live: Live) -> bool:
    """Copy one model; False where it is absent or damaged: the labels are worth a backup all the same."""
    from ner_engine.model_files.store import verify_model  # noqa: PLC0415 not needed to start

    project, version = live
    target = content / MODELS / str(project) / str(version)
    try:
        source = shelf.bring(project, version)
        for path in sorted(source.rglob("*")):
            if path.is_file():
                with path.open("rb") as file:
                    copy(file, target / path.relative_to(source))
        verify_model(target)
    except (ModelStoreError, ModelUnusable, FileNotFoundError):
        remove(target)
        return False
    return True


def _has_files(target: Path) -> bool:
    return not target.is_dir() or any(target.iterdir())


def _write(path: Path, text: bytes) -> None:
    from io import BytesIO  # noqa: PLC0415

    copy(BytesIO(text), path)


def _flush_tree(content: Path) -> None:
    flush(*(path for path in content.rglob("*") if path.is_dir()), content)
    for path in content.rglob("*"):
        if path.is_file():
            path.chmod(0o600)
            flush(path)
