"""Which migration a database has, read without applying any."""

from sqlalchemy import NullPool
from sqlalchemy.ext.asyncio import create_async_engine

from bot.db.address import read_address
from bot.db.migrations import current
from bot.db.snapshot import read_only_revision, sqlite_file
from bot.db.transactions import translated


async def read_revision(url: str) -> str | None:
    """The revision, None for an empty database. Raises SettingsError, StoreUnavailable."""
    file = sqlite_file(url)
    if file is not None:
        return read_only_revision(file)
    with translated(connecting=True):
        engine = create_async_engine(read_address(url), poolclass=NullPool, hide_parameters=True)
        try:
            async with engine.connect() as connection:
                return await connection.run_sync(current)
        finally:
            await engine.dispose()
