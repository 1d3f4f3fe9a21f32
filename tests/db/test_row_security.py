"""PostgreSQL's second lock: a statement that forgets its WHERE reaches nothing of another workspace."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import delete, event, func, select, text, update
from sqlalchemy.exc import DBAPIError

from bot.db.database import Database, Store
from bot.db.served import EVERY_WORKSPACE, Served
from bot.db.tables import metadata
from bot.db.tables.outbox import outbox
from bot.db.tables.projects import project
from bot.workers.repositories.erasures import Erasures
from bot.workers.repositories.jobs import Jobs
from tests.db.conftest import HERE, Clock, Server
from tests.db.test_served import Chores
from tests.db.test_workspaces import ASKED, REFUSED, THERE, Things, fill, refused
from tests.support.opening import open_database

ROLE = "nerbot_without_privileges"
MAKE_ROLE = f"""
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}') THEN CREATE ROLE {ROLE} LOGIN NOSUPERUSER; END IF;
END $$
"""


@pytest.fixture
async def database(server: Server) -> AsyncIterator[Database]:
    """A database of a role that is no superuser: it owns the tables, and the policies bind it."""
    server.process.psql(MAKE_ROLE)
    name = server.create()
    server.process.psql(f"ALTER DATABASE {name} OWNER TO {ROLE}")
    url = server.url(name).replace("postgres:@", f"{ROLE}:@", 1)
    try:
        async with open_database(url) as opened:
            yield opened
    finally:
        server.drop(name)


@pytest.fixture
async def both(database: Database, store: Store, clock: Clock) -> dict[str, Things]:
    """One of everything in each of two workspaces."""
    found = {}
    for workspace in (HERE, THERE):
        async with store.writing(workspace) as tx:
            found[workspace] = await fill(tx, clock)
    return found


async def test_every_table_of_a_workspace_is_locked_for_its_owner_too(database: Database) -> None:
    async with database.reading() as connection:
        rows = await connection.execute(
            text("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity")
        )
        assert {row.relname for row in rows} >= {*metadata.tables}


async def test_a_query_without_its_where_finds_its_own_workspace_alone(
    store: Store, both: dict[str, Things]
) -> None:
    for door in (store.reading, store.writing, store.reporting):
        async with door(HERE) as tx:
            for table in metadata.sorted_tables:
                found = await tx.connection.scalars(select(table.c.workspace))
                assert {*found} <= {HERE}, table.name


async def test_a_change_without_its_where_changes_its_own_workspace_alone(
    database: Database, store: Store, both: dict[str, Things]
) -> None:
    async with store.writing(HERE) as tx:
        await tx.connection.execute(update(project).values(name=project.c.name + "!"))
        await tx.connection.execute(delete(outbox))
    async with database.reading(EVERY_WORKSPACE) as connection:
        names = await connection.execute(select(project.c.workspace, project.c.name))
        assert {row.workspace: row.name.endswith("!") for row in names} == {
            HERE: True,
            THERE: False,
        }
        assert {*await connection.scalars(select(outbox.c.workspace))} == {THERE}


async def test_a_row_for_another_workspace_is_refused(
    store: Store, both: dict[str, Things]
) -> None:
    with pytest.raises(Exception, match="database"):
        async with store.writing(HERE) as tx:
            await tx.connection.execute(update(project).values(workspace=THERE))


async def test_a_transaction_that_does_not_say_for_whom_it_is_sees_nothing(
    database: Database, store: Store, both: dict[str, Things]
) -> None:
    for _ in range(12):  # each connection has been used for a workspace before
        async with store.reading(HERE) as tx:
            await tx.connection.scalar(select(func.count()).select_from(project))
    async with database.reading() as reading, database.writing() as writing:
        for connection in (reading, writing):
            for table in metadata.sorted_tables:
                assert await connection.scalar(select(func.count()).select_from(table)) == 0


async def test_a_process_sees_the_workspaces_it_serves(
    database: Database, both: dict[str, Things]
) -> None:
    for serves, seen in (
        (Served(), set()),
        (Served({HERE}), {HERE}),
        (Served({HERE, THERE}), {HERE, THERE}),
        (EVERY_WORKSPACE, {HERE, THERE}),
    ):
        async with database.reading(serves) as connection:
            assert {*await connection.scalars(select(project.c.workspace))} == seen


async def test_a_name_that_is_a_list_opens_no_second_workspace(
    database: Database, both: dict[str, Things]
) -> None:
    """Slack signs what names a workspace; but for us it is no more than text."""
    for name in (f"{HERE},{THERE}", "*", f"{HERE}' OR true --"):
        async with database.reading(Served({name})) as connection:
            assert await connection.scalar(select(func.count()).select_from(project)) == 0


async def test_everything_works_under_the_lock(
    database: Database, store: Store, both: dict[str, Things], clock: Clock
) -> None:
    """Whatever a repository is asked in its own workspace, and every chore, as without it."""
    async with store.writing(HERE) as tx:
        for ask, _ in ASKED.values():
            await ask(tx, both[HERE])
    for name, ask in REFUSED.items():
        assert await refused(store, both[THERE], ask), name
    chores = Chores(database, Served({THERE}), clock)
    assert await chores.workspaces() == {THERE}
    await chores.change(both[THERE], await chores.runs.signs())


async def test_a_worker_sees_the_jobs_of_all_workspaces(
    database: Database, both: dict[str, Things], clock: Clock
) -> None:
    jobs = Jobs(database, clock)

    async def put(_connection: object, _job_id: int, *, urgent: bool) -> int | None:
        return None

    added = await jobs.add_training(both[THERE].run.id, "folder", put)
    claimed = await jobs.claim(added, worker="w")
    assert claimed is not None
    assert await jobs.beat(added, worker="w", progress=None)
    assert await Erasures(database).last() > (0, 0)


async def test_it_costs_one_statement_where_something_is_read_and_none_where_it_is_written(
    database: Database, store: Store
) -> None:
    statements: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    for transactions in (database._readers, database._writers):
        event.listen(transactions.engine.sync_engine, "before_cursor_execute", note)
    async with store.writing(HERE):
        pass
    assert len(statements) == 1  # the lock of the workspace was one before
    async with store.reading(HERE):
        pass
    assert len(statements) == 2


async def test_a_superuser_is_not_bound_and_may_not_be_relied_on(
    server: Server, database: Database, both: dict[str, Things]
) -> None:
    """So the docs ask for a role without privileges: the lock is PostgreSQL's own."""
    async with database.reading() as connection:
        is_super = await connection.scalar(
            text("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        )
    assert is_super is False
    assert await database.is_locked()
    with pytest.raises(DBAPIError):
        async with database.library_engine.connect() as connection:
            await connection.execute(text("SET ROLE postgres"))
