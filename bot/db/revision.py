"""Which migration a database has, read without applying any."""

from sqlalchemy import NullPool
from sqlalchemy.ext.asyncio import create_async_engine

from bot.db.address import read_address
from bot.db.engines import connect_args
from bot.db.migrations import Schema, read_schema
from bot.db.snapshot import read_only_schema, sqlite_file
from bot.db.transactions import translated


async def schema_of(url: str) -> Schema:
    """The form of the database at an address. Raises SettingsError, StoreUnavailable."""
    file = sqlite_file(url)
    if file is not None:
        return read_only_schema(file)
    with translated(connecting=True):
        address = read_address(url)
        engine = create_async_engine(
            address, poolclass=NullPool, hide_parameters=True, connect_args=connect_args(address)
        )
        try:
            async with engine.connect() as connection:
                return await connection.run_sync(read_schema)
        finally:
            await engine.dispose()
