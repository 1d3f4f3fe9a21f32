"""Indexes of tables in use, built beside those who read and write, so that nobody waits for them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.db.engines import run_alone
from bot.errors import StoreUnavailable

WAIT_SECONDS = 0.5

_VALID = sa.text("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(:name)")
_BUILT = sa.text(
    "SELECT count(*) FROM pg_stat_progress_create_index WHERE index_relid = to_regclass(:name)"
)

_OTHER_WAS_FASTER = {"40P01", "55P03", "42P07", "42704", "23505"}
"""Two processes built or dropped it at once: a deadlock, a lock, a name that is there, or is not, any more."""


@dataclass(frozen=True, slots=True)
class OnlineIndex:
    """An index that a revision adds to a table which may be large. The revision names it in its `online`, and calls
    `create_online` in its `upgrade`; its columns are there from an earlier revision."""

    name: str
    table: str
    columns: tuple[str, ...]
    where: str | None = None


def create_online(indexes: Sequence[OnlineIndex]) -> None:
    """Inside a revision: make those that are not there yet, in a new database or in SQLite's."""
    from alembic import op  # noqa: PLC0415 - a start with nothing to migrate does without Alembic

    for each in indexes:
        op.execute(_statement(each))


async def build_online(engine: AsyncEngine, indexes: Sequence[OnlineIndex]) -> None:
    """Build each on PostgreSQL without a lock that a reader or a writer waits for."""
    for index in indexes:
        while not (is_valid := await _asked(engine, _VALID, index)):
            if is_valid is False and await _asked(engine, _BUILT, index):
                # Another process that has started at the same time builds it.
                await asyncio.sleep(WAIT_SECONDS)
                continue
            try:
                if is_valid is False:
                    # One that was cut off leaves an index that nobody may use.
                    await run_alone(engine, f'DROP INDEX CONCURRENTLY IF EXISTS "{index.name}"')
                await run_alone(engine, _statement(index, "CONCURRENTLY "))
            except StoreUnavailable as error:
                if getattr(error.__cause__, "sqlstate", None) not in _OTHER_WAS_FASTER:
                    raise
                await asyncio.sleep(WAIT_SECONDS)


async def _asked(engine: AsyncEngine, question: sa.TextClause, index: OnlineIndex) -> object:
    async with engine.connect() as connection:
        return await connection.scalar(question, {"name": index.name})


def _statement(index: OnlineIndex, how: str = "") -> str:
    columns = ", ".join(index.columns)
    where = f" WHERE {index.where}" if index.where else ""
    return f'CREATE INDEX {how}IF NOT EXISTS "{index.name}" ON "{index.table}" ({columns}){where}'
