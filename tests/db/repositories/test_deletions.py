"""What was deleted comes back exactly as it was, on both databases."""

from collections.abc import Callable
from typing import Any

import pytest

from bot.db.database import Database, Store
from bot.db.served import EVERY_WORKSPACE
from bot.domain.project import Caller, Project
from bot.domain.runs import RunState
from bot.engine.files import EngineFiles
from bot.erasure.commands import Forget, What
from bot.erasure.eraser import Eraser
from bot.erasure.repositories.maintenance import ErasureMaintenance
from bot.errors import NothingToDo
from bot.labelling.repositories.annotations import Annotations
from bot.labelling.repositories.bin import Bin
from bot.labelling.repositories.queue import Queue
from bot.projects.context import RequestContext
from bot.projects.repositories.labels import Labels
from bot.projects.repositories.projects import Projects
from bot.shelf.disk import DiskShelf
from bot.team import deletions, history
from bot.team.repositories.history import History
from bot.team.values.deletions import ConfirmDelete, Delete, Kind
from bot.team.values.history import Undone, UndoStep
from bot.training.repositories.maintenance import MaintenanceRepository
from ner_engine.annotation import Span
from tests.db.conftest import ANN, BEN, HERE, Clock, add, annotate, claim
from tests.db.repositories.test_erasures import SPAN, fill, rows_with
from tests.db.test_workspaces import everything, put_schedule

Context = Callable[..., Any]
#: What changes though all is as before: the record, and confirmations.
_GROWS = {"event", "confirmation", "bookmark", "merged"}


@pytest.fixture
def default(project_id: int) -> Project:
    return Project(project_id, "default")


async def delete(store: Store, project: Project, what: Delete, person: str = ANN) -> int:
    """Delete after asking; the event that [Undo] undoes."""
    async with store.writing(HERE) as tx:
        context = RequestContext(tx, project, Caller(HERE, "C0", person, "r"))
        asked = await deletions.ask(context, what)
        await deletions.confirm(context, ConfirmDelete(asked.offer))
        return tx.added[-1].event_id


async def undo(store: Store, project: Project, event_id: int) -> Undone:
    async with store.writing(HERE) as tx:
        context = RequestContext(tx, project, Caller(HERE, "C0", ANN, "r2"))
        return await history.undo(context, UndoStep(event_id))


async def all_but_the_record(database: Database) -> dict[str, list[Any]]:
    return {name: rows for name, rows in (await everything(database)).items() if name not in _GROWS}


async def test_a_deleted_sentence_is_out_of_sight_and_comes_back_as_it_was(
    store: Store, database: Database, default: Project
) -> None:
    number = await fill(store, default.id)
    before = await everything(database)
    event_id = await delete(store, default, Delete(Kind.SENTENCE, number))
    async with store.reading(HERE) as tx:
        assert len(await Annotations(tx).gold(default.id)) == 1
        assert number not in {e.sentence_id for e in await History(tx).page(default.id, limit=99)}
    await undo(store, default, event_id)
    after = await everything(database)
    for name, rows in before.items():
        if name == "event":
            assert set(rows) <= set(after[name])
        else:
            assert rows == after[name], name


async def test_a_sentence_whose_text_was_added_again_does_not_come_back(
    store: Store, default: Project
) -> None:
    number = await fill(store, default.id)
    event_id = await delete(store, default, Delete(Kind.SENTENCE, number))
    async with store.writing(HERE) as tx:
        await add(tx, default.id, "qword one")
    with pytest.raises(NothingToDo, match="cannot come back"):
        await undo(store, default, event_id)


async def test_a_deleted_sentence_is_forgotten_like_any_other(
    store: Store, database: Database, default: Project, tmp_path: Any
) -> None:
    number = await fill(store, default.id)
    await delete(store, default, Delete(Kind.SENTENCE, number))
    eraser = Eraser(
        store,
        ErasureMaintenance(database, EVERY_WORKSPACE),
        EngineFiles(tmp_path, DiskShelf(tmp_path)),
    )
    forget = Forget(What.SENTENCE, number)
    found = await eraser.find(HERE, default.id, forget)
    assert found[0].extent.sentences == 1
    async with store.writing(HERE) as tx:
        await eraser.erase(tx, forget, found, by=None)
    for word in ("qword", "qnote", "qreason", "QLABEL"):
        assert await rows_with(database, word) == set(), word


