"""The test of a stream, as it is kept; and the newest sentences of a stream that has changed."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, select, update

from bot.db.repository import Repository, in_project, insert_if_new, inserts
from bot.db.tables.health import drawn_sentence, stream_draw, stream_drift
from bot.domain.json_form import JsonForm, dump
from bot.domain.project import Offsets
from bot.health.drift import Drift
from bot.health.sampling import SENTENCES
from bot.health.values import StreamChange, StreamState

CHANGED = "changed"
"""The stratum of sentences that are kept because a stream may have changed."""
KEPT = timedelta(days=14)
"""For so long sentences of a changed stream are kept, until somebody wants to label them."""

_DRIFT: JsonForm[Drift] = JsonForm(Drift)
_CHANGE: JsonForm[StreamChange] = JsonForm(StreamChange)
_STATE = select(stream_drift).where(in_project(stream_drift))
_BEGIN = insert_if_new(stream_drift)
_OPEN = select(stream_draw.c.id).where(in_project(stream_draw), stream_draw.c.closed_at.is_(None))
_IS_CHANGED = (in_project(drawn_sentence), drawn_sentence.c.stratum == CHANGED)
_NEW = ("sentence", "tokens", "created_at")
_PUT = inserts(
    drawn_sentence,
    lambda insert: insert.on_conflict_do_update(
        index_elements=[
            drawn_sentence.c.workspace,
            drawn_sentence.c.draw_id,
            drawn_sentence.c.stratum,
            drawn_sentence.c.place,
        ],
        set_={name: insert.excluded[name] for name in _NEW},
    ),
)


class StreamDrifts(Repository):
    """The tests of projects, one each."""

    __slots__ = ()

    async def get(self, project_id: int) -> StreamState | None:
        """The test of a project, to be put back in the same transaction; None where nothing was read yet."""
        row = (await self.execute(_STATE.with_for_update(), project_id)).first()
        drift = None if row is None else _DRIFT.load(row.state)
        if row is None or drift is None:
            return None
        change = None if row.change is None else _CHANGE.load(row.change)
        return StreamState(row.model, drift, row.alarms, change, row.noticed_at, row.queued_at)

    async def last_change(self, project_id: int) -> StreamChange | None:
        """What was told last of the stream of the live model."""
        wanted = select(stream_drift.c.change).where(in_project(stream_drift))
        stored = (await self.execute(wanted, project_id)).scalar()
        return None if stored is None else _CHANGE.load(stored)

    async def put(self, project_id: int, state: StreamState) -> None:
        """Keep how far the test is."""
        values = {
            "model": state.model,
            "state": dump(state.drift),
            "alarms": state.alarms,
            "change": None if state.change is None else dump(state.change),
            "noticed_at": state.noticed_at,
            "queued_at": state.queued_at,
        }
        await self.execute(_BEGIN, project_id, **values)
        await self.execute(
            update(stream_drift).where(in_project(stream_drift)).values(values), project_id
        )

    async def keep(
        self, project_id: int, place: int, sentence: str, tokens: Sequence[Offsets]
    ) -> None:
        """Keep a sentence of a stream that may have changed, as long as a draw is open."""
        draw_id = (await self.execute(_OPEN, project_id)).scalar()
        if draw_id is not None:
            await self.execute(
                _PUT,
                project_id,
                draw_id=draw_id,
                stratum=CHANGED,
                place=place % SENTENCES,
                sentence=sentence,
                tokens=tuple(tokens),
                spans=(),
                went_out="",
                created_at=self.clock(),
            )

    async def kept(self, project_id: int) -> tuple[tuple[str, tuple[Offsets, ...]], ...]:
        """The newest sentences that are kept, with their words."""
        wanted = (
            select(drawn_sentence.c.sentence, drawn_sentence.c.tokens)
            .where(*_IS_CHANGED)
            .order_by(drawn_sentence.c.created_at.desc(), drawn_sentence.c.id.desc())
            .limit(SENTENCES)
        )
        rows = await self.execute(wanted, project_id)
        return tuple((row.sentence, row.tokens) for row in rows)

    async def drop(self, project_id: int) -> None:
        """Keep none of them any longer."""
        await self.execute(delete(drawn_sentence).where(*_IS_CHANGED), project_id)
