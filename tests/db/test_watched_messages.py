"""What is kept of watched channels, and what is not: on both databases."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.db.database import Database, Store
from bot.db.records.entity_changes import EntityChanges
from bot.db.tables import metadata
from bot.db.tables.projects import project
from bot.db.tables.watching import entity, entity_change, watched_message, watched_sentence
from bot.domain.entities import ChangeKind, EntityState
from bot.erasure.repositories.watched import Watched
from bot.outputs.repository import Outputs
from bot.outputs.values import OutputKind
from bot.projects.repositories.projects import Projects
from bot.projects.values import ProjectSettings
from bot.watching.amending import amend
from bot.watching.keeping import Keeping
from bot.watching.repositories.entities import Entities
from bot.watching.repositories.messages import Messages
from bot.watching.repositories.retention import Retention
from bot.watching.repositories.watches import Watches
from bot.watching.values import ChannelMessage, NewReading, ReadSentence, Watch
from tests.db.conftest import ANN, BEN, HERE, Clock

TEXT = "He has a fever."
FEVER = NewReading(1, 9, 14, "SYMPTOM", "fever", 0.9, 1, EntityState.OUT)


def message(number: int, *, author: str = ANN) -> ChannelMessage:
    """A message with this number."""
    ts = f"19000000{number:02d}.000100"
    return ChannelMessage("C1", ts, ts, author, (TEXT,))


@pytest.fixture
async def watch(store: Store, project_id: int) -> Watch:
    """A watched channel."""
    async with store.writing(HERE) as tx:
        made = await Watches(tx).add(project_id, "C1", person=ANN, since="0", reached=None)
    assert made is not None
    return made


async def read(store: Store, *found: NewReading, text: str | None = None) -> None:
    """Everything that waits is read, with this in it."""
    async with store.writing(HERE) as tx:
        for each in await Messages(tx).claim(most=99):
            before = await Entities(tx).of(each.project_id, each.id)
            number, _ = await Entities(tx).apply(each.project_id, each.id, amend(before, found))
            sentences = (ReadSentence(1, TEXT, ()),)
            await Messages(tx).finish(each, sentences, said={}, model=1, entities=number, text=text)


async def changes(store: Store, project_id: int) -> list[tuple[ChangeKind, str, str]]:
    """What outputs are told."""
    async with store.reading(HERE) as tx:
        told = await EntityChanges(tx).after(project_id, 0, limit=999)
    return [(each.kind, each.entity.label, each.entity.text) for each in told]


async def rows(database: Database, table: Any) -> int:
    """How many rows there are."""
    async with database.reading() as connection:
        return len((await connection.execute(select(table))).all())


async def test_a_message_is_news_once_whatever_comes_late_or_twice(
    store: Store, watch: Watch
) -> None:
    one = message(1)
    edited = replace(one, revision="1900000099.000100")
    gone = replace(one, revision="1900000999.000100", is_gone=True, lines=())
    async with store.writing(HERE) as tx:
        news = [
            await Messages(tx).receive(watch, each) is not None
            for each in (edited, one, edited, gone, one, edited, gone)
        ]
    assert news == [True, False, False, True, False, False, False]


async def test_no_text_is_in_the_database_once_outputs_have_it(
    store: Store, database: Database, watch: Watch, clock: Clock
) -> None:
    async with store.writing(HERE) as tx:
        out = await Outputs(tx).add(watch.project_id, OutputKind.FILE, "/x.jsonl", {}, person=ANN)
        await Messages(tx).receive(watch, message(1))
    await read(store, FEVER)
    keeping = Keeping(store, workspace=HERE, clock=clock)
    clock.move(days=8)
    await keeping.drop()
    assert await changes(store, watch.project_id) == [(ChangeKind.FOUND, "SYMPTOM", "fever")]
    async with store.writing(HERE) as tx:
        await Outputs(tx).change(out.id, position=99)
    await keeping.drop()
    async with database.reading() as connection:
        told = [
            str(row)
            for table in metadata.sorted_tables
            for row in (await connection.execute(select(table))).all()
        ]
    assert not [row for row in told if "fever" in row]
    assert await rows(database, entity) == 1


async def test_what_a_paused_output_does_not_take_goes_after_thirty_days(
    store: Store, watch: Watch, clock: Clock
) -> None:
    async with store.writing(HERE) as tx:
        await Outputs(tx).add(watch.project_id, OutputKind.FILE, "/x.jsonl", {}, person=ANN)
        await Messages(tx).receive(watch, message(1))
    await read(store, FEVER)
    clock.move(days=31)
    await Keeping(store, workspace=HERE, clock=clock).drop()
    assert await changes(store, watch.project_id) == []


async def test_messages_go_after_a_month_or_a_year(
    store: Store, database: Database, watch: Watch, clock: Clock
) -> None:
    keeping = Keeping(store, workspace=HERE, clock=clock)
    async with store.writing(HERE) as tx:
        await Messages(tx).receive(watch, message(1))
    await read(store, FEVER)
    async with store.writing(HERE) as tx:
        await Messages(tx).receive(watch, message(2))
    await read(store)
    clock.move(days=31)
    await keeping.drop()
    assert await rows(database, watched_message) == 1
    clock.move(days=335)
    await keeping.drop()
    for table in (watched_message, watched_sentence, entity):
        assert await rows(database, table) == 0


async def test_what_was_found_in_a_forgotten_persons_messages_is_retracted_and_erased(
    store: Store, database: Database, watch: Watch
) -> None:
    async with store.writing(HERE) as tx:
        await Messages(tx).receive(watch, message(1))
        await Messages(tx).receive(watch, message(2, author=BEN))
    await read(store, FEVER)
    async with store.writing(HERE) as tx:
        assert await Watched(tx).of_person(watch.project_id, BEN) == 1
        assert await Messages(tx).receive(watch, message(2, author=BEN)) is None
    assert sorted(await changes(store, watch.project_id)) == [
        (ChangeKind.FOUND, "SYMPTOM", "fever"),
        (ChangeKind.RETRACTED, "SYMPTOM", ""),
    ]
    async with database.reading() as connection:
        authors = (await connection.execute(select(watched_message.c.author))).scalars().all()
    assert sorted(authors) == [ANN, "nobody"]
    assert await rows(database, entity) == 1


async def test_a_forgotten_sentence_takes_what_was_found_in_it_along(
    store: Store, database: Database, watch: Watch
) -> None:
    async with store.writing(HERE) as tx:
        await Messages(tx).receive(watch, message(1))
    await read(store, FEVER)
    async with store.writing(HERE) as tx:
        assert await Watched(tx).of_sentences(watch.project_id, [TEXT]) == 1
    assert await changes(store, watch.project_id) == [(ChangeKind.RETRACTED, "SYMPTOM", "")]
    assert await rows(database, entity) == 0


async def test_a_message_that_another_process_was_reading_is_read_after_a_while(
    store: Store, watch: Watch, clock: Clock
) -> None:
    async with store.writing(HERE) as tx:
        await Messages(tx).receive(watch, message(1))
        assert len(await Messages(tx).claim(most=9)) == 1
        assert await Messages(tx).claim(most=9) == ()
    clock.move(seconds=timedelta(minutes=1).total_seconds())
    async with store.writing(HERE) as tx:
        assert len(await Messages(tx).claim(most=9)) == 1


async def test_the_newest_messages_are_read_first(store: Store, watch: Watch) -> None:
    async with store.writing(HERE) as tx:
        for number in (2, 3, 1):
            await Messages(tx).receive(watch, message(number))
        claimed = await Messages(tx).claim(most=2)
    assert [each.ts for each in claimed] == [message(3).ts, message(2).ts]


async def test_a_new_live_model_reads_again_what_is_kept_where_the_project_wants_it(
    store: Store, database: Database, watch: Watch
) -> None:
    async with store.writing(HERE) as tx:
        await Messages(tx).receive(watch, message(1))
    await read(store, FEVER, text=TEXT)
    settings = ProjectSettings(message_days=30)
    for rereads, waiting in ((False, 0), (True, 1)):
        async with store.writing(HERE) as tx:
            wanted = replace(settings, rereads=rereads)
            await Projects(tx).change_settings(watch.project_id, wanted, person=ANN)
            await tx.connection.execute(update(project).values(live_version=2))
            await Retention(tx).read_again(most=9)
            assert await Messages(tx).waiting() == waiting
    await read(store, replace(FEVER, label="SIGN", model=2), text=TEXT)
    assert [kind for kind, _, _ in await changes(store, watch.project_id)] == [
        ChangeKind.FOUND,
        ChangeKind.AMENDED,
    ]


async def test_changes_are_told_in_the_order_of_their_numbers(
    store: Store, database: Database, watch: Watch
) -> None:
    async with store.writing(HERE) as tx:
        for number in range(5):
            await Messages(tx).receive(watch, message(number))
    await read(store, FEVER)
    async with database.reading() as connection:
        ids = (await connection.execute(select(entity_change.c.id))).scalars().all()
    assert len(set(ids)) == 5
