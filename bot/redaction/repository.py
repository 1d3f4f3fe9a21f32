"""How a project's texts are redacted."""

from sqlalchemy import bindparam, select, update

from bot.db.repository import Repository, in_project, insert_if_new
from bot.db.tables.redaction import redaction
from ner_engine.redaction import new_key

_KEY = select(redaction.c.key).where(in_project(redaction))
_MADE = insert_if_new(redaction)
_SET_KEY = (
    update(redaction)
    .where(in_project(redaction))
    .values(key=bindparam("new_key"), key_made_at=bindparam("made_at"))
)


class Redactions(Repository):
    """The key of each project's pseudonyms."""

    __slots__ = ()

    async def key(self, project_id: int) -> bytes | None:
        """What a project's pseudonyms are made with; None before one was made."""
        found: str | None = (await self.execute(_KEY, project_id)).scalar()
        return None if found is None else bytes.fromhex(found)

    async def ensure_key(self, project_id: int) -> bytes:
        """The same, made now where there is none."""
        return await self.key(project_id) or await self.renew_key(project_id)

    async def renew_key(self, project_id: int) -> bytes:
        """Put a new key in the place of the one that was: what it made cannot be made again."""
        self.tx.need_room()
        key = new_key()
        await self.execute(_MADE, project_id)
        await self.execute(_SET_KEY, project_id, new_key=key.hex(), made_at=self.clock())
        return key