async def test_of_a_forgotten_person_nothing_is_left_in_what_others_deleted(
    store: Store, database: Database, default: Project, tmp_path: Any
) -> None:
    async with store.writing(HERE) as tx:
        (sentence,) = await add(tx, default.id, "stays deleted")
        await annotate(tx, default.id, sentence, Span(0, 5, "A"), person=BEN)
    await delete(store, default, Delete(Kind.SENTENCE, sentence.id))
    eraser = Eraser(
        store,
        ErasureMaintenance(database, EVERY_WORKSPACE),
        EngineFiles(tmp_path, DiskShelf(tmp_path)),
    )
    forget = Forget(What.PERSON, person=BEN)
    found = await eraser.find(HERE, default.id, forget)
    async with store.writing(HERE) as tx:
        await eraser.erase(tx, forget, found, by=None)
    assert await rows_with(database, BEN) == set()
    async with store.reading(HERE) as tx:
        assert await Bin(tx).all(default.id) == {sentence.id: "stays deleted"}
        assert await Queue(tx).waiting(default.id, ANN) == 0


async def test_a_deleted_label_is_on_no_phrase_and_comes_back_on_all_it_was_on(
    store: Store, database: Database, default: Project
) -> None:
    await fill(store, default.id)
    before = await all_but_the_record(database)
    event_id = await delete(store, default, Delete(Kind.LABEL, name="QLABEL"))
    async with store.reading(HERE) as tx:
        assert [label.name for label in await Labels(tx).all(default.id)] == ["KEPT"]
        gold = await Annotations(tx).gold(default.id)
        assert [item.spans for item in gold if SPAN in item.spans] == []
        assert len(gold) == 2
    await undo(store, default, event_id)
    assert await all_but_the_record(database) == before


async def test_a_label_in_whose_place_others_are_does_not_come_back(
    store: Store, default: Project
) -> None:
    number = await fill(store, default.id)
    event_id = await delete(store, default, Delete(Kind.LABEL, name="QLABEL"))
    async with store.writing(HERE) as tx:
        from bot.db.records.sentences import Sentences  # noqa: PLC0415

        sentence = await Sentences(tx).get(default.id, number)
        assert sentence
        await annotate(tx, default.id, sentence, Span(0, 5, "KEPT"))
    with pytest.raises(NothingToDo, match=f"#{number}"):
        await undo(store, default, event_id)


async def test_a_deleted_project_rests_frees_its_name_and_comes_back(
    store: Store, database: Database, default: Project, clock: Clock
) -> None:
    async with store.writing(HERE) as tx:
        other = await Projects(tx).add("Other", person=ANN)
        assert other
        await Projects(tx).bind(other.id, "C1", to=other.id, person=ANN)
        run = await claim(tx, other.id)
        assert run
        await put_schedule(tx, other.id, clock)
    maintenance = MaintenanceRepository(database, EVERY_WORKSPACE, clock)
    event_id = await delete(store, default, Delete(Kind.PROJECT, name="other"))
    assert await maintenance.schedules() == ()
    async with store.reading(HERE) as tx:
        assert await Projects(tx).all() == (default,)
        assert await Projects(tx).of_channel("C1") == default
        from bot.db.records.runs import Runs  # noqa: PLC0415

        ended = await Runs(tx).get(run.id)
        assert ended
        assert ended.state is RunState.CANCELLED
    await undo(store, default, event_id)
    assert len(await maintenance.schedules()) == 1
    async with store.reading(HERE) as tx:
        assert await Projects(tx).of_channel("C1") == other


async def test_the_default_project_is_not_deleted(store: Store, default: Project) -> None:
    with pytest.raises(NothingToDo, match="forget project"):
        await delete(store, default, Delete(Kind.PROJECT, name="default"))
