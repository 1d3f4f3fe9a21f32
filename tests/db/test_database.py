"""What a transaction is."""

import asyncio
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import event as listeners
from sqlalchemy import text

from bot.db.database import Database, Store
from bot.db.records.sentences import Sentences
from bot.errors import SettingsError, StoreUnavailable
from bot.labelling.repositories.phrases import Phrases
from bot.projects.repositories.projects import Projects
from tests.db.conftest import ANN, HERE, Clock, add
from tests.support.opening import open_database
from tests.support.patience import patient

# A statement that goes on for longer than any test waits, on each database.
SLOW = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n",
    "postgresql": "SELECT pg_sleep(3600)",
}

ON_A_SERVER = pytest.mark.parametrize("backend", ["postgresql"], indirect=True)


async def texts(store: Store, project_id: int) -> list[str]:
    async with store.reading(HERE) as tx:
        return [found.text for found in await Phrases(tx).texts_with(project_id, [""], limit=100)]


async def test_what_was_written_is_read_by_another_connection_once_the_block_has_ended(
    url: str, store: Store, clock: Clock, project_id: int
) -> None:
    async with store.writing(HERE) as tx:
        await add(tx, project_id, "kept")
    async with open_database(url) as other:
        assert await texts(Store(other, clock), project_id) == ["kept"]


async def test_what_is_being_written_is_seen_by_nobody_else(store: Store, project_id: int) -> None:
    async with store.writing(HERE) as tx:
        await add(tx, project_id, "not yet")
        assert await texts(store, project_id) == []


async def test_a_raised_error_rolls_everything_back(store: Store, project_id: int) -> None:
    with pytest.raises(ZeroDivisionError):  # noqa: PT012 - the block is what is tested
        async with store.writing(HERE) as tx:
            await add(tx, project_id, "one", "two")
            raise ZeroDivisionError
    assert await texts(store, project_id) == []


async def test_an_error_leaves_what_was_committed_before_it(store: Store, project_id: int) -> None:
    async with store.writing(HERE) as tx:
        await add(tx, project_id, "before")
    with pytest.raises(ZeroDivisionError):  # noqa: PT012 - the block is what is tested
        async with store.writing(HERE) as tx:
            await add(tx, project_id, "after")
            raise ZeroDivisionError
    assert await texts(store, project_id) == ["before"]


async def test_writers_of_a_workspace_never_interleave(
    url: str, store: Store, clock: Clock, project_id: int
) -> None:
    inside: list[str] = []

    async def write(here: Store, name: str) -> None:
        async with here.writing(HERE) as tx:
            inside.append(name)
            await add(tx, project_id, name)
            await asyncio.sleep(0.01)
            inside.append(name)

    async with open_database(url) as other:
        stores = (store, Store(other, clock))
        await asyncio.gather(*(write(stores[i % 2], f"writer {i}") for i in range(8)))
    assert [*inside[::2]] == [*inside[1::2]]


async def test_a_reader_sees_one_state_throughout(store: Store, project_id: int) -> None:
    async with store.reading(HERE) as reading:
        assert await Sentences(reading).find(project_id, "new") is None
        async with store.writing(HERE) as writing:
            await add(writing, project_id, "new")
        assert await Sentences(reading).find(project_id, "new") is None


async def test_a_reader_cannot_write(store: Store, project_id: int) -> None:
    with pytest.raises(StoreUnavailable):
        async with store.reading(HERE) as tx:
            await add(tx, project_id, "forbidden")


async def test_readers_do_not_wait_for_a_writer(store: Store, project_id: int) -> None:
    async with store.writing(HERE) as tx:
        await add(tx, project_id, "being written")
        async with asyncio.timeout(patient(1)):
            assert await texts(store, project_id) == []


@pytest.mark.parametrize("moment", ["while writing", "while a statement runs"])
async def test_a_cancelled_write_leaves_nothing_and_the_store_usable(
    database: Database, store: Store, project_id: int, moment: str, backend: str
) -> None:
    began = asyncio.Event()

    async def write() -> None:
        async with database.writing() as connection:
            await connection.execute(text("DELETE FROM project"))
            began.set()
            if moment == "while writing":
                await asyncio.sleep(3600)
            await connection.execute(text(SLOW[backend]))

    task = asyncio.create_task(write())
    await began.wait()
    await asyncio.sleep(0.02)
    task.cancel()
    await asyncio.wait([task], timeout=patient(5))  # the statement itself goes on for longer
    assert task.cancelled()
    async with store.writing(HERE) as tx:
        assert (await Projects(tx).ensure_default()).id == project_id


