"""Backups in an object store: a folder or a bucket, both real."""

import asyncio
import hashlib
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.backups.backup import make_backup
from bot.backups.keeper import BackupKeeper, BackupPlan
from bot.backups.places import BackupObjects, brought
from bot.backups.restore import restore_backup
from bot.errors import BackupRefused
from bot.jobs.background import Background
from bot.objects.opening import open_objects
from bot.shelf.objects import ObjectShelf
from tests.bot.backups.conftest import DataFolder
from tests.bot.backups.test_cli import nerbot
from tests.support.object_store import STORES, address_of


@pytest.fixture(params=STORES)
def address(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    return address_of(request.param, request, tmp_path, monkeypatch)


def test_a_backup_goes_to_an_address_and_comes_back(
    folder: DataFolder, tmp_path: Path, address: str
) -> None:
    """`nerbot backup` and `nerbot restore` take an address; what is there is not overwritten, and nothing of it is left
    in the data folder."""
    file = f"{address}/b.tar"
    made = nerbot("backup", file, NERBOT_DATA=str(folder.path))
    assert (made.returncode, made.stderr) == (0, "")
    assert file in made.stdout
    again = nerbot("backup", file, NERBOT_DATA=str(folder.path))
    assert again.returncode == 2
    assert "There is already something" in again.stderr
    assert not list(folder.path.glob(".unfinished*/*"))
    restored = nerbot("restore", file, NERBOT_DATA=str(tmp_path / "new"))
    assert (restored.returncode, restored.stderr) == (0, "")
    assert _hash(tmp_path / "new" / "models") == _hash(folder.path / "models" / "1" / "2", "1/2")
    assert nerbot("restore", f"{address}/never.tar", tmp_path / "never").returncode == 2
    assert nerbot("backup", f"{address}/folder", NERBOT_DATA=str(folder.path)).returncode == 2


def test_the_newest_backups_are_kept_at_an_address(
    folder: DataFolder, tmp_path: Path, address: str
) -> None:
    """Backups at set times are made when they are due, each a whole one, and the oldest go."""
    now = datetime(2031, 5, 4, 3, 2, 1, tzinfo=UTC)
    place = BackupObjects(address, folder.path)
    plan = BackupPlan(folder.path, folder.database, place, "0 3 * * *", "UTC", 2)
    keeper = BackupKeeper(plan, Background(), clock=lambda: now)
    for day in range(4, 9):
        now = now.replace(day=day)
        if keeper.is_due():
            keeper.make()
        assert not keeper.is_due()
    names = sorted(each.key for each in open_objects(address).list())
    assert names == ["nerbot-20310507T030201Z.tar", "nerbot-20310508T030201Z.tar"]
    with brought(f"{address}/{names[0]}", tmp_path / "new") as file:
        assert restore_backup(file, tmp_path / "new").manifest.revision is not None


async def test_live_models_that_are_not_here_are_fetched_for_a_backup(
    folder: DataFolder, tmp_path: Path, address: str
) -> None:
    """A machine whose copy of the live model is gone makes a backup with it."""
    shelf = ObjectShelf(open_objects(address), folder.path)
    assert await shelf.share(1, 2, learned=None)
    shutil.rmtree(folder.path / "models")
    manifest = await asyncio.to_thread(
        make_backup, folder.path, tmp_path / "b", database=folder.database, models=address
    )
    assert manifest.missing == ()
    assert any(name.startswith("models/1/2/") for name in manifest.files)


def test_an_address_names_a_file() -> None:
    """A bucket alone is no place for a backup."""
    with pytest.raises(BackupRefused), brought("file:///bucket/b", Path("new")):
        pass


def _hash(folder: Path, under: str = "") -> dict[str, str]:
    return {
        "/".join(filter(None, (under, path.relative_to(folder).as_posix()))): hashlib.sha256(
            path.read_bytes()
        ).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }
