"""The tokens of a workspace."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Row, bindparam, or_, select, update

from bot.api.values import Scope, Token
from bot.db.repository import Repository, by_key, here, inserts
from bot.db.tables.tokens import api_token

NOTED_AGAIN = timedelta(minutes=5)
"""A use is noted so often at most: reading stays reading."""

_COLUMNS = (
    api_token.c.id,
    api_token.c.workspace,
    api_token.c.project_id,
    api_token.c.name,
    api_token.c.scopes,
    api_token.c.person,
    api_token.c.created_at,
    api_token.c.last_used_at,
    api_token.c.revoked_at,
)
_ADD = inserts(api_token, lambda insert: insert.returning(*_COLUMNS))
_FIND = by_key(
    select(*_COLUMNS).where(
        here(api_token),
        api_token.c.hash == bindparam("hash"),
        api_token.c.revoked_at.is_(None),
    )
)


class Tokens(Repository):
    """Tokens by the hash of their secret."""

    __slots__ = ()

    async def add(
        self, project_id: int, *, name: str, scopes: frozenset[Scope], person: str, secret_hash: str
    ) -> Token:
        """Keep a new token."""
        self.tx.need_room()
        added = await self.execute(
            _ADD,
            project_id,
            name=name,
            scopes=" ".join(scope.value for scope in Scope if scope in scopes),
            person=person,
            hash=secret_hash,
            created_at=self.clock(),
        )
        return _to_token(added.one())

    async def find(self, secret_hash: str) -> Token | None:
        """The token with this secret; None where there is none, or it was revoked."""
        row = (await self.execute(_FIND, hash=secret_hash)).first()
        return None if row is None else _to_token(row)

    async def all(self) -> tuple[Token, ...]:
        """Every token, oldest first, those that were revoked, too."""
        rows = await self.execute(select(*_COLUMNS).where(here(api_token)).order_by(api_token.c.id))
        return tuple(map(_to_token, rows))

    async def revoke(self, token_id: int) -> Token | None:
        """Let a token be of no more use; None where there is none of this number, or it was revoked before."""
        changed = await self.execute(
            update(api_token)
            .where(here(api_token), api_token.c.id == token_id, api_token.c.revoked_at.is_(None))
            .values(revoked_at=self.clock())
            .returning(*_COLUMNS)
        )
        row = changed.first()
        return None if row is None else _to_token(row)

    async def note_use(self, token_id: int) -> None:
        """Note that it was used now, unless that was noted a moment ago."""
        now = self.clock()
        used = api_token.c.last_used_at
        await self.execute(
            update(api_token)
            .where(
                here(api_token),
                api_token.c.id == token_id,
                or_(used.is_(None), used <= now - NOTED_AGAIN),
            )
            .values(last_used_at=now)
        )


def _to_token(row: Row[*tuple[Any, ...]]) -> Token:
    values = row._asdict()
    values["scopes"] = frozenset(map(Scope, row.scopes.split()))
    return Token(**values)
