"""What reviewers decided on a phrase before."""

from typing import Any

from sqlalchemy import literal, select

from bot.db.records.sentences import folded
from bot.db.repository import Repository, in_project
from bot.db.tables.review import decision, precedent
from bot.db.tables.sentences import sentence
from bot.domain.project import Precedent, Sentence
from ner_engine.annotation import Span, find_mentions, snap_to_tokens

#: As many as fit beside a question; the newest say most.
PRECEDENTS = 3
#: Rows that are looked at for the phrases of one sentence.
_CANDIDATES = 50

_PRECEDENTS = (
    select(
        precedent.c.start,
        precedent.c.end,
        sentence.c.text,
        decision.c.sentence_id,
        decision.c.spans,
        decision.c.person,
        decision.c.reason,
        decision.c.created_at,
    )
    .select_from(
        precedent.join(decision, decision.c.sentence_id == precedent.c.sentence_id).join(
            sentence, sentence.c.id == precedent.c.sentence_id
        )
    )
    .where(in_project(precedent), in_project(decision), in_project(sentence))
    .order_by(decision.c.created_at.desc(), precedent.c.sentence_id.desc())
)


class Precedents(Repository):
    """Decisions, by the phrases they were about."""

    __slots__ = ()

    async def of_phrase(self, project_id: int, phrase: str) -> tuple[Precedent, ...]:
        """What was decided on this phrase before, newest first; the label is the decision's as it
        is called now."""
        wanted = _PRECEDENTS.where(precedent.c.phrase == folded(phrase)).limit(PRECEDENTS)
        return tuple(map(_to_precedent, await self.execute(wanted, project_id)))

    async def in_sentence(self, project_id: int, of: Sentence) -> tuple[Precedent, ...]:
        """What was decided last on each phrase that stands in a sentence, on borders of its words."""
        within = literal(folded(of.text)).contains(precedent.c.phrase)
        rows = await self.execute(_PRECEDENTS.where(within).limit(_CANDIDATES), project_id)
        newest: dict[str, Precedent] = {}
        for found in map(_to_precedent, rows):
            if any(
                snap_to_tokens(*at, of.tokens) == at for at in find_mentions(of.text, found.phrase)
            ):
                newest.setdefault(folded(found.phrase), found)
        return tuple(newest.values())[:PRECEDENTS]


def _to_precedent(row: Any) -> Precedent:
    return Precedent(
        row.text[row.start : row.end],
        _label_at(row.spans, row.start, row.end),
        row.sentence_id,
        row.person,
        row.reason,
        row.created_at,
    )


def _label_at(spans: tuple[Span, ...], start: int, end: int) -> str | None:
    return next((s.label for s in spans if (s.start, s.end) == (start, end)), None)
