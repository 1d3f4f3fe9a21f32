"""Two bots with a data folder each on one database: what one erases, the other's folder keeps no vector of."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from bot.db.database import Database, Store
from bot.db.served import EVERY_WORKSPACE
from bot.engine.files import EngineFiles
from bot.erasure.commands import Forget, What
from bot.erasure.eraser import Eraser
from bot.erasure.repositories.maintenance import ErasureMaintenance
from bot.erasure.vectors import ErasedVectors
from bot.shelf.disk import DiskShelf
from ner_engine.encoder.vector_store import VectorStore, vector_name
from tests.db.conftest import HERE, Clock, add

GONE, KEPT = "qword one", "qword two"


@dataclass
class Folder:
    """A bot's data folder, with what erases in it."""

    path: Path
    eraser: Eraser
    vectors: ErasedVectors

    def encode(self, *texts: str) -> None:
        for text in texts:
            halves = np.zeros((2, 3), dtype=np.float16)
            VectorStore(self.path / "vectors").write(vector_name(text, "encoder"), halves)

    def has(self) -> set[str]:
        """The texts of which it keeps vectors."""
        store = VectorStore(self.path / "vectors")
        return {
            text for text in (GONE, KEPT) if store.read(vector_name(text, "encoder")) is not None
        }


@pytest.fixture
def folders(store: Store, database: Database, clock: Clock, tmp_path: Path) -> tuple[Folder, ...]:
    maintenance = ErasureMaintenance(database, EVERY_WORKSPACE)

    def make(name: str) -> Folder:
        path = tmp_path / name
        path.mkdir()
        files = EngineFiles(path, DiskShelf(path))
        folder = Folder(
            path,
            Eraser(store, maintenance, files),
            ErasedVectors(maintenance, files, clock=clock),
        )
        folder.encode(GONE, KEPT)
        return folder

    return make("one"), make("other")


async def erase(store: Store, database: Database, folder: Folder, project_id: int) -> None:
    """Erase the one sentence, and clear away after it, as the bot of this folder does."""
    async with store.writing(HERE) as tx:
        (sentence,) = await add(tx, project_id, GONE)
    forget = Forget(What.SENTENCE, sentence.id)
    found = await folder.eraser.find(HERE, project_id, forget)
    async with store.writing(HERE) as tx:
        await folder.eraser.erase(tx, forget, found, by=None)
    for erasure in await ErasureMaintenance(database, EVERY_WORKSPACE).open():
        await folder.eraser.clean(erasure, frozenset())


async def test_a_bots_chore_removes_the_vectors_of_what_another_bot_erased(
    store: Store, database: Database, folders: tuple[Folder, ...], project_id: int
) -> None:
    one, other = folders
    await erase(store, database, one, project_id)
    assert (one.has(), other.has()) == ({KEPT}, {GONE, KEPT})
    await other.vectors.remove()
    assert other.has() == {KEPT}


async def test_what_a_training_that_was_cut_off_wrote_late_is_removed_with_the_next_look(
    store: Store, database: Database, folders: tuple[Folder, ...], project_id: int, clock: Clock
) -> None:
    one, other = folders
    await erase(store, database, one, project_id)
    await other.vectors.remove()
    other.encode(GONE)
    clock.move(minutes=1)
    await other.vectors.remove()
    assert other.has() == {KEPT}


async def test_a_bot_that_was_away_for_longer_than_the_names_are_kept_removes_all_it_has(
    store: Store, database: Database, folders: tuple[Folder, ...], project_id: int, clock: Clock
) -> None:
    one, other = folders
    await erase(store, database, one, project_id)
    clock.move(days=2)
    await one.vectors.remove()
    await other.vectors.remove()
    assert other.has() == set()
    other.encode(KEPT)
    await other.vectors.remove()
    assert other.has() == {KEPT}


async def test_the_names_are_kept_for_a_day_and_no_longer(
    store: Store, database: Database, folders: tuple[Folder, ...], project_id: int, clock: Clock
) -> None:
    one, _ = folders
    maintenance = ErasureMaintenance(database, EVERY_WORKSPACE)
    await erase(store, database, one, project_id)
    counts = []
    for hours in (1, 22, 2):
        clock.move(hours=hours)
        await one.vectors.remove()
        counts.append(sum(len(each.vectors) for each in await maintenance.after(0)))
    assert counts == [1, 1, 0]


async def test_an_older_database_beside_the_folder_lets_it_begin_again(
    folders: tuple[Folder, ...],
) -> None:
    one, _ = folders
    (one.path / "erased-vectors").write_text("7")
    await one.vectors.remove()
    assert one.has() == set()
    assert (one.path / "erased-vectors").read_text() == "0"


async def test_a_bot_looks_when_it_starts_and_once_a_minute(
    store: Store, database: Database, folders: tuple[Folder, ...], project_id: int
) -> None:
    """The chores look every three seconds; walking through the folder as often would cost more than it is worth."""
    one, other = folders
    await erase(store, database, one, project_id)
    left = []
    for _ in range(21):
        other.encode(GONE)
        await other.vectors.look()
        left.append(GONE in other.has())
    assert left == [False, *[True] * 19, False]
