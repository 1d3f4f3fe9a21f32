"""The database and the small Slack, opened so that a slow machine has the time it needs."""

import atexit
import shutil
import subprocess
import sys
import tempfile
from contextlib import AbstractAsyncContextManager
from functools import cache
from pathlib import Path

from bot.db.database import Database
from bot.db.transactions import PATIENCE
from bot.playground import Timing
from tests.support.patience import patient

OPEN = """
import asyncio, sys
from bot.db.database import Database

async def main():
    async with Database.open(sys.argv[1]):
        print("alembic" in sys.modules)

asyncio.run(main())
"""
"""Opens the database at an address, and says whether it had to be migrated."""


def patient_timing() -> Timing:
    """A small Slack that gives the bot, and the test, more time than Slack does."""
    return Timing(ack=patient(3), trigger=patient(3), until=patient(5))


def open_database(url: str) -> AbstractAsyncContextManager[Database]:
    """A database whose transactions wait until they can begin."""
    return Database.open(url, patience=patient(PATIENCE))


@cache
def sqlite_template() -> Path:
    """An SQLite database with all tables and no row: to migrate an empty one takes longer than most tests."""
    folder = tempfile.mkdtemp(prefix="nerbot-template-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    file = Path(folder) / "nerbot.db"
    subprocess.run([sys.executable, "-c", OPEN, f"sqlite:///{file}"], check=True)
    return file


def copy_tables(data: Path) -> None:
    """Give a new data folder a database that has its tables."""
    if not (data / "nerbot.db").exists():
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copy(sqlite_template(), data / "nerbot.db")


def tables_in(folder: Path) -> str:
    """The address of a folder's database, which has its tables now."""
    copy_tables(folder)
    return f"sqlite+aiosqlite:///{folder}/nerbot.db"
