"""A statement of the test's own on the database of a bot that runs."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.support.patience import patient


async def execute(data: Path, statement: str) -> None:
    """Execute one statement and commit it.

    In a thread: the bot, on the same event loop, may have a transaction open that it has to end first.
    """
    await asyncio.to_thread(_execute, data / "nerbot.db", statement)


def _execute(file: Path, statement: str) -> None:
    with closing(sqlite3.connect(file, timeout=patient(10))) as database, database:
        database.execute(statement)
