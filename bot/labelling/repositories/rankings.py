"""The order in which a project's sentences come."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    BindParameter,
    Column,
    ColumnElement,
    Text,
    Update,
    and_,
    bindparam,
    cast,
    func,
    literal_column,
    select,
    tuple_,
    update,
)

from bot.db.records.assignments import still_waits
from bot.db.repository import PerDatabase, Repository, in_project, is_project
from bot.db.tables.columns import UNRANKED
from bot.db.tables.projects import project
from bot.db.tables.queue import bookmark
from bot.db.tables.sentences import sentence
from bot.domain.ranking import Candidate, RankingJob

_OURS = and_(is_project(project), project.c.ranking_owner == bindparam("owner"))
_AS_IT_WAS = and_(
    _OURS,
    project.c.live_version.is_not_distinct_from(bindparam("version", type_=project.c.live_version.type)),
    project.c.random_share == bindparam("share"),
)  # fmt: skip
_CLAIM = (
    update(project)
    .where(
        is_project(project),
        project.c.ranking_owner.is_(None),
    )
    .values(ranking_owner=bindparam("owner"), ranking_until=bindparam("until"))
    .returning(project.c.live_version, project.c.random_share)
)
_LAST_ID = select(func.max(sentence.c.id)).where(in_project(sentence))
_BEAT = (
    update(project)
    .where(_AS_IT_WAS)
    .values(
        ranking_until=bindparam("until"),
        last_rank=project.c.last_rank + bindparam("places", type_=BigInteger),
    )
    .returning(project.c.last_rank)
)
_END = (
    update(project)
    .where(_AS_IT_WAS)
    .values(
        ranked_by=bindparam("by"),
        ranked_to=bindparam("ranked_to"),
        ranking_owner=None,
        ranking_until=None,
    )
    .returning(project.c.id)
)
_LET_GO = update(project).where(_OURS).values(ranking_owner=None, ranking_until=None)

_UNFINISHED = and_(in_project(sentence), sentence.c.finished_by == literal_column("0"))
_VERSION: BindParameter[int] = bindparam("scored_by")
_CANDIDATES = (
    select(sentence.c.id, sentence.c.rank)
    .where(
        _UNFINISHED,
        tuple_(sentence.c.rank, sentence.c.id) > tuple_(bindparam("rank"), bindparam("after")),
    )
    .order_by(sentence.c.rank, sentence.c.id)
    .limit(bindparam("limit"))
)
_SCORED = _CANDIDATES.add_columns(sentence.c.uncertainty).where(sentence.c.uncertainty.is_not(None))
# What has no score at all comes first; of the others those whose scores are of the oldest versions.
_AGE = func.coalesce(sentence.c.scored_by, 0)
_OLDEST = (
    select(sentence.c.id, sentence.c.rank, sentence.c.text, _AGE.label("scored_by"))
    .where(_UNFINISHED, sentence.c.scored_by.is_distinct_from(_VERSION))
    .order_by(_AGE, sentence.c.rank, sentence.c.id)
    .limit(bindparam("limit"))
)
_OLDEST_AFTER = _OLDEST.where(
    tuple_(_AGE, sentence.c.rank, sentence.c.id)
    > tuple_(bindparam("age"), bindparam("rank"), bindparam("after"))
)
_LACK = (
    select(sentence.c.id)
    .where(_UNFINISHED, sentence.c.scored_by.is_distinct_from(_VERSION))
    .offset(bindparam("more_than"))
    .limit(1)
)
_SAMPLE = (
    select(sentence.c.id, sentence.c.rank, sentence.c.text)
    .where(_UNFINISHED)
    .order_by(sentence.c.text_hash)
    .limit(bindparam("limit"))
)
_BEGUN = (
    select(sentence.c.id)
    .where(
        in_project(sentence),
        sentence.c.finished_by > literal_column("0"),
        still_waits,
        sentence.c.rank == literal_column(str(UNRANKED)),
    )
    .order_by(sentence.c.id)
    .limit(bindparam("limit"))
)
# Bookmarks behind what has moved forward go with it.
_LOOK_AGAIN = (
    update(bookmark)
    .where(
        in_project(bookmark),
        tuple_(bookmark.c.rank, bookmark.c.sentence_id) > tuple_(bindparam("first"), 0),
    )
    .values(rank=bindparam("first"), sentence_id=0)
)


def _each(column: Column[Any], pairs: ColumnElement[Any], **more: Any) -> PerDatabase:
    """Give each sentence of a list of [id, value] pairs its value: one statement, however many."""
    given = func.json_each(pairs).table_valued("value", name="given")
    first, second = (
        func.json_extract(given.c.value, literal_column(f"'$[{place}]'")) for place in (0, 1)
    )
    rows = func.json_array_elements(cast(pairs, JSON)).table_valued("value", name="given")
    id_, value = (
        cast(rows.c.value.op("->>")(literal_column(str(place))), kind)
        for place, kind in ((0, BigInteger), (1, column.type))
    )
    return {
        "sqlite": _set(column, first, second, more),
        "postgresql": _set(column, id_, value, more),
    }


def _set(
    column: Column[Any], id_: ColumnElement[Any], value: ColumnElement[Any], more: dict[str, Any]
) -> Update:
    changed = update(sentence).where(in_project(sentence), sentence.c.id == id_)
    return changed.values({column.name: value, **more})


_PAIRS = bindparam("pairs", type_=Text)
_SCORE = _each(sentence.c.uncertainty, _PAIRS, scored_by=bindparam("by"))
_PLACE_EACH = _each(sentence.c.rank, _PAIRS)


class Rankings(Repository):
    """The order in which a project's sentences come, made by one process at a time under a lease. What changes it
    returns False, and changes nothing, where the lease is another's by now or the live model another one."""

    __slots__ = ()

    async def claim(self, project_id: int, *, owner: str, lease: timedelta) -> RankingJob | None:
        """Begin; None where somebody else is at it."""
        until = self.clock() + lease
        claimed = await self.execute(_CLAIM, project_id, owner=owner, until=until)
        row = claimed.first()
        if row is None:
            return None
        last = (await self.execute(_LAST_ID, project_id)).scalar() or 0
        return RankingJob(row.live_version, row.random_share, ranked_to=last)

    async def scored(
        self, project_id: int, *, after: Candidate | None, limit: int
    ) -> tuple[Candidate, ...]:
        """Sentences nobody has finished that have a score, of whichever version, as they are in the order, after the
        one named."""
        rows = await self.execute(
            _SCORED,
            project_id,
            rank=after.rank if after else 0,
            after=after.id if after else 0,
            limit=limit,
        )
        return tuple(Candidate(**row._asdict()) for row in rows)

    async def oldest(
        self, project_id: int, version: int, *, limit: int, after: Candidate | None = None
    ) -> tuple[Candidate, ...]:
        """Sentences nobody has finished that lack a score of this version, with their texts: those without any first,
        then those with the oldest; those after the one named."""
        if after is None:
            rows = await self.execute(_OLDEST, project_id, scored_by=version, limit=limit)
        else:
            place = {"age": after.scored_by, "rank": after.rank, "after": after.id}
            rows = await self.execute(
                _OLDEST_AFTER, project_id, scored_by=version, limit=limit, **place
            )
        return tuple(Candidate(**row._asdict()) for row in rows)

    async def lack(self, project_id: int, version: int, *, more_than: int) -> bool:
        """Whether more sentences than these that nobody has finished lack a score of this version."""
        found = await self.execute(_LACK, project_id, scored_by=version, more_than=more_than)
        return found.first() is not None

    async def sample(self, project_id: int, *, limit: int) -> tuple[Candidate, ...]:
        """Sentences nobody has finished, chosen by chance and always the same, with their texts."""
        rows = await self.execute(_SAMPLE, project_id, limit=limit)
        return tuple(Candidate(**row._asdict()) for row in rows)

    async def begun(self, project_id: int, *, limit: int) -> tuple[int, ...]:
        """Ids of sentences somebody has finished that wait for more people and have no place yet,
        oldest first."""
        return tuple((await self.execute(_BEGUN, project_id, limit=limit)).scalars())

    async def score(
        self,
        project_id: int,
        job: RankingJob,
        scores: Sequence[tuple[int, float]],
        *,
        owner: str,
        lease: timedelta,
    ) -> bool:
        """Keep how unsure the version is of sentences, by id, and prolong the lease."""
        if await self._beat(project_id, job, owner=owner, lease=lease) is None:
            return False
        await self.execute(_SCORE, project_id, pairs=json.dumps(scores), by=job.by)
        return True

    async def place(
        self,
        project_id: int,
        job: RankingJob,
        ids: Sequence[int],
        *,
        owner: str,
        lease: timedelta,
    ) -> bool:
        """Give sentences the next places of the order, after all that were ever given, and prolong
        the lease. No place is before one given earlier, so that nobody's bookmark misses one."""
        last = await self._beat(project_id, job, owner=owner, lease=lease, places=len(ids))
        if last is None:
            return False
        first = last - len(ids) + 1
        pairs = json.dumps([(id_, first + place) for place, id_ in enumerate(ids)])
        await self.execute(_PLACE_EACH, project_id, pairs=pairs)
        await self.execute(_LOOK_AGAIN, project_id, first=first)
        return True

    async def end(self, project_id: int, job: RankingJob, *, owner: str) -> bool:
        """The order is made."""
        ended = await self.execute(
            _END,
            project_id,
            **_as_it_was(job, owner),
            by=job.by or 0,
            ranked_to=job.ranked_to,
        )
        return ended.first() is not None

    async def let_go(self, project_id: int, *, owner: str) -> None:
        """Leave it as it is; anybody may go on."""
        await self.execute(_LET_GO, project_id, owner=owner)

    async def _beat(
        self,
        project_id: int,
        job: RankingJob,
        *,
        owner: str,
        lease: timedelta,
        places: int = 0,
    ) -> int | None:
        """The last place given so far; None where the work is no longer ours."""
        beaten = await self.execute(
            _BEAT,
            project_id,
            **_as_it_was(job, owner),
            until=self.clock() + lease,
            places=places,
        )
        last: int | None = beaten.scalar()
        return last


def _as_it_was(job: RankingJob, owner: str) -> dict[str, Any]:
    return {"owner": owner, "version": job.version, "share": job.random_share}
