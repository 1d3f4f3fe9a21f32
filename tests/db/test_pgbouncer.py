"""PgBouncer in transaction mode: each transaction may have another connection of the server's."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from bot.db import migrations
from bot.db.address import read_address
from bot.db.database import Store, migrate
from bot.db.engines import make_engine
from bot.db.revision import schema_of
from bot.errors import SettingsError
from bot.labelling.repositories.queue import Queue
from bot.projects.repositories.projects import Projects
from ner_engine.annotation import Span
from tests.db.conftest import HERE, Clock, Server, add, annotate
from tests.support.opening import open_database
from tests.support.pgbouncer import PROGRAM, pgbouncer

SERVERS = 3
"""Connections to the server: fewer than a bot has to PgBouncer."""
PEOPLE, EACH = 12, 8

needs_pgbouncer = pytest.mark.skipif(PROGRAM is None, reason="pgbouncer is not on this machine")


@pytest.fixture
async def pooled(server: Server) -> AsyncIterator[str]:
    """An empty database behind it."""
    name = server.create()
    async with pgbouncer(server.url(name), connections=SERVERS) as url:
        yield url
    server.drop(name)


@needs_pgbouncer
async def test_a_database_behind_it_is_migrated_and_labelled_in_by_many_at_once(
    pooled: str, clock: Clock
) -> None:
    """Two bots with more connections than the server has: nothing fails, nothing is lost, nobody has another's row."""
    applied = await asyncio.gather(migrate(pooled), migrate(pooled))
    assert sorted(map(len, applied)) == [0, len(migrations.pending(None))]
    assert (await schema_of(pooled)).revision == migrations.HEAD
    async with open_database(pooled) as one, open_database(pooled) as two:
        stores = (Store(one, clock), Store(two, clock))
        async with stores[0].writing(HERE) as tx:
            project = (await Projects(tx).ensure_default()).id
            await add(tx, project, *(f"sentence {n}" for n in range(PEOPLE * EACH)))

        async def label(number: int) -> list[int]:
            store, person, done = stores[number % 2], f"U{number}", []
            for _ in range(EACH):
                async with store.writing(HERE) as tx:
                    sentence = await Queue(tx).next(project, person)
                    assert sentence is not None
                    await annotate(tx, project, sentence, Span(0, 8, "A"), person=person)
                    done.append(sentence.id)
                async with store.reading(HERE) as tx:
                    assert await Projects(tx).default() is not None
            return done

        given = [n for each in await asyncio.gather(*map(label, range(PEOPLE))) for n in each]
        assert max(Counter(given).values()) == 1
        assert len(given) == PEOPLE * EACH
        await one.wipe()


@needs_pgbouncer
async def test_what_a_transaction_is_promised_is_set_in_each_one(pooled: str) -> None:
    """A commit is on the disk, and nobody waits for a lock without end, whatever connection it gets."""
    engine = make_engine(read_address(pooled), 2.5, write=True, size=5)
    wanted = "SELECT current_setting('synchronous_commit'), current_setting('lock_timeout')"

    async def told() -> tuple[str, str]:
        async with engine.begin() as connection:
            [row] = (await connection.execute(text(wanted))).all()
            return (row[0], row[1])

    assert {*await asyncio.gather(*(told() for _ in range(20)))} == {("on", "5s")}
    await engine.dispose()


@needs_pgbouncer
async def test_nothing_is_left_in_a_connection_of_the_servers(
    pooled: str, server: Server, clock: Clock
) -> None:
    """Statements have no name, so that they neither pile up nor meet another's."""
    async with open_database(pooled) as database:
        async with Store(database, clock).writing(HERE) as tx:
            await Projects(tx).ensure_default()
        async with database.writing() as connection:
            left = await connection.execute(text("SELECT name FROM pg_prepared_statements"))
            assert left.all() == []


def test_the_address_says_that_it_is_there() -> None:
    """As other programs have it: `pgbouncer=true`."""
    address = read_address("postgresql+asyncpg://ada@db/nerbot?pgbouncer=true&sslmode=require")
    assert dict(address.query) == {"prepared_statement_cache_size": "0", "ssl": "require"}
    assert not read_address("postgresql+asyncpg://ada@db/nerbot?pgbouncer=false").query
    with pytest.raises(SettingsError, match="true or false"):
        read_address("postgresql+asyncpg://ada@db/nerbot?pgbouncer=yes")
