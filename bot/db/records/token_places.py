"""Which workspace a token of the API is of."""

from sqlalchemy import select

from bot.db.database import Database
from bot.db.served import Served
from bot.db.tables.tokens import api_token


class TokenPlaces:
    """Which workspace a token is of, among those of a process: its secret is all that a request brings."""

    def __init__(self, database: Database, serves: Served) -> None:
        self._database = database
        self._serves = serves

    async def of(self, secret_hash: str) -> str | None:
        """The workspace; None where no token of them has this secret."""
        wanted = select(api_token.c.workspace).where(
            self._serves.rows(api_token), api_token.c.hash == secret_hash
        )
        async with self._database.reading(self._serves) as connection:
            found: str | None = await connection.scalar(wanted)
        return found
