"""Backups made while nerbot runs, and what becomes of them when something goes wrong."""

import asyncio
import json
import shutil
import sqlite3
import subprocess
import sys
import textwrap
import threading
from contextlib import closing
from pathlib import Path

import pytest

from bot.backups.backup import make_backup
from bot.backups.manifest import MANIFEST
from bot.backups.restore import restore_backup
from bot.db.database import Store
from bot.errors import BackupRefused
from bot.models.repositories.models import Models
from bot.projects.repositories.projects import Projects
from ner_engine.model_files.store import verify_model
from tests.bot.backups.conftest import HERE, DataFolder, label, now
from tests.support.opening import open_database
from tests.support.patience import patient


def rows(database: Path, statement: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(database)) as connection:
        return list(connection.execute(statement))


def finished(database: Path) -> int:
    [(count,)] = rows(database, "SELECT count(*) FROM annotation WHERE finished")
    return int(str(count))


@pytest.mark.parametrize("name", ["backup", "backup.tar"])
async def test_what_is_restored_is_what_was_there(
    folder: DataFolder, tmp_path: Path, name: str
) -> None:
    """The rows, and the live model, bit for bit; nerbot opens it as its own."""
    make_backup(folder.path, tmp_path / name, database=folder.database)
    restored = DataFolder(tmp_path / "restored")
    manifest = restore_backup(tmp_path / name, restored.path).manifest
    assert manifest.counts["annotation"] == finished(restored.database) == 20
    for table in ("sentence", "annotation", "event", "run", "project"):
        wanted = f"SELECT * FROM {table} ORDER BY 1, 2, 3, 4"
        assert rows(restored.database, wanted) == rows(folder.database, wanted)
    assert verify_model(restored.path / "models/1/2") == verify_model(folder.path / "models/1/2")
    async with (
        open_database(restored.url) as database,
        Store(database, clock=now).reading(HERE) as tx,
    ):
        assert await Projects(tx).live_version(folder.project) == 2


async def test_versions_whose_files_are_not_in_a_backup_are_gone_in_it(
    folder: DataFolder, tmp_path: Path
) -> None:
    make_backup(folder.path, tmp_path / "backup", database=folder.database)
    restored = DataFolder(tmp_path / "restored")
    restore_backup(tmp_path / "backup", restored.path)
    for place, gone in ((restored, [1]), (folder, [])):
        async with (
            open_database(place.url) as database,
            Store(database, clock=now).reading(HERE) as tx,
        ):
            versions = await Models(tx).versions(folder.project)
            assert [version.number for version in versions if version.gone] == gone


async def test_every_label_acknowledged_before_a_backup_begins_is_in_it(
    folder: DataFolder, tmp_path: Path
) -> None:
    """Somebody labels all the while; what is restored is one moment, with all its references."""
    over = threading.Event()
    acknowledged = 20
    at_begin: list[int] = []

    def make() -> None:
        for number in range(5):
            at_begin.append(acknowledged)
            make_backup(folder.path, tmp_path / f"backup{number}", database=folder.database)
        over.set()

    async with open_database(folder.url) as database:
        store = Store(database, clock=now)
        making = asyncio.create_task(asyncio.to_thread(make))
        while not over.is_set():
            await label(store, folder.project, acknowledged)
            acknowledged += 1
        await making
    for number, least in enumerate(at_begin):
        restored = DataFolder(tmp_path / f"restored{number}")
        restore_backup(tmp_path / f"backup{number}", restored.path)
        assert least <= finished(restored.database) <= acknowledged
        assert rows(restored.database, "PRAGMA foreign_key_check") == []
    assert at_begin[-1] > at_begin[0]


KILLED = textwrap.dedent("""
    import os, signal, sqlite3, sys
    from pathlib import Path
    import bot.backups.backup as backup
    import ner_engine.model_files.store

    data, target, database = map(Path, sys.argv[1:])
    calls = 0
    def counted(real, last):
        def call(*arguments, **options):
            global calls
            calls += 1
            if calls == last:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*arguments, **options)
        return call

    for last in range(1, 500):
        child = os.fork()
        if child == 0:
            os.fsync, os.open, os.mkdir = (counted(f, last) for f in (os.fsync, os.open, os.mkdir))
            Path.rename = counted(Path.rename, last)
            backup.take_snapshot = counted(backup.take_snapshot, last)
            backup.note_what_is_gone = counted(backup.note_what_is_gone, last)
            backup.make_backup(data, target.with_name(f"{last}{target.suffix}"), database=database)
            os._exit(0)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        print(last, code, flush=True)
        if code != -signal.SIGKILL:
            break
""")


@pytest.mark.parametrize("suffix", ["", ".tar"])
def test_a_kill_at_any_step_leaves_no_backup_or_a_whole_one(
    folder: DataFolder, tmp_path: Path, suffix: str
) -> None:
    made = tmp_path / "made"
    command = [
        *(sys.executable, "-c", KILLED),
        *(str(folder.path), str(made / f"x{suffix}"), str(folder.database)),
    ]
    told = subprocess.run(command, check=True, capture_output=True, text=True, timeout=patient(60))
    steps = [tuple(map(int, line.split())) for line in told.stdout.splitlines()]
    last, code = steps[-1]
    assert (code, last > 15) == (0, True), told
    for number, _ in steps:
        target = made / f"{number}{suffix}"
        if target.exists():
            restore_backup(target, tmp_path / f"restored{number}")
    assert (made / f"{last}{suffix}").exists()
    assert not (made / f"1{suffix}").exists()


def test_a_backup_is_for_its_owner_alone(folder: DataFolder, tmp_path: Path) -> None:
    make_backup(folder.path, tmp_path / "backup", database=folder.database)
    make_backup(folder.path, tmp_path / "backup.tar", database=folder.database)
    restore_backup(tmp_path / "backup.tar", tmp_path / "restored")
    made = [tmp_path / "backup", tmp_path / "backup.tar", tmp_path / "restored"]
    paths = [path for each in made for path in (each, *each.rglob("*"))]
    assert len(paths) > 15
    for path in paths:
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600), path


def test_a_backup_is_not_written_over_anything(folder: DataFolder, tmp_path: Path) -> None:
    for name in ("backup", "backup.tar"):
        make_backup(folder.path, tmp_path / name, database=folder.database)
        with pytest.raises(BackupRefused, match="already something"):
            make_backup(folder.path, tmp_path / name, database=folder.database)


def test_a_live_model_that_is_absent_does_not_keep_labels_from_being_kept(
    folder: DataFolder, tmp_path: Path
) -> None:
    shutil.rmtree(folder.path / "models" / "1" / "2")
    made = make_backup(folder.path, tmp_path / "backup", database=folder.database)
    assert made.missing == ("1/2",)
    restore_backup(tmp_path / "backup", tmp_path / "restored")
    assert finished(tmp_path / "restored" / "nerbot.db") == 20


def test_the_manifest_says_what_is_in_it(folder: DataFolder, tmp_path: Path) -> None:
    make_backup(folder.path, tmp_path / "backup", database=folder.database)
    told = json.loads((tmp_path / "backup" / MANIFEST).read_text("utf-8"))
    assert told["counts"]["sentence"] == 20
    [(revision,)] = rows(folder.database, "SELECT version_num FROM alembic_version")
    assert told["revision"] == revision
    assert {name.split("/")[0] for name in told["files"]} == {"nerbot.db", "models"}
