"""What is erased with a sentence, a person and a project, on both databases; what stays."""

from typing import Any

import pytest
from sqlalchemy import String, cast, literal, or_, select, update

from bot.api import values as api
from bot.api.repositories.tokens import Tokens
from bot.db.database import Database, Store
from bot.db.records.outbox import Outbox, OutboxMessage
from bot.db.records.runs import Runs
from bot.db.records.sentences import Sentences
from bot.db.served import EVERY_WORKSPACE
from bot.db.tables import metadata
from bot.db.tables.sentences import event
from bot.domain.events import EventKind
from bot.domain.roles import Role
from bot.engine.files import EngineFiles
from bot.erasure.commands import Forget, What
from bot.erasure.eraser import Eraser
from bot.erasure.repositories.maintenance import ErasureMaintenance
from bot.errors import StoreUnavailable
from bot.labelling.repositories.annotations import Annotations
from bot.labelling.repositories.flags import Flags
from bot.labelling.repositories.queue import Queue
from bot.projects.repositories.labels import Labels
from bot.projects.repositories.projects import Projects
from bot.projects.repositories.roles import Roles
from bot.shelf.disk import DiskShelf
from bot.team.repositories.decisions import Decisions
from bot.team.repositories.history import History
from ner_engine.annotation import Span
from tests.db.conftest import ANN, BEN, HERE, add, annotate, claim

SPAN = Span(0, 4, "QLABEL")
OTHER = Span(0, 4, "KEPT")


@pytest.fixture
def eraser(store: Store, database: Database, tmp_path: Any) -> Eraser:
    return Eraser(
        store,
        ErasureMaintenance(database, EVERY_WORKSPACE),
        EngineFiles(tmp_path, DiskShelf(tmp_path)),
    )


async def rows_with(database: Database, word: str) -> set[str]:
    """The tables in which a word is, in any column."""
    found = set()
    async with database.reading() as connection:
        for table in metadata.sorted_tables:
            told = or_(*(cast(column, String).contains(word) for column in table.c))
            if (await connection.execute(select(literal(1)).where(told).limit(1))).first():
                found.add(table.name)
    return found


async def fill(store: Store, project_id: int) -> int:
    """Ann's sentence with all that people can say of it, beside one that both labelled; its number."""
    async with store.writing(HERE) as tx:
        mine, both = await add(tx, project_id, "qword one", "pain here")
        await Labels(tx).add(project_id, "QLABEL", person=ANN)
        await Labels(tx).add(project_id, "KEPT", person=ANN)
        await annotate(tx, project_id, mine, SPAN)
        await annotate(tx, project_id, both, OTHER)
        await annotate(tx, project_id, both, OTHER, person=BEN)
        await Flags(tx).put(project_id, ANN, mine.id, note="qnote")
        made = await Decisions(tx).decide(project_id, mine, (SPAN,), at_stake=((0, 4),), person=ANN)
        await Decisions(tx).give_reason(project_id, made, "qreason", person=ANN)
        await Outbox(tx).put(OutboxMessage("run 1", "C0", {"text": "see qword one"}))
        run = await claim(tx, project_id)
        assert run
        await Runs(tx).keep_log(run.id, "qlog")
        await Roles(tx).give(project_id, ANN, Role.OWNER, by=BEN)
        scopes = frozenset({api.Scope.READ})
        await Tokens(tx).add(
            project_id, name="qtoken", scopes=scopes, person=ANN, secret_hash="qhash"
        )
    return mine.id


async def erase(store: Store, eraser: Eraser, project_id: int, forget: Forget) -> None:
    found = await eraser.find(HERE, project_id, forget)
    async with store.writing(HERE) as tx:
        await eraser.erase(tx, forget, found, by=None)


