"""Two tenants on one database: random operations with guessed ids over every repository reach no row of the other."""

from dataclasses import fields, replace
from random import Random
from typing import Any

import pytest
from sqlalchemy import select, type_coerce, update
from sqlalchemy.types import String

from bot.db.database import Database, Store
from bot.db.served import EVERY_WORKSPACE
from bot.db.tables import metadata
from bot.db.tables.projects import label, project
from bot.db.tables.sentences import flag, sentence
from bot.db.tables.tokens import api_token
from bot.db.tables.watching import output
from bot.db.tables.webhooks import webhook
from bot.errors import NerbotError
from tests.db.conftest import HERE, Clock
from tests.db.test_row_security import database as locked
from tests.db.test_workspaces import ASKED, REFUSED, THERE, Things, fill

__all__ = ["locked"]

OPERATIONS = 300
TURN = 20
"""So many operations of one of them, then all that the other one has is compared."""
MARKED = (
    sentence.c.text,
    sentence.c.text_folded,
    project.c.name,
    label.c.description,
    flag.c.note,
    api_token.c.name,
    webhook.c.url,
    output.c.target,
)
"""What people wrote, which a mark is added to: it is looked for in all that the other one is answered."""
CHECKED = {**{name: ask for name, (ask, _) in ASKED.items()}, **REFUSED}
DANGEROUS = {"counters.recount", "departures.erase_all"}
"""They take long, or leave nothing to guess."""


def mark_of(workspace: str) -> str:
    return f"zyxw{workspace.lower()}quirk"


async def two_tenants(database: Database, store: Store, clock: Clock) -> dict[str, Things]:
    """One of everything in each, all that was written marked with whose it is."""
    found = {}
    for workspace in (HERE, THERE):
        async with store.writing(workspace) as tx:
            found[workspace] = await fill(tx, clock)
            for column in MARKED:
                marked = type_coerce(column, String) + mark_of(workspace)
                await tx.connection.execute(
                    update(column.table)
                    .where(column.table.c.workspace == workspace)
                    .values({column.name: marked})
                )
    return found


async def rows_of(database: Database, workspace: str) -> dict[str, list[str]]:
    """All that a workspace has."""
    async with database.reading(EVERY_WORKSPACE) as connection:
        return {
            table.name: sorted(
                map(
                    repr,
                    await connection.execute(select(table).where(table.c.workspace == workspace)),
                )
            )
            for table in metadata.sorted_tables
        }


def guessed(draw: Random, things: dict[str, Things]) -> Things:
    """Ids of either tenant, mixed, and some that nobody has."""
    mixed: dict[str, Any] = {}
    for field in fields(Things):
        value = getattr(things[draw.choice((HERE, THERE))], field.name)
        if isinstance(value, int) and draw.random() < 0.3:
            value = draw.randrange(1, 40)
        mixed[field.name] = value
    return replace(things[HERE], **mixed)


async def play(
    database: Database, store: Store, things: dict[str, Things], *, operations: int, seed: int
) -> int:
    """Do so many things at random, each as one of the two; how many were answered with something."""
    draw, answered = Random(seed), 0
    names = sorted(CHECKED.keys() - DANGEROUS)
    for _ in range(0, operations, TURN):
        actor, other = draw.sample((HERE, THERE), 2)
        before = await rows_of(database, other)
        done = []
        for name in draw.choices(names, k=TURN):
            done.append(name)
            try:
                async with store.writing(actor) as tx:
                    found = await CHECKED[name](tx, guessed(draw, things))
            except (NerbotError, AssertionError, LookupError, TypeError, ValueError):
                continue
            assert mark_of(other) not in repr(found), (seed, name)
            answered += bool(found)
        assert await rows_of(database, other) == before, (seed, actor, done)
    return answered


@pytest.mark.parametrize("seed", [1, 2])
async def test_no_guess_reaches_a_row_of_the_other_one(
    database: Database, store: Store, clock: Clock, seed: int
) -> None:
    things = await two_tenants(database, store, clock)
    assert await play(database, store, things, operations=OPERATIONS, seed=seed) > OPERATIONS / 5


async def test_nor_does_it_where_the_database_looks_after_it_too(
    locked: Database, clock: Clock
) -> None:
    """The same with the policies in force: what is one's own is still there."""
    store = Store(locked, clock)
    things = await two_tenants(locked, store, clock)
    assert await play(locked, store, things, operations=OPERATIONS, seed=3) > OPERATIONS / 5
