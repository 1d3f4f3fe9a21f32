"""What Procrastinate keeps in our database: its functions are called in our own transactions."""

import json

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db.database import Database

QUEUE, TASK = "nerbot", "nerbot.carry_out"

_LOCK = 0x70726F63  # bots and workers that start at once bring its schema one after the other
_PUT = text(
    "SELECT (procrastinate_defer_jobs_v1(ARRAY[ROW(:queue, :task, 0, NULL, NULL, CAST(:arguments AS jsonb), NULL)"
    "::procrastinate_job_to_defer_v1]))[1]"
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
_FORGET = text("DELETE FROM procrastinate_jobs WHERE id = :id")
_GONE_SECONDS = 30.0
"""A worker that has not been heard of for so long is gone; each says something every five seconds."""


async def put(connection: AsyncConnection, job_id: int) -> int:
    """Queue a job in this transaction; its number in the queue. Only its id is said: arguments are logged."""
    arguments = json.dumps({"job_id": job_id})
    queued = await connection.execute(_PUT, {"queue": QUEUE, "task": TASK, "arguments": arguments})
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


async def has_schema(database: Database) -> bool:
    """Whether its tables are there."""
    async with database.reading() as connection:
        return (await connection.execute(_TABLE)).scalar_one() is not None


async def apply_schema(database: Database, schema: str) -> None:
    """Make its tables, unless somebody else does."""
    async with database.writing() as connection:
        await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        if (await connection.execute(_TABLE)).scalar_one() is not None:
            return
        raw = await connection.get_raw_connection()
        driver = raw.driver_connection
        assert driver is not None
        await driver.execute(schema)  # a script, which is not prepared
