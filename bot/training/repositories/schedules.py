"""When projects train automatically."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, select, update

from bot.db.repository import Repository, here, in_project, inserts
from bot.db.tables.training import schedule
from bot.training.commands import Schedule, SetSchedule

COLUMNS = tuple(schedule.c[name] for name in Schedule.__dataclass_fields__)

_ADD = inserts(schedule, lambda insert: insert.returning(*COLUMNS))


def to_schedule(row: Row[*tuple[Any, ...]]) -> Schedule:
    """The value of a row that has COLUMNS."""
    return Schedule(**{name: getattr(row, name) for name in Schedule.__dataclass_fields__})


def is_on() -> ColumnElement[bool]:
    """Not switched off; a schedule that was keeps its row, for the runs that came of it."""
    return schedule.c.off_at.is_(None)


class Schedules(Repository):
    """At most one schedule a project."""

    __slots__ = ()

    async def of(self, project_id: int) -> Schedule | None:
        """The schedule that is on."""
        wanted = select(*COLUMNS).where(in_project(schedule), is_on())
        row = (await self.execute(wanted, project_id)).first()
        return None if row is None else to_schedule(row)

    async def put(
        self,
        project_id: int,
        wanted: SetSchedule,
        *,
        timezone: str,
        person: str,
        channel: str,
        next_due: datetime,
    ) -> Schedule:
        """Switch a schedule on in place of the one before."""
        await self.off(project_id)
        added = await self.execute(
            _ADD,
            project_id,
            cron=wanted.cron,
            timezone=timezone,
            words=wanted.words,
            person=person,
            channel=channel,
            next_due=next_due,
            created_at=self.clock(),
        )
        return to_schedule(added.one())

    async def move(self, schedule_id: int, *, timezone: str, next_due: datetime) -> None:
        """Read its times in another time zone."""
        await self.execute(
            update(schedule)
            .where(here(schedule), schedule.c.id == schedule_id)
            .values(timezone=timezone, next_due=next_due)
        )

    async def off(self, project_id: int) -> Schedule | None:
        """Switch it off; what was on."""
        changed = await self.execute(
            update(schedule)
            .where(in_project(schedule), is_on())
            .values(off_at=self.clock())
            .returning(*COLUMNS),
            project_id,
        )
        row = changed.first()
        return None if row is None else to_schedule(row)

    async def advance(self, schedule_id: int, *, due: datetime, next_due: datetime) -> bool:
        """Move `next_due` on from `due`; False where somebody else has moved it."""
        moved = await self.execute(
            update(schedule)
            .where(
                here(schedule),
                schedule.c.id == schedule_id,
                is_on(),
                schedule.c.next_due == due,
            )
            .values(next_due=next_due)
            .returning(schedule.c.id)
        )
        return moved.first() is not None
