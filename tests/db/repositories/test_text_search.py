"""Words are found through the index as they were found by reading every text."""

import asyncio
from collections.abc import Awaitable, Callable
from random import Random

import pytest
from sqlalchemy import ColumnElement, and_, func, literal, select

from bot.db.database import Database, Store
from bot.db.records.sentences import Sentences, folded
from bot.db.repository import in_project
from bot.db.search import index
from bot.db.search.grams import add_text, common_places, grams_of, grams_to_look_up, pack
from bot.db.search.index import SearchIndex
from bot.db.served import EVERY_WORKSPACE
from bot.db.tables.search import search_posting, search_segment
from bot.db.tables.sentences import sentence
from bot.db.transaction import Transaction
from bot.erasure.repositories.erasures import Erasures
from bot.exchange.repositories.exports import Exports
from bot.jobs.background import Background
from bot.labelling.repositories.bin import Bin
from bot.labelling.repositories.phrases import Phrases
from bot.projects.repositories import every_project
from bot.projects.repositories.every_project import EveryProject
from bot.projects.search_indexer import SearchIndexer
from tests.db.conftest import ANN, HERE, add
from tests.support.round_trips import told_statements

LETTERS = "aab bc  CdDé%_\\ßẞİıiΣσςKÅå'’–-\u0307\u3000糖尿病😀ⅧⅷǅǆᾳΩωſs"


@pytest.fixture
def segment(monkeypatch: pytest.MonkeyPatch) -> int:
    """Few sentences in a segment, few texts at a time."""
    for module in (index, every_project):
        monkeypatch.setattr(module, "SEGMENT", 8)
    monkeypatch.setattr("bot.db.search.lookup._AT_ONCE", 3)
    return 8


@pytest.fixture
def indexer(store: Store, database: Database) -> SearchIndexer:
    return SearchIndexer(store, EveryProject(database, EVERY_WORKSPACE), Background())


def words(random: Random, least: int, most: int) -> str:
    return "".join(random.choices(LETTERS, k=random.randint(least, most)))


async def by_reading(
    tx: Transaction, project_id: int, phrase: str, *, after: int, limit: int
) -> list[str]:
    """How phrases were looked for before there was an index."""
    holds = sentence.c.text_folded.contains(folded(phrase), autoescape=True)
    return await _texts(tx, project_id, and_(holds, sentence.c.id > after), limit)


async def by_reading_plain(
    tx: Transaction, project_id: int, phrase: str, *, after: int, limit: int
) -> list[str]:
    """The same for the API's search."""
    holds = sentence.c.text.icontains(phrase, autoescape=True)
    return await _texts(tx, project_id, and_(holds, sentence.c.id > after), limit)


async def _texts(
    tx: Transaction, project_id: int, those: ColumnElement[bool], limit: int
) -> list[str]:
    wanted = select(sentence.c.text).where(in_project(sentence), those).order_by(sentence.c.id)
    place = {"in_workspace": tx.workspace, "in_project": project_id}
    return list((await tx.connection.execute(wanted.limit(limit), place)).scalars())


async def agrees(
    tx: Transaction, project_id: int, phrase: str, *, after: int = 0, limit: int = 500
) -> int:
    """Whether the index says what reading says; how many sentences that are."""
    bounds = {"after": after, "limit": limit}
    places = await Phrases(tx).places(project_id, ANN, phrase, **bounds)
    found = [place.annotation.sentence.text for place in places]
    assert found == await by_reading(tx, project_id, phrase, **bounds), ascii(phrase)
    searched = await Exports(tx).containing(project_id, phrase, after=after, many=limit)
    plain = await by_reading_plain(tx, project_id, phrase, **bounds)
    assert [each.text for each in searched] == plain, ascii(phrase)
    pieces = await Phrases(tx).texts_with(project_id, [phrase, "zz"], limit=limit)
    some = await by_reading(tx, project_id, phrase, after=0, limit=limit)
    assert [each.text for each in pieces] == some, ascii(phrase)
    return len(found)


