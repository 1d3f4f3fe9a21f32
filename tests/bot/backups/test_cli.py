"""`nerbot backup` and `nerbot restore` as they are typed."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bot.backups.conftest import DataFolder, fill
from tests.db.conftest import Server, server  # noqa: F401 a fixture
from tests.support.patience import patient


def nerbot(*arguments: object, **more: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NERBOT_")}
    return subprocess.run(
        [sys.executable, "-m", "bot", *map(str, arguments)],
        env=kept | {"NERBOT_ENV_FILE": ""} | more,
        capture_output=True,
        text=True,
        check=False,
        timeout=patient(60),
    )


def test_a_backup_and_its_restore_say_what_they_did(folder: DataFolder, tmp_path: Path) -> None:
    made = nerbot("backup", tmp_path / "b.tar", NERBOT_DATA=str(folder.path))
    assert (made.returncode, made.stderr) == (0, "")
    assert "sentences: 20, live models: 1" in made.stdout
    again = nerbot("backup", tmp_path / "b.tar", NERBOT_DATA=str(folder.path))
    assert again.returncode == 2
    assert again.stderr.startswith("nerbot: There is already something")
    restored = nerbot("restore", tmp_path / "b.tar", NERBOT_DATA=str(tmp_path / "new"))
    assert (restored.returncode, restored.stderr) == (0, "")
    assert (tmp_path / "new" / "nerbot.db").exists()
    assert nerbot("restore", tmp_path / "b.tar", tmp_path / "new").returncode == 2


def test_where_there_is_no_database_it_says_so_and_makes_none(tmp_path: Path) -> None:
    told = nerbot("backup", tmp_path / "b", NERBOT_DATA=str(tmp_path / "data"))
    assert told.returncode == 2
    assert "NERBOT_DATA: there is no database" in told.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def address(server: Server) -> Iterator[str]:  # noqa: F811
    name = server.create()
    yield server.url(name)
    server.drop(name)


def test_postgresql_is_refused_with_the_tool_that_does_it_and_its_models_are_kept(
    address: str, tmp_path: Path
) -> None:
    class Elsewhere(DataFolder):
        url = address

    asyncio.run(fill(Elsewhere(tmp_path / "data")))
    address = address.replace("postgresql://", "postgresql+asyncpg://")
    told = nerbot(
        "backup", tmp_path / "b", NERBOT_DATA=str(tmp_path / "data"), NERBOT_DATABASE_URL=address
    )
    assert told.returncode == 1
    assert "pg_dump" in told.stderr
    assert "live models: 1" in told.stdout
    assert (tmp_path / "b" / "models" / "1" / "2" / "MANIFEST.json").exists()
    assert not (tmp_path / "b" / "nerbot.db").exists()
