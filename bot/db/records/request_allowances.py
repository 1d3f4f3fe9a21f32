"""How many requests of a workspace are answered, counted by all bots of a database together."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Float, bindparam, case
from sqlalchemy.dialects import postgresql, sqlite

from bot.db.database import Database
from bot.db.served import Served
from bot.db.tables.requests import request_allowance

_NOW = bindparam("now", type_=Float)
_MORE = bindparam("more", type_=Float)
_MOST = bindparam("most", type_=Float)
_USED = case((request_allowance.c.used_until > _NOW, request_allowance.c.used_until), else_=_NOW)


class RequestAllowances:
    """A leaky bucket for each workspace, in a row of its own: one statement takes from it."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    async def take(self, workspace: str, count: int, *, times: int, seconds: float) -> bool:
        """Take so many of the `times` that a workspace has in so many seconds; False where there are not so many, and
        then none is taken. Raises StoreUnavailable."""
        now, more = self._clock().timestamp(), count * seconds / times
        values = {"workspace": workspace, "used_until": now + more}
        async with self._database.writing(sees=Served({workspace})) as connection:
            insert = (
                postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
            )(request_allowance).values(values)
            taken = insert.on_conflict_do_update(
                index_elements=["workspace"],
                set_={"used_until": _USED + _MORE},
                where=_USED + _MORE <= _NOW + _MOST,
            ).returning(request_allowance.c.used_until)
            given = {"now": now, "more": more, "most": seconds}
            return (await connection.execute(taken, given)).first() is not None