async def test_a_write_cancelled_while_it_commits_is_committed_and_its_connection_kept(
    database: Database, store: Store, project_id: int
) -> None:
    async def write() -> None:
        async with store.writing(HERE) as tx:
            await add(tx, project_id, "kept")

    task = asyncio.create_task(write())
    engine = database._writers.engine.sync_engine
    lost: list[object] = []
    listeners.listen(engine, "commit", lambda _: task.cancel(), once=True)
    listeners.listen(engine, "invalidate", lambda connection, *_: lost.append(connection))
    with pytest.raises(asyncio.CancelledError):
        await task
    async with store.writing(HERE) as tx:
        assert await Sentences(tx).find(project_id, "kept") is not None
    assert lost == []


async def test_writes_cancelled_at_every_moment_and_twice_are_whole_or_absent(
    store: Store, project_id: int
) -> None:
    async def write(name: str) -> None:
        async with store.writing(HERE) as tx:
            await add(tx, project_id, f"{name} a", f"{name} b")

    for steps in range(60):
        task = asyncio.create_task(write(f"{steps:02}"))
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    async with store.writing(HERE) as tx:
        await add(tx, project_id, "zz a", "zz b")
    found = await texts(store, project_id)
    assert found[::2] == [name.replace(" b", " a") for name in found[1::2]]


async def test_a_write_cancelled_while_it_waits_gives_its_turn_back(
    store: Store, project_id: int
) -> None:
    async def write(name: str) -> None:
        async with store.writing(HERE) as tx:
            await add(tx, project_id, name)

    async with store.writing(HERE) as tx:
        waiting = [asyncio.create_task(write(f"waiting {i}")) for i in range(4)]
        await asyncio.sleep(0.05)
        for task in waiting[:3]:
            task.cancel()
        await asyncio.gather(*waiting[:3], return_exceptions=True)
        await add(tx, project_id, "first")
    await waiting[3]
    assert await texts(store, project_id) == ["first", "waiting 3"]


async def test_whoever_waits_too_long_to_write_is_told_that_nothing_was_saved(
    url: str, store: Store, clock: Clock, project_id: int
) -> None:
    async with Database.open(url, patience=0.1) as hurried, store.writing(HERE):
        with pytest.raises(StoreUnavailable, match="busy"):
            async with Store(hurried, clock).writing(HERE):
                pytest.fail("two writers at once")
    async with store.writing(HERE) as tx:
        assert await Projects(tx).default() is not None


async def test_a_full_disk_is_told_as_unavailable_and_reading_goes_on(
    database: Database, store: Store, project_id: int, backend: str
) -> None:
    full = {
        "sqlite": "PRAGMA max_page_count = 1",
        # PostgreSQL's disk cannot be filled from here; it refuses the write for another reason.
        "postgresql": "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
    }
    async with database.writing() as connection:
        await connection.execute(text(full[backend]))
    with pytest.raises(StoreUnavailable) as raised:
        async with store.writing(HERE) as tx:
            await add(tx, project_id, *(f"{i} {'x' * 1900}" for i in range(20)))
    assert raised.value.__cause__ is not None
    assert await texts(store, project_id) == []


async def test_an_error_of_the_database_tells_no_text(
    database: Database, store: Store, project_id: int, backend: str
) -> None:
    with pytest.raises(StoreUnavailable) as raised:
        async with store.reading(HERE) as tx:
            await add(tx, project_id, "the patient's secret")
    told = f"{raised.value} {raised.value.__cause__}"
    assert "secret" not in told


