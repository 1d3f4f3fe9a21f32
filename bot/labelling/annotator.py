"""One person's hand in one transaction: what lies in it, the steps on it, and the card that shows it."""

from dataclasses import replace
from datetime import datetime

from bot.db.records.sentences import Sentences
from bot.db.transaction import Transaction
from bot.domain.project import Annotation, Caller, Offsets, Project, Sentence
from bot.domain.steps import AnnotationState, StepKind
from bot.errors import NotFound, NothingToDo
from bot.labelling.repositories.annotations import Annotations
from bot.labelling.repositories.queue import Queue
from bot.labelling.values.cards import Card, Done, Outcome, QueueEmpty
from bot.projects.repositories.labels import Labels
from ner_engine.annotation import Span

NO_HAND = (
    "You have no sentence in hand. Type /label to get the next one, or add your own: "
    "/label SYMPTOM chest pain in: A patient with chest pain."
)


class Hand:
    """What every use case that labels does with sentences; `today` is when this person's day began."""

    def __init__(
        self, tx: Transaction, project: Project, caller: Caller, *, today: datetime
    ) -> None:
        self._tx = tx
        self._project = project.id
        self._caller = caller
        self._person = caller.person
        self._today = today

    async def in_hand(self, sentence_id: int | None) -> Annotation:
        """The person's annotation of the sentence a button names, taken in hand, or of the one already in hand."""
        if sentence_id is None:
            sentence = await Queue(self._tx).in_hand(self._project, self._person)
            if sentence is None:
                raise NothingToDo(NO_HAND)
            return await Annotations(self._tx).of(sentence, self._person)
        annotation = await self.named(sentence_id)
        await Queue(self._tx).take(self._project, self._person, sentence_id)
        return annotation

    async def named(self, sentence_id: int) -> Annotation:
        """The person's annotation of a sentence, with the hand left as it is."""
        sentence = await Sentences(self._tx).get(self._project, sentence_id)
        if sentence is None:
            raise NotFound("This sentence is no longer here. Type /label for the next one.")
        return await Annotations(self._tx).of(sentence, self._person)

    async def go_on(self, *, done: Done | None = None) -> Outcome:
        """The next sentence of the queue, taken in hand."""
        sentence = await Queue(self._tx).next(self._project, self._person)
        if sentence is None:
            sentence = await Queue(self._tx).in_hand(self._project, self._person)
        return await self._shown(sentence, done=done)

    async def stay(self, stale: int) -> Outcome:
        """What is in hand, where somebody pressed the card of a sentence that is finished."""
        sentence = await Queue(self._tx).in_hand(self._project, self._person)
        held = await Annotations(self._tx).of(sentence, self._person) if sentence else None
        if held is None or held.finished:
            sentence = await Queue(self._tx).next(self._project, self._person)
        return replace(await self._shown(sentence), stale=stale)

    async def _shown(
        self, sentence: Sentence | None, *, done: Done | None = None
    ) -> Card | QueueEmpty:
        annotation = await Annotations(self._tx).of(sentence, self._person) if sentence else None
        if annotation is None or annotation.finished:
            counts = await Annotations(self._tx).counts(self._project)
            return QueueEmpty(counts.finished, done=done, today=await self._finished_today())
        return await self.card(annotation, done=done)

    async def add(
        self, text: str, tokens: tuple[Offsets, ...], *, source: str = ""
    ) -> tuple[Sentence, bool]:
        """Store a text where it is new; its source is the channel if nothing else is said."""
        return await Sentences(self._tx).add(
            self._project, text, tokens, person=self._person, source=source or self._caller.channel
        )

    async def create_labels(self, spans: tuple[Span, ...]) -> list[str]:
        """Create the labels of these spans that are new; their names."""
        return [
            name
            for name in sorted({span.label for span in spans})
            if await Labels(self._tx).add(self._project, name, person=self._person)
        ]

    async def finish(self, annotation: Annotation, spans: tuple[Span, ...]) -> Card:
        """Finish a sentence with just these spans."""
        kind = StepKind.FINISHED if spans else StepKind.NO_ENTITIES
        return await self.store_step(annotation, kind, spans, finished=True)

    async def store_step(
        self, annotation: Annotation, kind: StepKind, spans: tuple[Span, ...], *, finished: bool
    ) -> Card:
        """Bring the annotation there; a step that changes nothing is told but not stored."""
        if (spans, finished) == (annotation.spans, annotation.finished):
            return await self.card(annotation, step=kind)
        await self.change(annotation, kind, spans, finished=finished)
        after = replace(annotation, spans=spans, finished=finished)
        return replace(await self.card(after), step=kind)

    async def change(
        self,
        annotation: Annotation,
        kind: StepKind,
        spans: tuple[Span, ...],
        *,
        finished: bool,
        note: str | None = None,
    ) -> None:
        """Store a step, with what the person said of it."""
        await Annotations(self._tx).change(
            self._project,
            annotation,
            kind,
            AnnotationState(spans, finished),
            request=self._caller.request,
            note=note,
        )

    async def card(
        self, annotation: Annotation, *, step: StepKind | None = None, done: Done | None = None
    ) -> Card:
        """The annotation with how far the person is."""
        waiting = await Queue(self._tx).waiting(self._project, self._person)
        today = await self._finished_today()
        return Card(annotation, step=step, done=done, waiting=waiting, today=today)

    async def _finished_today(self) -> int:
        return await Annotations(self._tx).finished_since(self._project, self._person, self._today)
