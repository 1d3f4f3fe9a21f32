"""Write transactions of SQLite that share a COMMIT: each is still whole by itself."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import event as listeners
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from bot.db.database import Database
from bot.db.records.outbox_delivery import OutboxDelivery
from bot.db.served import EVERY_WORKSPACE
from bot.errors import StoreUnavailable
from tests.support.opening import open_database
from tests.support.patience import patient

_ADD = text("INSERT INTO note VALUES (:words)")


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with open_database(f"sqlite:///{tmp_path}/x.db") as database:
        async with database.writing() as connection:
            await connection.execute(text("CREATE TABLE note (words TEXT NOT NULL)"))
        yield database


@pytest.fixture
def commits(database: Database) -> list[object]:
    found: list[object] = []
    listeners.listen(database._writers.engine.sync_engine, "commit", found.append)
    return found


async def write(database: Database, words: str, *, alone: bool = False) -> None:
    async with database.writing(alone=alone) as connection:
        await connection.execute(_ADD, {"words": words})
        if words == "fails":
            raise ZeroDivisionError


async def notes(database: Database) -> list[str]:
    async with database.reading() as connection:
        return list(await connection.scalars(text("SELECT words FROM note ORDER BY rowid")))


async def write_all(database: Database, *words: str) -> list[type]:
    """How writes ended that were asked for at once."""
    writes = (write(database, each) for each in words)
    return [type(end) for end in await asyncio.gather(*writes, return_exceptions=True)]


async def test_those_that_wait_share_a_commit(database: Database, commits: list[object]) -> None:
    await write_all(database, *"abcdef")
    assert (await notes(database), len(commits)) == ([*"abcdef"], 1)


async def test_one_that_ended_is_kept_when_it_says_so(database: Database) -> None:
    async def check(number: int) -> None:
        await write(database, f"{number}")
        assert f"{number}" in await notes(database)

    await asyncio.gather(*(check(number) for number in range(40)))


@pytest.mark.parametrize("words", ["a fails b fails fails c", "fails a b c", "a b c fails"])
async def test_one_that_fails_leaves_no_trace_and_the_others_are_kept(
    database: Database, words: str
) -> None:
    ends = await write_all(database, *words.split())
    assert await notes(database) == ["a", "b", "c"]
    assert ends.count(ZeroDivisionError) == words.count("fails")


async def test_a_commit_that_fails_is_told_to_all_and_the_next_one_is_kept(
    database: Database,
) -> None:
    def fail(_: object) -> None:
        raise OperationalError("COMMIT", {}, OSError("disk I/O error"))

    listeners.listen(database._writers.engine.sync_engine, "commit", fail, once=True)
    assert await write_all(database, *"abc") == [StoreUnavailable] * 3
    await write(database, "d")
    assert await notes(database) == ["d"]


async def test_what_takes_the_whole_transaction_back_is_told_to_all_in_it(
    database: Database,
) -> None:
    """As SQLite does by itself on a full disk."""

    async def lose() -> None:
        async with database.writing() as connection:
            await connection.execute(_ADD, {"words": "x"})
            await connection.exec_driver_sql("ROLLBACK")
            raise ZeroDivisionError

    ends = await asyncio.gather(
        write(database, "a"), lose(), write(database, "b"), return_exceptions=True
    )
    assert [type(end) for end in ends] == [StoreUnavailable, ZeroDivisionError, type(None)]
    assert await notes(database) == ["b"]


async def test_nobody_waits_for_one_that_takes_long(database: Database) -> None:
    begun = asyncio.Event()
    go_on = asyncio.Event()

    async def takes_long() -> None:
        async with database.writing(alone=True) as connection:
            await connection.execute(_ADD, {"words": "long"})
            begun.set()
            await go_on.wait()

    short = asyncio.create_task(write(database, "short"))
    await asyncio.sleep(0)
    long = asyncio.create_task(takes_long())
    await begun.wait()
    await asyncio.wait_for(short, patient(10))
    assert await notes(database) == ["short"]
    go_on.set()
    await long
    assert await notes(database) == ["short", "long"]


async def test_another_process_that_writes_is_waited_for(
    database: Database, tmp_path: Path
) -> None:
    """The event loop goes on meanwhile."""
    async with open_database(f"sqlite:///{tmp_path}/x.db") as other:
        async with other.writing() as theirs:
            await theirs.execute(_ADD, {"words": "theirs"})
            mine = asyncio.create_task(write(database, "mine"))
            await asyncio.wait_for(asyncio.sleep(0.1), patient(2))
            assert not mine.done()
        await mine
    assert await notes(database) == ["theirs", "mine"]


async def test_where_nothing_is_due_the_outbox_keeps_nobody_from_writing(
    tmp_path: Path,
) -> None:
    """It looks every two seconds, and at each step of a training."""
    url = f"sqlite+aiosqlite:///{tmp_path}/nerbot.db"
    async with open_database(url) as database:
        other = sqlite3.connect(tmp_path / "nerbot.db")
        other.execute("BEGIN IMMEDIATE")
        async with asyncio.timeout(patient(1)):
            assert (
                await OutboxDelivery(database, EVERY_WORKSPACE, lambda: datetime.now(UTC)).claim(
                    limit=8
                )
                == ()
            )
        other.close()