async def test_random_texts_are_found_as_by_reading_them_all(
    store: Store, project_id: int, segment: int, indexer: SearchIndexer
) -> None:
    """In segments, in one that was emptied, and in none; beside those of another project."""
    random = Random(20311130)
    texts = [f"{number} {words(random, 1, 30)}" for number in range(90)]
    async with store.writing(HERE) as tx:
        added = await add(tx, project_id, *texts)
        await Sentences(tx).withdraw(project_id, [each.id for each in added[::17]])
    assert await indexer.index(HERE, project_id) == 10
    async with store.writing(HERE) as tx:
        await Sentences(tx).withdraw(project_id, [added[30].id])
        found = 0
        for _ in range(30):
            source = random.choice(texts)
            start = random.randrange(len(source))
            phrase = source[start : start + random.randint(1, 9)]
            after, limit = random.choice((0, added[25].id)), random.choice((1, 5, 500))
            for each in (phrase, phrase.swapcase(), words(random, 1, 4)):
                found += await agrees(tx, project_id, each, after=after, limit=limit)
    assert found > 100


async def test_a_letter_that_a_database_has_in_lower_case_is_folded_alike(store: Store) -> None:
    """Else the API's search, which goes by the database's letters, would miss what the index does not hold."""
    letters = [
        chr(number)
        for number in (*range(33, 0xD800), *range(0xE000, 0x20000))
        if chr(number) not in "\u0130\u0307"
    ]
    async with store.reading(HERE) as tx:
        # With a blank in between, which no letter becomes a part of.
        lowered = await tx.connection.scalar(select(func.lower(literal(" ".join(letters)))))
    assert lowered is not None
    assert [
        ascii(letter)
        for letter, lower in zip(letters, str(lowered).split(" "), strict=True)
        if folded(letter) != folded(lower)
    ] == []


async def postings(tx: Transaction) -> set[tuple[int, int]]:
    rows = await tx.connection.execute(select(search_posting.c.last_id, search_posting.c.gram))
    return {(row.last_id, row.gram) for row in rows}


Way = Callable[[Transaction, int, int], Awaitable[object]]
WAYS: dict[str, Way] = {
    "withdrawn": lambda tx, project_id, number: Sentences(tx).withdraw(project_id, [number]),
    "forgotten": lambda tx, project_id, number: Erasures(tx).sentences(project_id, [number]),
    "deleted": lambda tx, project_id, number: Bin(tx).put(project_id, number, person=ANN),
}


@pytest.mark.parametrize("way", WAYS)
async def test_of_a_sentence_that_goes_the_index_keeps_nothing(
    store: Store, project_id: int, segment: int, indexer: SearchIndexer, way: str
) -> None:
    """What is in the same segment is found all the same, and the segment is made again without it."""
    texts = [f"xyzzy{number} qvor" for number in range(2 * segment)]
    alone = grams_of(texts[3]) - {
        gram for each in texts if each != texts[3] for gram in grams_of(each)
    }
    assert alone
    async with store.writing(HERE) as tx:
        added = await add(tx, project_id, *texts)
    assert await indexer.index(HERE, project_id) == 2
    last, others = added[segment - 1].id, added[-1].id
    async with store.writing(HERE) as tx:
        assert alone <= {gram for _, gram in await postings(tx)}
        await WAYS[way](tx, project_id, added[3].id)
        assert {last_id for last_id, _ in await postings(tx)} == {others}
        assert await agrees(tx, project_id, "qvor") == 2 * segment - 1
    assert await indexer.index(HERE, project_id) == 1
    async with store.writing(HERE) as tx:
        assert {last_id for last_id, _ in await postings(tx)} == {last, others}
        assert not alone & {gram for _, gram in await postings(tx)}
        assert await agrees(tx, project_id, "qvor") == 2 * segment - 1


async def test_a_sentence_that_comes_back_into_a_segment_is_found_again(
    store: Store, project_id: int, segment: int, indexer: SearchIndexer
) -> None:
    """Even one that stood between two segments."""
    async with store.writing(HERE) as tx:
        added = await add(tx, project_id, *(f"xyzzy {number}" for number in range(2 * segment + 1)))
        for each in (added[2], added[segment]):
            await Bin(tx).put(project_id, each.id, person=ANN)
    assert await indexer.index(HERE, project_id) == 1
    async with store.writing(HERE) as tx:
        await add(tx, project_id, "last")
    assert await indexer.index(HERE, project_id) == 1
    for each in (added[2], added[segment]):
        async with store.writing(HERE) as tx:
            assert await Bin(tx).restore(project_id, each.id)
            assert await agrees(tx, project_id, "xyzzy") == 2 * segment + (each is not added[2])
        assert await indexer.index(HERE, project_id) == 1
        async with store.writing(HERE) as tx:
            assert await agrees(tx, project_id, "xyzzy") == 2 * segment + (each is not added[2])


