"""Which channels hear of a project, when, and what happened since."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, distinct, exists, func, select, update

from bot.db.database import Database
from bot.db.records import runs
from bot.db.repository import Repository, here, in_project, inserts
from bot.db.served import Served
from bot.db.tables.sentences import event
from bot.db.tables.training import digest, run
from bot.digests.commands import Digest, SetDigest, Told
from bot.domain.runs import Run
from bot.domain.steps import StepKind

COLUMNS = tuple(digest.c[name] for name in Digest.__dataclass_fields__)

_ADD = inserts(digest, lambda insert: insert.returning(*COLUMNS))
_MOST_EVENTS = 1_000_000
_FINISHING = (StepKind.FINISHED.value, StepKind.NO_ENTITIES.value)


def to_digest(row: Row[*tuple[Any, ...]]) -> Digest:
    """The value of a row that has COLUMNS."""
    return Digest(**{name: getattr(row, name) for name in Digest.__dataclass_fields__})


def is_on() -> ColumnElement[bool]:
    """Not switched off."""
    return digest.c.off_at.is_(None)


class Digests(Repository):
    """At most one digest a channel, and what there is to tell in it."""

    __slots__ = ()

    async def of(self, channel: str) -> Digest | None:
        """The channel's digest."""
        wanted = select(*COLUMNS).where(here(digest), digest.c.channel == channel, is_on())
        row = (await self.execute(wanted)).first()
        return None if row is None else to_digest(row)

    async def get(self, digest_id: int) -> Digest | None:
        """The digest of that number, if it is on."""
        wanted = select(*COLUMNS).where(here(digest), digest.c.id == digest_id, is_on())
        row = (await self.execute(wanted)).first()
        return None if row is None else to_digest(row)

    async def put(
        self,
        wanted: SetDigest,
        *,
        timezone: str,
        person: str,
        channel: str,
        since: datetime,
        next_due: datetime,
    ) -> Digest:
        """Switch a digest on; it goes on where the channel's one before has ended, else begins at a moment."""
        before = await self.of(channel)
        if before is not None:
            await self.off(before.id)
            told, since = await self.told(before.id), before.since
        else:
            told = await self._before(since)
        added = await self.execute(
            _ADD,
            channel=channel,
            person=person,
            cron=wanted.cron,
            timezone=timezone,
            words=wanted.words,
            since=since,
            next_due=next_due,
            told_event=told.event,
            told_run=told.run,
            created_at=self.clock(),
        )
        return to_digest(added.one())

    async def move(self, digest_id: int, *, timezone: str, next_due: datetime) -> None:
        """Read its times in another time zone."""
        await self.execute(
            update(digest)
            .where(here(digest), digest.c.id == digest_id)
            .values(timezone=timezone, next_due=next_due)
        )

    async def off(self, digest_id: int) -> Digest | None:
        """Switch it off; what was on."""
        changed = await self.execute(
            update(digest)
            .where(here(digest), digest.c.id == digest_id, is_on())
            .values(off_at=self.clock())
            .returning(*COLUMNS)
        )
        row = changed.first()
        return None if row is None else to_digest(row)

    async def told(self, digest_id: int) -> Told:
        """How far it has told."""
        wanted = select(digest.c.told_event, digest.c.told_run).where(
            here(digest), digest.c.id == digest_id
        )
        row = (await self.execute(wanted)).first()
        return Told(row.told_event, row.told_run) if row else Told(0, 0)

    async def up_to_now(self, project_id: int, told: Told) -> Told:
        """The last of what happened in a project; of what was told, where nothing has since."""
        last = select(func.max(event.c.id)).where(in_project(event))
        last_run = select(func.max(run.c.ended)).where(in_project(run))
        return Told(
            max(told.event, (await self.execute(last, project_id)).scalar() or 0),
            max(told.run, (await self.execute(last_run, project_id)).scalar() or 0),
        )

    async def _before(self, moment: datetime) -> Told:
        """The last of what happened in the workspace before a moment."""
        last = select(func.max(event.c.id)).where(here(event), event.c.created_at < moment)
        last_run = select(func.max(run.c.ended)).where(here(run), run.c.finished_at < moment)
        return Told(
            (await self.execute(last)).scalar() or 0, (await self.execute(last_run)).scalar() or 0
        )

    async def advance(
        self, told: Digest, *, since: datetime, next_due: datetime, up_to: Told | None = None
    ) -> bool:
        """Move on from a digest that is due, and note how far it tells; False where somebody else has."""
        values = {"told_event": up_to.event, "told_run": up_to.run} if up_to else {}
        moved = await self.execute(
            update(digest)
            .where(
                here(digest),
                digest.c.id == told.id,
                is_on(),
                digest.c.next_due == told.next_due,
            )
            .values(since=since, next_due=next_due, **values)
            .returning(digest.c.id)
        )
        return moved.first() is not None

    async def finished(self, project_id: int, *, after: Told) -> tuple[tuple[str, int], ...]:
        """Who has finished how many sentences since, without what was undone."""
        undoing = event.alias("undoing")
        undone = exists().where(
            undoing.c.workspace == event.c.workspace, undoing.c.undoes == event.c.id
        )
        # In order and bounded: grouped at once, SQLite would go through all events of each person.
        since = (
            select(event.c.person, event.c.sentence_id)
            .where(
                in_project(event),
                event.c.kind.in_(_FINISHING),
                event.c.id > after.event,
                ~undone,
            )
            .order_by(event.c.id)
            .limit(_MOST_EVENTS)
            .cte("since")
        )
        number = func.count(distinct(since.c.sentence_id)).label("number")
        rows = await self.execute(
            select(since.c.person, number)
            .group_by(since.c.person)
            .order_by(number.desc(), since.c.person),
            project_id,
        )
        return tuple((row.person, row.number) for row in rows)

    async def flagged(self, project_id: int, *, after: Told) -> int:
        """How many sentences were flagged since."""
        wanted = select(func.count(distinct(event.c.sentence_id))).where(
            in_project(event), event.c.kind == StepKind.FLAGGED.value, event.c.id > after.event
        )
        return int((await self.execute(wanted, project_id)).scalar_one())

    async def newest_work(self, project_id: int, *, besides: str) -> datetime | None:
        """When somebody else than this person last finished or flagged a sentence."""
        kinds = (*_FINISHING, StepKind.FLAGGED.value)
        wanted = (
            select(event.c.created_at)
            .where(in_project(event), event.c.kind.in_(kinds), event.c.person != besides)
            .order_by(event.c.id.desc())
            .limit(1)
        )
        found: datetime | None = (await self.execute(wanted, project_id)).scalar()
        return found

    async def trainings(self, project_id: int, *, after: Told) -> tuple[Run, ...]:
        """The runs that ended since, without those that were tried again."""
        rows = await self.execute(
            select(*runs.COLUMNS)
            .where(in_project(run), run.c.ended > after.run)
            .order_by(run.c.id),
            project_id,
        )
        return tuple(map(runs.to_run, rows))


class DigestMaintenance:
    """The digests of the workspaces of a process."""

    def __init__(self, database: Database, serves: Served) -> None:
        self._database = database
        self._serves = serves

    async def switched_on(self) -> tuple[tuple[str, Digest], ...]:
        """Every digest that is on, with its workspace."""
        wanted = select(digest.c.workspace, *COLUMNS).where(self._serves.rows(digest), is_on())
        async with self._database.reading(self._serves) as connection:
            rows = await connection.execute(wanted.order_by(digest.c.id))
            return tuple((row.workspace, to_digest(row)) for row in rows)