async def test_with_a_sentence_all_goes_that_was_ever_said_of_it(
    store: Store, database: Database, eraser: Eraser, project_id: int
) -> None:
    number = await fill(store, project_id)
    assert await rows_with(database, "qword") >= {"sentence", "outbox", "precedent"} - {"precedent"}
    await erase(store, eraser, project_id, Forget(What.SENTENCE, number))
    for word in ("qword", "QLABEL", "qnote", "qreason", "qlog"):
        assert await rows_with(database, word) == set(), word
    async with store.reading(HERE) as tx:
        assert [label.name for label in await Labels(tx).all(project_id)] == ["KEPT"]
        assert len(await Annotations(tx).gold(project_id)) == 1
        assert await Runs(tx).active(project_id) is None


async def test_with_a_person_their_name_goes_and_what_others_did_stays(
    store: Store, database: Database, eraser: Eraser, project_id: int
) -> None:
    await fill(store, project_id)
    await erase(store, eraser, project_id, Forget(What.PERSON, person=ANN))
    assert await rows_with(database, ANN) == set()
    for word in ("qword", "qnote", "qreason", "qlog", "qtoken", "qhash"):
        assert await rows_with(database, word) == set(), word
    async with store.reading(HERE) as tx:
        found = await Sentences(tx).find(project_id, "pain here")
        assert found is not None
        assert (await Annotations(tx).of(found, BEN)).spans == (OTHER,)
        kinds = {each.kind for each in await History(tx).page(project_id, limit=50)}
        assert EventKind.LABEL_ADDED in kinds


async def test_a_sentence_that_only_a_forgotten_person_finished_waits_again(
    store: Store, eraser: Eraser, project_id: int
) -> None:
    async with store.writing(HERE) as tx:
        (sentence,) = await add(tx, project_id, "pain here")
        await annotate(tx, project_id, sentence, OTHER, person=BEN)
        assert await Queue(tx).next(project_id, ANN) is None
    await erase(store, eraser, project_id, Forget(What.PERSON, person=BEN))
    async with store.writing(HERE) as tx:
        assert await Queue(tx).next(project_id, ANN) == sentence


async def test_with_a_project_nothing_of_it_is_left_and_others_stay(
    store: Store, database: Database, eraser: Eraser, project_id: int
) -> None:
    await fill(store, project_id)
    async with store.writing(HERE) as tx:
        other = await Projects(tx).add("qother", person=BEN)
        assert other
        await add(tx, other.id, "stays")
    await erase(store, eraser, project_id, Forget(What.PROJECT, project="default"))
    for word in ("qword", "KEPT", "qnote", "pain here"):
        assert await rows_with(database, word) == set(), word
    await erase(store, eraser, other.id, Forget(What.PROJECT, project="qother"))
    assert await rows_with(database, "qother") | await rows_with(database, "stays") == set()
    async with store.reading(HERE) as tx:
        assert [project.name for project in await Projects(tx).all()] == ["default"]


async def test_of_an_event_nothing_but_the_name_can_be_erased(
    store: Store, database: Database, project_id: int
) -> None:
    await fill(store, project_id)
    for change in ({"person": BEN}, {"person": "nobody", "kind": "x"}, {"detail": {"to": "x"}}):
        with pytest.raises(StoreUnavailable, match=r"SQLITE_CONSTRAINT_TRIGGER|P0001"):
            async with database.writing() as connection:
                await connection.execute(update(event).values(**change))
    async with database.writing() as connection:
        await connection.execute(update(event).values(person="nobody"))


async def test_after_wiping_no_deleted_word_is_in_the_files(
    store: Store, database: Database, eraser: Eraser, project_id: int, url: str, backend: str
) -> None:
    number = await fill(store, project_id)
    await erase(store, eraser, project_id, Forget(What.SENTENCE, number))
    await database.wipe()
    if backend == "sqlite":
        from pathlib import Path  # noqa: PLC0415

        file = Path(url.partition(":///")[2])
        for path in file.parent.glob(f"{file.name}*"):
            content = path.read_bytes()
            assert not [w for w in (b"qword", b"QLABEL", b"qnote") if w in content], path
