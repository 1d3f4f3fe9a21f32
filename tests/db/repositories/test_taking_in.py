"""A model that came as a package: its files go up before the transaction that names them."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import pytest

from bot.db.database import Store
from bot.db.records.sentences import Sentences
from bot.erasure.repositories.erasures import Erasures
from bot.errors import NothingToDo
from bot.models.importing import ArrivedModel, take_in
from bot.models.repositories.models import Models
from bot.shelf.disk import DiskShelf
from tests.db.conftest import HERE, add, claim
from tests.support.patience import patient


class SlowShelf(DiskShelf):
    """A shelf behind a network: something else happens while a model is on its way."""

    is_shared = True

    def __init__(self, data: Path, meanwhile: Callable[[], Awaitable[object]]) -> None:
        super().__init__(data)
        self._meanwhile = meanwhile
        self.here: set[int] = set()

    async def publish(self, _project_id: int, version: int, _directory: Path) -> bool:
        async with asyncio.timeout(patient(20)):
            await self._meanwhile()
        self.here.add(version)
        return True

    async def remove(self, _project_id: int, versions: Sequence[int]) -> None:
        self.here -= {*versions}


def arrived(folder: Path) -> ArrivedModel:
    return ArrivedModel(
        folder=folder,
        labels=("SYMPTOM",),
        meanings={},
        preset="encoder",
        seed=1,
        sentences=12,
        evaluation=None,
    )


async def test_while_the_files_go_up_others_of_the_workspace_write(
    store: Store, project_id: int, tmp_path: Path
) -> None:
    async def label() -> None:
        async with store.writing(HERE) as tx:
            await add(tx, project_id, "written meanwhile")

    shelf = SlowShelf(tmp_path, label)
    taken = await take_in(store, HERE, project_id, arrived(tmp_path), shelf=shelf)
    async with store.reading(HERE) as tx:
        assert [each.number for each in await Models(tx).versions(project_id)] == [taken.version]
        assert await Sentences(tx).find(project_id, "written meanwhile") is not None
    assert shelf.here == {taken.version}


async def test_where_the_project_began_to_train_meanwhile_the_files_go_again(
    store: Store, project_id: int, tmp_path: Path
) -> None:
    async def train() -> None:
        async with store.writing(HERE) as tx:
            assert await claim(tx, project_id)

    shelf = SlowShelf(tmp_path, train)
    with pytest.raises(NothingToDo, match="is training now"):
        await take_in(store, HERE, project_id, arrived(tmp_path), shelf=shelf)
    assert shelf.here == set()


async def test_while_something_is_being_forgotten_no_model_comes_whose_files_would_be_cleared_away(
    store: Store, project_id: int, tmp_path: Path
) -> None:
    async def never() -> None:
        raise AssertionError("nothing is to go up")

    async with store.writing(HERE) as tx:
        await Erasures(tx).note(project_id, None, ())
    with pytest.raises(NothingToDo, match="being forgotten"):
        await take_in(store, HERE, project_id, arrived(tmp_path), shelf=SlowShelf(tmp_path, never))
