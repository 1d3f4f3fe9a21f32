"""Who has opened Home, and who has asked a model."""

from sqlalchemy import bindparam, select

from bot.domain import Visit
from bot.store.repository import Repository, here, inserts, replace_columns
from bot.store.schema import home

_OF = select(home.c.opened_at, home.c.asked_at).where(
    here(home), home.c.person == bindparam("person")
)
_OPENED = inserts(home, lambda insert: replace_columns(insert, home, "opened_at"))
_ASKED = inserts(home, lambda insert: replace_columns(insert, home, "asked_at"))


class Homes(Repository):
    """Implements `ports.Homes`."""

    __slots__ = ()

    async def of(self, person: str) -> Visit:
        """What is known of this person."""
        row = (await self.execute(_OF, person=person)).first()
        if row is None:
            return Visit()
        return Visit(opened=row.opened_at is not None, asked=row.asked_at is not None)

    async def note_opened(self, person: str) -> None:
        """They opened Home."""
        await self.execute(_OPENED, person=person, opened_at=self.clock())

    async def note_asked(self, person: str) -> None:
        """They asked a live model."""
        await self.execute(_ASKED, person=person, asked_at=self.clock())
