"""A disk that is full: nothing is said to be saved that is not, reading goes on, and what makes room is written.

The disk is a small one in memory where the tests may mount one; elsewhere SQLite is told that the file may not grow.
"""

import os
import sqlite3
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from bot.db.database import Database, Store
from bot.db.records.counters import Counters
from bot.db.records.outbox import Outbox, OutboxMessage
from bot.db.records.sentences import Sentences
from bot.db.reserve import NAME, Reserve
from bot.errors import DiskFull
from bot.home.service import Home
from bot.labelling.repositories.steps import Steps
from bot.projects.repositories.projects import Projects
from bot.slack.responders import in_words
from ner_engine.annotation import Span
from tests.db.conftest import ANN, HERE, Clock, add, annotate
from tests.support.opening import open_database

MEGABYTE = 2**20


class MountedDisk:
    """A file system of 16 MB."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.reserve = Reserve(folder, size=4 * MEGABYTE, margin=4 * MEGABYTE)

    async def fill(self, database: Database) -> None:
        del database
        with suppress(OSError), (self.folder / "ballast").open("wb", buffering=0) as file:
            while file.write(bytes(4096)) == 4096:
                pass

    async def free(self, database: Database) -> None:
        del database
        (self.folder / "ballast").unlink()


class BoundedFile(MountedDisk):
    """A database file that may not grow, until the reserve is given up."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        give_up = self.reserve.give_up

        def give_up_and_grow() -> None:
            give_up()
            self._limit(self.pages + 1_000)

        self.reserve.give_up = give_up_and_grow  # type: ignore[method-assign]
        self.pages = 0

    async def fill(self, database: Database) -> None:
        async with database.writing() as connection:
            self.driver = (await connection.get_raw_connection()).driver_connection
            [[self.pages]] = await connection.exec_driver_sql("PRAGMA page_count")
        self._limit(self.pages)
        self.reserve.keep = lambda: False  # type: ignore[method-assign]

    async def free(self, database: Database) -> None:
        del database
        self._limit(2**30)
        del self.reserve.keep

    def _limit(self, pages: int) -> None:
        assert self.driver is not None
        connection: sqlite3.Connection = self.driver._conn
        connection.execute(f"PRAGMA max_page_count={pages}")


def can_mount(folder: Path, *, megabytes: int = 16) -> bool:
    if os.geteuid() != 0:
        return False
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


@pytest.fixture(params=["mounted", "bounded"])
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MountedDisk]:
    folder = tmp_path / "disk"
    folder.mkdir()
    if request.param == "bounded" or not can_mount(folder):
        yield BoundedFile(folder)
        return
    try:
        yield MountedDisk(folder)
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture
async def database(disk: MountedDisk) -> AsyncIterator[Database]:
    async with open_database(f"sqlite+aiosqlite:///{disk.folder}/nerbot.db") as opened:
        opened.keep_reserve(disk.reserve)
        yield opened


async def label_until_full(store: Store, project_id: int) -> int:
    """Label until the disk is full; how many labels were acknowledged."""
    for number in range(2_000):
        try:
            async with store.writing(HERE) as tx:
                [sentence] = await add(tx, project_id, f"Sentence {number} " + 150 * "word ")
                await annotate(tx, project_id, sentence, Span(0, 8, "A"))
        except DiskFull:
            return number
    pytest.fail("the disk never was full")


async def test_what_is_acknowledged_is_there_and_what_is_refused_is_not(
    disk: MountedDisk, database: Database, clock: Clock
) -> None:
    store = Store(database, clock)
    async with store.writing(HERE) as tx:
        project_id = (await Projects(tx).ensure_default()).id
    await disk.fill(database)
    acknowledged = await label_until_full(store, project_id)
    async with store.reading(HERE) as tx:
        assert (await Counters(tx).counted(project_id)).get(("finished", ""), 0) == acknowledged
        assert await Counters(tx).kept(project_id) == await Counters(tx).counted(project_id)


async def test_undo_deleting_and_telling_work_on_a_full_disk_and_labels_come_back_with_room(
    disk: MountedDisk, database: Database, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    store = Store(database, clock)
    async with store.writing(HERE) as tx:
        project_id = (await Projects(tx).ensure_default()).id
        [one, two, three] = await add(tx, project_id, "one two", "two", "three")
        await annotate(tx, project_id, one, Span(0, 3, "A"))
    assert (disk.folder / NAME).stat().st_size == 4 * MEGABYTE
    await disk.fill(database)
    await label_until_full(store, project_id)
    assert not disk.reserve.is_kept
    assert [r.message for r in caplog.records].count(
        "the disk is full; the reserve is given up"
    ) == 1
    # Labels would use up what is left.
    with pytest.raises(DiskFull):
        async with store.writing(HERE) as tx:
            await annotate(tx, project_id, two)
    async with store.writing(HERE) as tx:
        step = await Steps(tx).last_step(project_id, ANN, sentence_id=one.id)
        assert step
        assert not (await Steps(tx).undo(project_id, step, request="undo")).finished
    async with store.writing(HERE) as tx:
        assert await Sentences(tx).withdraw(project_id, [three.id]) == {three.id}
        await Outbox(tx).put(OutboxMessage("run 1", "C0", {"text": "x"}))
    page = await Home(store).open(HERE, ANN)
    assert page is not None
    database.keep_reserve(disk.reserve)
    assert not database.has_room
    await disk.free(database)
    database.keep_reserve(disk.reserve)
    assert disk.reserve.is_kept
    async with store.writing(HERE) as tx:
        await annotate(tx, project_id, two)


def test_the_words_say_what_helps() -> None:
    words = in_words(DiskFull())
    assert words.startswith("Nothing was saved, because the disk")
    assert "32 MB" in words
    assert "Undo and deleting still work" in words
    assert "try again in a moment" not in words
