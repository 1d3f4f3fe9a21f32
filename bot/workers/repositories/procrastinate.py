"""What Procrastinate keeps in our database: its functions are called in our own transactions."""

import json

from sqlalchemy import MetaData, Table, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.schema import SetTableComment

from bot.db.database import Database

QUEUE, TASK = "nerbot", "nerbot.carry_out"

_LOCK = 0x70726F63  # bots and workers that start at once bring its schema one after the other
_PUT = text(
    "SELECT (procrastinate_defer_jobs_v1(ARRAY[ROW(:queue, :task, :priority, NULL, NULL, "
    "CAST(:arguments AS jsonb), NULL)::procrastinate_job_to_defer_v1]))[1]"
)
# A worker that is gone is deleted by the others; then its jobs name none.
_DROPPED = text(
    "SELECT NOT EXISTS (SELECT 1 FROM procrastinate_jobs AS each LEFT JOIN procrastinate_workers AS held "
    "ON held.id = each.worker_id WHERE each.id = :id AND (each.status = 'todo' OR (each.status = 'doing' "
    "AND held.last_heartbeat > now() - make_interval(secs => :seconds))))"
)
_LIVING = text(
    "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - make_interval(secs => :seconds)"
)
_TABLE = text("SELECT to_regclass('procrastinate_jobs')")
# Procrastinate keeps no record of which of its migrations were applied: the comment of its table is ours.
_NOTED = text("SELECT obj_description('procrastinate_jobs'::regclass, 'pg_class')")
_BY_NERBOT = "brought by nerbot to "
FIRST = "03.04.00_50_post_add_retry_failed_job_procedure"
"""What tables have whose comment says nothing: the first nerbot with workers made them."""
_FORGET = text("DELETE FROM procrastinate_jobs WHERE id = :id")
_GONE_SECONDS = 30.0
"""A worker that has not been heard of for so long is gone; each says something every five seconds."""


async def put(connection: AsyncConnection, job_id: int, *, urgent: bool) -> int:
    """Queue a job in this transaction; its number in the queue. Only its id is said: arguments are logged."""
    arguments = json.dumps({"job_id": job_id})
    values = {"queue": QUEUE, "task": TASK, "priority": int(urgent), "arguments": arguments}
    queued = await connection.execute(_PUT, values)
    number: int = queued.scalar_one()
    return number


async def is_dropped(database: Database, queue_id: int) -> bool:
    """Whether no worker that lives has it or will get it."""
    async with database.reading() as connection:
        told = await connection.execute(_DROPPED, {"id": queue_id, "seconds": _GONE_SECONDS})
        return bool(told.scalar_one())


async def living_workers(database: Database) -> int:
    """How many workers were heard of lately."""
    async with database.reading() as connection:
        return int((await connection.execute(_LIVING, {"seconds": _GONE_SECONDS})).scalar_one())


async def forget(database: Database, queue_id: int) -> None:
    """Remove a job, whatever its state: a killed worker leaves it as being done for ever."""
    async with database.writing() as connection:
        await connection.execute(_FORGET, {"id": queue_id})


async def applied(database: Database) -> str | None:
    """The last migration its tables have; None where there are none."""
    async with database.reading() as connection:
        return await _applied(connection)


async def apply_schema(database: Database, schema: str, *, newest: str) -> bool:
    """Make its tables as they are after the newest migration; False where there are some."""
    async with database.writing(_one_at_a_time) as connection:
        if (await connection.execute(_TABLE)).scalar_one() is not None:
            return False
        await _run(connection, schema)
        await _note(connection, newest)
    return True


async def apply_migration(database: Database, name: str, script: str) -> bool:
    """Apply one that has not been applied; False where it has, by somebody else."""
    async with database.writing(_one_at_a_time) as connection:
        before = await _applied(connection)
        if before is None or before >= name:
            return False
        await _run(connection, script)
        await _note(connection, name)
    return True


async def _one_at_a_time(connection: AsyncConnection) -> None:
    await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


async def _applied(connection: AsyncConnection) -> str | None:
    if (await connection.execute(_TABLE)).scalar_one() is None:
        return None
    noted = (await connection.execute(_NOTED)).scalar_one()
    is_ours = noted is not None and noted.startswith(_BY_NERBOT)
    return noted.removeprefix(_BY_NERBOT) if is_ours else FIRST


async def _note(connection: AsyncConnection, name: str) -> None:
    table = Table("procrastinate_jobs", MetaData(), comment=_BY_NERBOT + name)
    await connection.execute(SetTableComment(table))


async def _run(connection: AsyncConnection, script: str) -> None:
    raw = await connection.get_raw_connection()
    driver = raw.driver_connection
    assert driver is not None
    await driver.execute(script)  # which is not prepared
