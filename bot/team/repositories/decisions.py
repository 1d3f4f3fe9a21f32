"""What reviewers decided where people disagree, and what still waits for them."""

from sqlalchemy import bindparam, delete, exists, func, literal_column, select

from bot.db.records.counters import Counters
from bot.db.records.counting import shared_sentences
from bot.db.records.events import Events
from bot.db.records.sentences import COLUMNS, folded, to_sentence
from bot.db.repository import Repository, in_project, inserts, replace_columns
from bot.db.tables.review import decision, precedent
from bot.db.tables.sentences import annotation, sentence
from bot.db.types import Id
from bot.domain.events import EventKind
from bot.domain.project import Offsets, Sentence
from bot.domain.steps import AnnotationState
from bot.team.values.review import Decision, Dispute, Version
from ner_engine.annotation import Span

_COLUMNS = (
    decision.c.sentence_id,
    decision.c.spans,
    decision.c.person,
    decision.c.reason,
)
_OF = select(*_COLUMNS).where(in_project(decision))
_THIS = (in_project(decision), decision.c.sentence_id == bindparam("sentence"))
_PUT = inserts(
    decision,
    lambda insert: replace_columns(insert, decision, "spans", "person", "reason", "created_at"),
)
_PRECEDENT = inserts(precedent, lambda insert: insert.on_conflict_do_nothing())
_FORGET = delete(precedent).where(
    in_project(precedent), precedent.c.sentence_id == bindparam("sentence")
)


_SHARED = (
    select(sentence.c.id)
    .where(
        in_project(sentence),
        # As the index has it, which would not be used for a comparison with a parameter.
        sentence.c.finished_by > literal_column("1"),
        sentence.c.id > bindparam("after", type_=Id),
    )
    .order_by(sentence.c.id)
    .limit(1_000)
)


class Decisions(Repository):
    """Disagreements, and what reviewers decided."""

    __slots__ = ()

    async def waiting(self, project_id: int) -> int:
        """Sentences whose finished annotations differ and that nobody decided on."""
        return (await Counters(self.tx).of(project_id)).disputed

    async def next(self, project_id: int, *, after: int = 0) -> Dispute | None:
        """The first of them by id, or the first after a sentence."""
        if not await self.waiting(project_id):
            return None
        while ids := await self._shared(project_id, after):
            disputed = shared_sentences(
                self.workspace, project_id, sentence.c.id.between(ids[0], ids[-1]), agreed=False
            )
            wanted = select(func.min(disputed.c.id))
            if (found := (await self.connection.execute(wanted)).scalar()) is not None:
                return await self.dispute(project_id, found)
            after = ids[-1]
        return None

    async def _shared(self, project_id: int, after: int) -> list[int]:
        """The ids of the next sentences that several people finished: of a million, only so many are compared until
        some differ."""
        rows = await self.execute(_SHARED, project_id, after=after)
        return list(rows.scalars())

    async def dispute(self, project_id: int, sentence_id: int) -> Dispute | None:
        """The ways in which a sentence was finished, those of most people first; None where there
        are not several, or it was decided on."""
        decided = exists().where(in_project(decision), decision.c.sentence_id == sentence.c.id)
        wanted = (
            select(*COLUMNS, annotation.c.person, annotation.c.spans)
            .select_from(sentence.join(annotation, annotation.c.sentence_id == sentence.c.id))
            .where(
                in_project(sentence),
                sentence.c.id == sentence_id,
                in_project(annotation),
                annotation.c.finished,
                ~decided,
            )
            .order_by(annotation.c.updated_at, annotation.c.person)
        )
        rows = (await self.execute(wanted, project_id)).all()
        people: dict[tuple[Span, ...], list[str]] = {}
        for row in rows:
            people.setdefault(row.spans, []).append(row.person)
        if len(people) < 2:
            return None
        ordered = sorted(people.items(), key=lambda pair: -len(pair[1]))
        versions = tuple(Version(spans, tuple(names)) for spans, names in ordered)
        return Dispute(to_sentence(rows[0]), versions)

    async def of(self, project_id: int, sentence_id: int) -> Decision | None:
        """What was decided on a sentence."""
        wanted = _OF.where(decision.c.sentence_id == sentence_id)
        row = (await self.execute(wanted, project_id)).first()
        return None if row is None else Decision(**row._asdict())

    async def decide(
        self,
        project_id: int,
        sentence: Sentence,
        spans: tuple[Span, ...],
        *,
        at_stake: tuple[Offsets, ...],
        person: str,
    ) -> Decision:
        """These spans are the sentence's gold; `at_stake` are the phrases the question was."""
        place = {"sentence": sentence.id}
        made = {"sentence_id": sentence.id, "person": person, "created_at": self.clock()}
        async with Counters(self.tx).changing(project_id, sentence.id):
            await self.execute(_PUT, project_id, **made, spans=spans, reason="")
        await self.execute(_FORGET, project_id, **place)
        for start, end in at_stake:
            await self.execute(
                _PRECEDENT,
                project_id,
                sentence_id=sentence.id,
                start=start,
                end=end,
                phrase=folded(sentence.text[start:end]),
            )
        await self._events().add(
            project_id,
            EventKind.REVIEWED,
            person=person,
            sentence_id=sentence.id,
            after=AnnotationState(spans, finished=True),
        )
        return Decision(sentence.id, spans, person)

    async def revoke(
        self, project_id: int, sentence_id: int, *, person: str, undoes: int
    ) -> Decision | None:
        """Take a decision back; what it was, None where there is none any more."""
        was = await self.of(project_id, sentence_id)
        if was is None:
            return None
        async with Counters(self.tx).changing(project_id, sentence_id):
            await self.execute(delete(decision).where(*_THIS), project_id, sentence=sentence_id)
        await self.execute(_FORGET, project_id, sentence=sentence_id)
        await self._events().add(
            project_id,
            EventKind.REVIEWED,
            person=person,
            sentence_id=sentence_id,
            before=AnnotationState(was.spans, finished=True),
            undoes=undoes,
        )
        return was

    async def note(self, project_id: int, person: str, words: str) -> Decision | None:
        """Say why the person's last decision was made; None where there is none."""
        last = _OF.where(decision.c.person == person)
        last = last.order_by(decision.c.created_at.desc(), decision.c.sentence_id.desc()).limit(1)
        row = (await self.execute(last, project_id)).first()
        if row is None:
            return None
        was = Decision(**row._asdict())
        return await self.give_reason(project_id, was, words, person=person)

    async def give_reason(
        self, project_id: int, was: Decision, words: str, *, person: str, undoes: int | None = None
    ) -> Decision:
        """Write a decision's reason down in place of the one before."""
        made = {"sentence_id": was.sentence_id, "spans": was.spans, "created_at": self.clock()}
        await self.execute(_PUT, project_id, **made, person=was.person, reason=words)
        await self._events().add(
            project_id,
            EventKind.REVIEW_NOTED,
            person=person,
            sentence_id=was.sentence_id,
            detail={"from": was.reason, "to": words},
            undoes=undoes,
        )
        return Decision(was.sentence_id, was.spans, was.person, words)

    def _events(self) -> Events:
        return Events(self.tx)
