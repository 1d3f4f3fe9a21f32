"""Who has opened Home, who has asked a model, and who does not wish to hear what it has learned."""

from sqlalchemy import bindparam, select

from bot.db.repository import Repository, here, inserts, replace_columns
from bot.db.tables.requests import home
from bot.team.values.visits import Visit

_OF = select(home.c.opened_at, home.c.asked_at, home.c.notices_off_at).where(
    here(home), home.c.person == bindparam("person")
)
_OPENED = inserts(home, lambda insert: replace_columns(insert, home, "opened_at"))
_ASKED = inserts(home, lambda insert: replace_columns(insert, home, "asked_at"))
_NOTICES = inserts(home, lambda insert: replace_columns(insert, home, "notices_off_at"))


class Visits(Repository):
    """Who has opened Home, who has asked a model, and who does not wish to hear what it has learned."""

    __slots__ = ()

    async def of(self, person: str) -> Visit:
        """What is known of this person."""
        row = (await self.execute(_OF, person=person)).first()
        if row is None:
            return Visit()
        return Visit(
            opened=row.opened_at is not None,
            asked=row.asked_at is not None,
            notices=row.notices_off_at is None,
        )

    async def note_opened(self, person: str) -> None:
        """They opened Home."""
        await self.execute(_OPENED, person=person, opened_at=self.clock())

    async def note_asked(self, person: str) -> None:
        """They asked a live model."""
        await self.execute(_ASKED, person=person, asked_at=self.clock())

    async def set_notices(self, person: str, *, on: bool) -> None:
        """They wish to be told when a model finds what they corrected, or not."""
        off_at = None if on else self.clock()
        await self.execute(_NOTICES, person=person, notices_off_at=off_at)