async def test_a_project_that_is_forgotten_leaves_nothing_in_the_index(
    store: Store, project_id: int, segment: int, indexer: SearchIndexer
) -> None:
    async with store.writing(HERE) as tx:
        await add(tx, project_id, *(f"xyzzy {number}" for number in range(segment)))
    assert await indexer.index(HERE, project_id) == 1
    async with store.writing(HERE) as tx:
        await Erasures(tx).project(project_id)
        assert not await postings(tx)
        assert not (await tx.connection.execute(select(search_segment))).all()


async def test_what_changed_while_it_was_read_is_not_indexed(
    store: Store, project_id: int, segment: int, indexer: SearchIndexer
) -> None:
    """A sentence that was erased meanwhile is in the texts that were read."""
    async with store.writing(HERE) as tx:
        added = await add(tx, project_id, *(f"xyzzy {number}" for number in range(segment + 1)))
    async with store.reading(HERE) as tx:
        piece = await SearchIndex(tx).next_piece(project_id)
    assert piece is not None
    async with store.writing(HERE) as tx:
        await Erasures(tx).sentences(project_id, [added[3].id])
        assert not await SearchIndex(tx).keep(project_id, piece, {1: [0]})
        assert not await postings(tx)
    assert await indexer.index(HERE, project_id) == 1
    async with store.writing(HERE) as tx:
        assert not await SearchIndex(tx).keep(project_id, piece, {1: [0]})


async def test_the_chore_indexes_what_is_enough_for_a_segment(
    store: Store, project_id: int, segment: int, database: Database
) -> None:
    projects = EveryProject(database, EVERY_WORKSPACE)

    async def look() -> int:
        async with Background(grace=60) as background:
            indexer = SearchIndexer(store, projects, background)
            await indexer.look()
            await indexer.look()
            await asyncio.gather(*background._tasks)
        async with store.reading(HERE) as tx:
            return len({last_id for last_id, _ in await postings(tx)})

    async with store.writing(HERE) as tx:
        added = await add(tx, project_id, *(f"xyzzy {number}" for number in range(segment - 1)))
    assert await look() == 0
    async with store.writing(HERE) as tx:
        await add(tx, project_id, "one more")
    assert await look() == 1
    assert await projects.to_index() == ()
    async with store.writing(HERE) as tx:
        await Sentences(tx).withdraw(project_id, [added[0].id])
    assert await projects.to_index() == ((HERE, project_id),)
    assert await look() == 1


async def test_a_phrase_that_nobody_wrote_is_looked_up_and_not_looked_for(
    store: Store, project_id: int, segment: int, indexer: SearchIndexer
) -> None:
    """As many statements for a hundred segments as for some, and no text is read but those behind the last segment."""
    counts = []
    for more in (22, 64):
        async with store.writing(HERE) as tx:
            texts = (f"a text with {more} and {number}" for number in range(more * segment))
            await add(tx, project_id, *texts)
        await indexer.index(HERE, project_id)
        async with store.writing(HERE) as tx:
            with told_statements(store._database) as told:
                assert not await Phrases(tx).places(project_id, ANN, "lupus", limit=9)
        counts.append(len(told))
        [texts_read] = [each for each in told if "FROM sentence " in each.sql]
        assert texts_read.sql.count("BETWEEN") == 1
    assert counts == [6, 7]


def test_places_are_what_all_lists_have_in_common() -> None:
    random = Random(7)
    for _ in range(200):
        size = random.choice((1, 9, 64, 1_000))
        lists = [
            sorted(random.sample(range(size), random.randint(1, size)))
            for _ in range(random.randint(1, 4))
        ]
        wanted = sorted(set.intersection(*map(set, lists)))
        assert common_places([pack(each, size) for each in lists], size) == wanted
    assert common_places([pack([1], 9), None], 9) == []


def test_each_text_has_the_grams_that_its_phrases_are_looked_up_by() -> None:
    random = Random(8)
    for _ in range(500):
        text = words(random, 1, 30)
        start = random.randrange(len(text))
        phrase = text[start : start + random.randint(1, 20)]
        noted: dict[int, list[int]] = {}
        add_text(noted, 5, text)
        assert set(grams_to_look_up(phrase)) <= noted.keys()
        assert len(grams_to_look_up(phrase)) <= 8
        assert set(map(tuple, noted.values())) == {(5,)}
