"""Which projects train after so many newly finished sentences."""

from typing import Any

from sqlalchemy import ColumnElement, Row, func, select, update

from bot.db.repository import Repository, here, in_project, inserts
from bot.db.tables.projects import project
from bot.db.tables.sentences import sentence
from bot.db.tables.training import auto
from bot.training.commands import AutoTraining

_WAITING = (
    select(project.c.waiting)
    .where(project.c.workspace == auto.c.workspace, project.c.id == auto.c.project_id)
    .scalar_subquery()
)
_SENTENCES = (
    select(func.count())
    .select_from(sentence)
    .where(
        sentence.c.workspace == auto.c.workspace,
        sentence.c.project_id == auto.c.project_id,
    )
    .scalar_subquery()
)
#: Sentences that wait for nobody any more, counted by an index and a number that is kept: this is asked every few
#: seconds.
FINISHED: ColumnElement[int] = _SENTENCES - _WAITING
COLUMNS = (
    *(auto.c[name] for name in AutoTraining.__dataclass_fields__ if name != "finished"),
    FINISHED.label("finished"),
)

_ADD = inserts(auto, lambda insert: insert)


def to_auto_training(row: Row[*tuple[Any, ...]]) -> AutoTraining:
    """The value of a row that has COLUMNS."""
    return AutoTraining(**{name: getattr(row, name) for name in AutoTraining.__dataclass_fields__})


def is_on() -> ColumnElement[bool]:
    """Not switched off."""
    return auto.c.off_at.is_(None)


class AutoTrainings(Repository):
    """At most one number of sentences a project, after which it trains."""

    __slots__ = ()

    async def of(self, project_id: int) -> AutoTraining | None:
        """The one that is on."""
        wanted = select(*COLUMNS).where(in_project(auto), is_on())
        row = (await self.execute(wanted, project_id)).first()
        return None if row is None else to_auto_training(row)

    async def put(self, project_id: int, *, every: int, person: str, channel: str) -> AutoTraining:
        """Switch it on in place of the one before; what is finished by now does not count."""
        await self.off(project_id)
        await self.execute(
            _ADD,
            project_id,
            every=every,
            base=0,
            person=person,
            channel=channel,
            created_at=self.clock(),
        )
        await self.rebase(project_id)
        found = await self.of(project_id)
        assert found is not None
        return found

    async def off(self, project_id: int) -> AutoTraining | None:
        """Switch it off; what was on."""
        was = await self.of(project_id)
        off = update(auto).where(in_project(auto), is_on()).values(off_at=self.clock())
        await self.execute(off, project_id)
        return was

    async def rebase(self, project_id: int) -> None:
        """Count anew from what is finished by now: a training learns from it."""
        counted = update(auto).where(in_project(auto), is_on()).values(base=FINISHED)
        await self.execute(counted, project_id)

    async def spend(self, auto_id: int, *, base: int) -> bool:
        """Count anew if it still counts from `base`; False where somebody else has begun a training since."""
        spent = await self.execute(
            update(auto)
            .where(here(auto), auto.c.id == auto_id, is_on(), auto.c.base == base)
            .values(base=FINISHED)
            .returning(auto.c.id)
        )
        return spent.first() is not None