async def test_a_connection_that_cannot_write_is_replaced(tmp_path: Path, clock: Clock) -> None:
    async with open_database(f"sqlite+aiosqlite:///{tmp_path}/nerbot.db") as database:
        store = Store(database, clock)
        # What a file is like that was opened for reading only.
        async with database.writing() as connection:
            await connection.exec_driver_sql("PRAGMA query_only=ON")
        with pytest.raises(StoreUnavailable):
            async with store.writing(HERE) as tx:
                await Projects(tx).ensure_default()
        async with store.writing(HERE) as tx:
            assert (await Projects(tx).ensure_default()).name == "default"


@ON_A_SERVER
async def test_connections_the_server_closed_are_replaced(
    database: Database, store: Store, project_id: int, backend: str
) -> None:
    assert await texts(store, project_id) == []
    async with database.writing() as connection:
        await connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    for _ in range(3):
        assert await texts(store, project_id) == []
        async with store.writing(HERE) as tx:
            assert await Projects(tx).default() is not None


@ON_A_SERVER
async def test_a_lost_connection_is_told_as_unavailable(
    url: str, database: Database, project_id: int, backend: str
) -> None:
    async with open_database(url) as other:
        with pytest.raises(StoreUnavailable):  # noqa: PT012 - as above
            async with database.writing() as mine:
                pid = await mine.scalar(text("SELECT pg_backend_pid()"))
                async with other.writing() as theirs:
                    await theirs.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
                await mine.execute(text("SELECT 1"))


WRITER = """
import asyncio, sys
from datetime import UTC, datetime
from bot.db.database import Database
from bot.db.records.sentences import Sentences
from bot.db.database import Store
from bot.projects.repositories.projects import Projects

async def main(url):
    async with Database.open(url) as database:
        store = Store(database, lambda: datetime.now(UTC))
        for number in range(10_000):
            async with store.writing("T0HERE") as work:
                project = await Projects(work).ensure_default()
                await Sentences(work).add(project.id, f"text {number}", (), person="U", source="test")
            print(number, flush=True)

asyncio.run(main(sys.argv[1]))
"""


async def test_what_was_said_to_be_saved_survives_a_kill(url: str, clock: Clock) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WRITER, url, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    said = [int(await process.stdout.readline()) for _ in range(25)]
    os.kill(process.pid, signal.SIGKILL)
    said += [int(line) for line in (await process.stdout.read()).split(b"\n")[:-1]]
    await process.wait()
    async with open_database(url) as database, Store(database, clock).reading(HERE) as tx:
        project = await Projects(tx).default()
        assert project is not None
        for number in said:
            assert await Sentences(tx).find(project.id, f"text {number}") is not None


async def test_only_the_bots_own_user_may_read_the_file(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "data" / "nerbot.db"
    async with open_database(f"sqlite:///{file}") as database, database.writing():
        files = [file, *file.parent.glob("*-wal"), *file.parent.glob("*-shm")]
        modes = {stat.S_IMODE(each.stat().st_mode) for each in files}
        assert modes == {0o600}
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


async def test_sqlite_is_set_to_lose_nothing(tmp_path: Path) -> None:
    wanted = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 5000,
        "secure_delete": 1,
    }
    async with (
        Database.open(f"sqlite:///{tmp_path}/x.db") as database,
        database.writing() as connection,
    ):
        found = {name: await connection.scalar(text(f"PRAGMA {name}")) for name in wanted}
    assert found == wanted


@pytest.mark.parametrize(
    "address", ["", "nonsense", "mysql://x/y", "sqlite://", "sqlite:///:memory:", "sqlite:///"]
)
async def test_an_address_that_cannot_be_used_is_named(address: str) -> None:
    with pytest.raises(SettingsError, match="database URL"):
        async with open_database(address):
            pytest.fail("opened")


@pytest.mark.parametrize(
    "address",
    ["sqlite:////proc/nowhere/x.db", "postgresql://nobody@127.0.0.1:1/none"],
)
async def test_a_database_that_does_not_open_is_unavailable(address: str) -> None:
    with pytest.raises(StoreUnavailable):
        async with open_database(address):
            pytest.fail("opened")


async def test_a_file_that_is_no_database_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_text(f"{ANN} " * 1000)
    with pytest.raises(StoreUnavailable):
        async with open_database(f"sqlite:///{tmp_path}/x.db"):
            pytest.fail("opened")
