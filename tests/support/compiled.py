"""Statements compiled once for all tests of a process: each engine would compile the same ones anew, which took longer
than to run them."""

from typing import Any

from sqlalchemy import Engine
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite

_COMPILED: dict[Any, Any] = {}


class _Shared:
    """A dialect that is the same to SQLAlchemy's cache as any other one of its kind and of its server's version."""

    server_version_info: Any = None

    @property
    def _kind(self) -> tuple[Any, ...]:
        return type(self), self.server_version_info

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Shared) and self._kind == other._kind

    def __hash__(self) -> int:
        return hash(type(self))

    @classmethod
    def engine_created(cls, engine: Engine) -> None:
        engine.update_execution_options(compiled_cache=_COMPILED)


class SharedSqlite(_Shared, SQLiteDialect_aiosqlite):
    """SQLite by aiosqlite."""

    supports_statement_cache = True


class SharedPostgresql(_Shared, PGDialect_asyncpg):
    """PostgreSQL by asyncpg."""

    supports_statement_cache = True


def share_compiled() -> None:
    """From now on."""
    registry.register("sqlite.aiosqlite", __name__, SharedSqlite.__name__)
    registry.register("postgresql.asyncpg", __name__, SharedPostgresql.__name__)
