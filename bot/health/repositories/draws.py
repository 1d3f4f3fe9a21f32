"""Sentences of a stream that were drawn to be checked."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, bindparam, delete, func, select, update

from bot.db.repository import Repository, by_key, in_project, inserts
from bot.db.tables.health import drawn_sentence, stream_draw
from bot.domain.project import Offsets
from bot.health.sampling import PLACES, Stratum, draw
from bot.health.values import DrawnSentence, Said
from ner_engine.annotation import Span

_WEEK = timedelta(days=7)
_LATELY = timedelta(days=28)
"""What was checked in so many days is put together."""
_KEPT = timedelta(days=14)
"""For so long a drawn sentence waits to be checked."""

_NEW_DRAW = inserts(stream_draw, lambda insert: insert.returning(*stream_draw.c))
_OPEN = by_key(
    select(stream_draw)
    .where(in_project(stream_draw), stream_draw.c.closed_at.is_(None))
    .order_by(stream_draw.c.id.desc())
    .limit(1)
)
_PASSED = {
    each: by_key(
        update(stream_draw)
        .where(in_project(stream_draw), stream_draw.c.id == bindparam("the_draw"))
        .values({each.value: stream_draw.c[each.value] + 1})
    )
    for each in Stratum
}
_PLACE = (
    drawn_sentence.c.workspace,
    drawn_sentence.c.draw_id,
    drawn_sentence.c.stratum,
    drawn_sentence.c.place,
)
_NEW = ("sentence", "tokens", "spans", "went_out", "created_at")
_PUT = inserts(
    drawn_sentence,
    lambda insert: insert.on_conflict_do_update(
        index_elements=list(_PLACE), set_={name: insert.excluded[name] for name in _NEW}
    ),
)
_CLOSED = and_(
    stream_draw.c.workspace == drawn_sentence.c.workspace,
    stream_draw.c.id == drawn_sentence.c.draw_id,
    stream_draw.c.closed_at.is_not(None),
)
_TO_CHECK = (
    select(drawn_sentence)
    .select_from(drawn_sentence.join(stream_draw, _CLOSED))
    .where(
        in_project(drawn_sentence),
        drawn_sentence.c.checked_at.is_(None),
        drawn_sentence.c.stratum.in_([each.value for each in Stratum]),
    )
)


def _to_sentence(row: Row[*tuple[Any, ...]]) -> DrawnSentence:
    return DrawnSentence(
        row.id,
        row.draw_id,
        row.stratum,
        row.sentence,
        row.tokens,
        row.spans,
        tuple(each == "1" for each in row.went_out),
        row.sentence_id,
    )


class StreamDraws(Repository):
    """The draws of a project, one at a time: closed after a week, by a new live model, or when somebody wants."""

    __slots__ = ()

    async def pass_by(
        self,
        project_id: int,
        model: int,
        stratum: Stratum,
        sentence: str,
        tokens: Sequence[Offsets],
        found: Sequence[tuple[Span, bool]],
        *,
        chance: random.Random,
    ) -> int | None:
        """Let a sentence of the stream pass, which may be drawn; with each entity it is told whether it went out. The
        number of the draw whose week is over by that, if one is."""
        now = self.clock()
        row = (await self.execute(_OPEN, project_id)).first()
        over: int | None = None
        if row is not None and (row.model != model or row.began_at < now - _WEEK):
            await self.close(project_id)
            # What an earlier model found says nothing of the live one: nobody is asked to check it.
            over = row.id if row.model == model else None
            row = None
        if row is None:
            values = {"model": model, "began_at": now, "asked": 0, "out": 0, "empty": 0}
            row = (await self.execute(_NEW_DRAW, project_id, **values)).one()
        seen = int(getattr(row, stratum.value))
        await self.execute(_PASSED[stratum], project_id, the_draw=row.id)
        place = draw(seen, PLACES[stratum], chance).place
        if place is not None:
            await self.execute(
                _PUT,
                project_id,
                draw_id=row.id,
                stratum=stratum.value,
                place=place,
                sentence=sentence,
                tokens=tuple(tokens),
                spans=tuple(span for span, _ in found),
                went_out="".join("1" if out else "0" for _, out in found),
                created_at=now,
            )
        return over

    async def passed(self, project_id: int) -> int:
        """How many sentences the open draw has seen."""
        row = (await self.execute(_OPEN, project_id)).first()
        return 0 if row is None else int(row.asked + row.out + row.empty)

    async def close(self, project_id: int) -> None:
        """What was drawn is to be checked from now on; what waited too long for that is dropped."""
        now = self.clock()
        await self.execute(
            update(stream_draw)
            .where(in_project(stream_draw), stream_draw.c.closed_at.is_(None))
            .values(closed_at=now),
            project_id,
        )
        await self.execute(
            delete(drawn_sentence).where(
                in_project(drawn_sentence),
                drawn_sentence.c.checked_at.is_(None),
                drawn_sentence.c.created_at < now - _KEPT,
            ),
            project_id,
        )

    async def next(self, project_id: int) -> DrawnSentence | None:
        """The next one to check."""
        row = (
            await self.execute(_TO_CHECK.order_by(drawn_sentence.c.id).limit(1), project_id)
        ).first()
        return None if row is None else _to_sentence(row)

    async def of(self, project_id: int, number: int) -> DrawnSentence | None:
        """One that is to be checked."""
        wanted = _TO_CHECK.where(drawn_sentence.c.id == bindparam("the_number"))
        row = (await self.execute(wanted, project_id, the_number=number)).first()
        return None if row is None else _to_sentence(row)

    async def waiting(self, project_id: int) -> int:
        """How many are to be checked."""
        wanted = select(func.count()).select_from(_TO_CHECK.subquery())
        return int((await self.execute(wanted, project_id)).scalar_one())

    async def check(
        self, project_id: int, number: int, said: Said, *, person: str, sentence_id: int | None
    ) -> None:
        """Note what somebody said; the text of one that is skipped goes."""
        values: dict[str, Any] = {
            "checked_at": self.clock(),
            "said": said.value,
            "person": person,
            "sentence_id": sentence_id,
        }
        if said is Said.SKIP:
            values |= {"sentence": "", "tokens": (), "spans": ()}
        await self.execute(
            update(drawn_sentence)
            .where(in_project(drawn_sentence), drawn_sentence.c.id == number)
            .values(values),
            project_id,
        )

    async def checked(
        self, project_id: int, model: int
    ) -> tuple[tuple[dict[Stratum, int], tuple[DrawnSentence, ...]], ...]:
        """The closed draws of a model lately: how many sentences of each stratum passed, and which were checked."""
        since = self.clock() - _LATELY
        draws = (
            await self.execute(
                select(stream_draw).where(
                    in_project(stream_draw),
                    stream_draw.c.model == model,
                    stream_draw.c.closed_at >= since,
                ),
                project_id,
            )
        ).all()
        rows = (
            await self.execute(
                select(drawn_sentence).where(
                    in_project(drawn_sentence),
                    drawn_sentence.c.draw_id.in_([each.id for each in draws]),
                    drawn_sentence.c.said.in_([Said.RIGHT.value, Said.EDIT.value]),
                ),
                project_id,
            )
        ).all()
        return tuple(
            (
                {stratum: int(getattr(each, stratum.value)) for stratum in Stratum},
                tuple(_to_sentence(row) for row in rows if row.draw_id == each.id),
            )
            for each in draws
        )

    async def last_check(self, project_id: int) -> datetime | None:
        """When a sentence was checked last."""
        wanted = select(func.max(drawn_sentence.c.checked_at)).where(in_project(drawn_sentence))
        found: datetime | None = (await self.execute(wanted, project_id)).scalar()
        return found
