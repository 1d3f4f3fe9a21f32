"""How much a project's team has done, summed up in SQL."""

from datetime import datetime

from sqlalchemy import Integer, cast, distinct, func, literal_column, select

from bot.db.repository import Repository, in_project
from bot.db.tables.sentences import annotation, sentence
from bot.team.values.review import Version
from bot.team.values.stats import PersonStats


class Statistics(Repository):
    """How much the team has done."""

    __slots__ = ()

    async def finished_since(self, project_id: int, since: datetime) -> int:
        """Sentences somebody finished, or changed as finished, at that time or later."""
        wanted = select(func.count(distinct(annotation.c.sentence_id))).where(
            in_project(annotation), annotation.c.finished, annotation.c.updated_at >= since
        )
        return int((await self.execute(wanted, project_id)).scalar_one())

    async def people(
        self, project_id: int, *, today: datetime, week: datetime
    ) -> tuple[PersonStats, ...]:
        """What each person finished, who finished most first."""
        at = annotation.c.updated_at
        wanted = (
            select(
                annotation.c.person,
                func.sum(cast(at >= today, Integer)).label("today"),
                func.sum(cast(at >= week, Integer)).label("week"),
                func.count().label("all"),
            )
            .where(in_project(annotation), annotation.c.finished)
            .group_by(annotation.c.person)
            .order_by(func.count().desc(), annotation.c.person)
        )
        return tuple(PersonStats(**row._asdict()) for row in await self.execute(wanted, project_id))

    async def shared(self, project_id: int, *, limit: int) -> tuple[tuple[Version, ...], ...]:
        """The newest sentences that several people finished, with each person's spans."""
        newest = (
            select(sentence.c.id)
            .where(in_project(sentence), sentence.c.finished_by > literal_column("1"))
            .order_by(sentence.c.id.desc())
            .limit(limit)
        )
        wanted = (
            select(annotation.c.sentence_id, annotation.c.person, annotation.c.spans)
            .where(
                in_project(annotation),
                annotation.c.finished,
                annotation.c.sentence_id.in_(newest),
            )
            .order_by(annotation.c.sentence_id, annotation.c.person)
        )
        found: dict[int, list[Version]] = {}
        for row in await self.execute(wanted, project_id):
            found.setdefault(row.sentence_id, []).append(Version(row.spans, (row.person,)))
        return tuple(map(tuple, found.values()))
