"""A deleted sentence comes back under the labels of now, whatever happened to them meanwhile."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.db.database import Database, Store
from bot.db.transaction import Transaction
from bot.domain.project import Project
from bot.labelling.repositories.annotations import Annotations
from bot.projects.repositories.labels import Labels
from bot.team.values.deletions import Delete, Kind
from bot.team.views.history import undone_view
from tests.db.conftest import ANN, HERE
from tests.db.repositories.test_deletions import all_but_the_record, delete, undo
from tests.db.repositories.test_erasures import fill

Happens = Callable[[Transaction, int], Awaitable[Any]]


@pytest.fixture
def default(project_id: int) -> Project:
    return Project(project_id, "default")


async def labels_on(store: Store, project_id: int, number: int) -> set[str]:
    async with store.reading(HERE) as tx:
        gold = await Annotations(tx).gold(project_id)
    return {span.label for item in gold if item.sentence.id == number for span in item.spans}


async def test_a_sentence_comes_back_under_the_new_name_of_its_label(
    store: Store, database: Database, default: Project
) -> None:
    """Renamed twice and merged meanwhile: all is as if it had been there."""
    number = await fill(store, default.id)
    gone = await delete(store, default, Delete(Kind.SENTENCE, number))
    async with store.writing(HERE) as tx:
        await Labels(tx).rename(default.id, "QLABEL", "SECOND", person=ANN)
        await Labels(tx).rename(default.id, "SECOND", "THIRD", person=ANN)
        merge = await Labels(tx).merge(default.id, "THIRD", "KEPT", person=ANN)
        assert merge
    await undo(store, default, gone)
    assert "KEPT" in await labels_on(store, default.id, number)
    async with store.reading(HERE) as tx:
        assert await Labels(tx).sentences_with(default.id, "QLABEL") == 0
    await undo(store, default, merge)
    assert "THIRD" in await labels_on(store, default.id, number)


async def test_a_sentence_comes_back_without_a_deleted_label_and_gets_it_again_with_the_label(
    store: Store, database: Database, default: Project
) -> None:
    number = await fill(store, default.id)
    before = await all_but_the_record(database)
    gone = await delete(store, default, Delete(Kind.SENTENCE, number))
    label = await delete(store, default, Delete(Kind.LABEL, name="QLABEL"))
    undone = await undo(store, default, gone)
    assert undone.lost == ("QLABEL",)
    assert "is back without its QLABEL phrases" in undone_view(undone).text
    assert "QLABEL" not in await labels_on(store, default.id, number)
    await undo(store, default, label)
    assert await all_but_the_record(database) == before


async def test_a_label_that_was_deleted_and_brought_back_meanwhile_is_as_it_was(
    store: Store, database: Database, default: Project
) -> None:
    number = await fill(store, default.id)
    before = await all_but_the_record(database)
    gone = await delete(store, default, Delete(Kind.SENTENCE, number))
    await undo(store, default, await delete(store, default, Delete(Kind.LABEL, name="QLABEL")))
    async with store.writing(HERE) as tx:
        merge = await Labels(tx).merge(default.id, "QLABEL", "KEPT", person=ANN)
        assert merge
    await undo(store, default, merge)
    assert (await undo(store, default, gone)).lost == ()
    assert await all_but_the_record(database) == before
