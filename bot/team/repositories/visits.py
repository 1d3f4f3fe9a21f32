"""What is known of a person's use of nerbot: Home, the model, their time zone, and what they wish to be told."""

from sqlalchemy import bindparam, select

from bot.db.repository import Repository, here, inserts, replace_columns
from bot.db.tables.requests import home
from bot.team.values.visits import Visit

_OF = select(home).where(here(home), home.c.person == bindparam("person"))
_OPENED = inserts(home, lambda insert: replace_columns(insert, home, "opened_at"))
_ASKED = inserts(home, lambda insert: replace_columns(insert, home, "asked_at"))
_NOTICES = inserts(home, lambda insert: replace_columns(insert, home, "notices_off_at"))
_TIMEZONE = inserts(home, lambda insert: replace_columns(insert, home, "timezone"))
_REMINDED = inserts(home, lambda insert: replace_columns(insert, home, "reminded_at"))
_REMINDERS = inserts(home, lambda insert: replace_columns(insert, home, "reminders_off_at"))


class Visits(Repository):
    """What is known of a person's use of nerbot, and what they wish to be told."""

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
            timezone=row.timezone,
            reminders=row.reminders_off_at is None,
            reminded_at=row.reminded_at,
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

    async def set_timezone(self, person: str, timezone: str) -> None:
        """They are in this time zone."""
        await self.execute(_TIMEZONE, person=person, timezone=timezone)

    async def note_reminded(self, person: str) -> None:
        """They are told now what waits for reviewers."""
        await self.execute(_REMINDED, person=person, reminded_at=self.clock())

    async def set_reminders(self, person: str, *, on: bool) -> None:
        """They wish to be told what waits for reviewers, or not."""
        off_at = None if on else self.clock()
        await self.execute(_REMINDERS, person=person, reminders_off_at=off_at)
