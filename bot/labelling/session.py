"""One person at work on the sentences of a project: what every use case that labels does with them."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeGuard

from bot.db.records.pending_actions import PendingActions
from bot.db.records.sentences import Sentences
from bot.db.transaction import Transaction
from bot.domain.project import Annotation, Caller, Offsets, Sentence
from bot.domain.roles import Role
from bot.domain.steps import AnnotationState, StepKind
from bot.errors import NotFound, NothingToDo
from bot.labelling.intents import with_sentence
from bot.labelling.repositories.annotations import Annotations
from bot.labelling.repositories.queue import Queue
from bot.labelling.values.cards import Card, Done, Outcome, Question, QueueEmpty
from bot.projects.context import read_roles
from bot.projects.repositories.access import Access
from bot.projects.repositories.labels import Labels
from ner_engine.annotation import Span
from ner_engine.label_names import LabelNames

NO_SENTENCE = (
    "You aren't working on a sentence. Type /label to get the next one, or add your own: "
    "/label SYMPTOM chest pain in: A patient with chest pain."
)


NOT_STORED = 0
"""The id of a sentence that was typed with a question: it is stored once the person has answered."""


@dataclass(frozen=True, slots=True)
class LabellingSession:
    """One person in one transaction; the current sentence is the one that is assigned to them."""

    tx: Transaction
    project_id: int
    caller: Caller
    today: datetime
    """When this person's day began."""
    tokens: tuple[Offsets, ...] = ()
    """Of the text that the command brings, if any."""
    named_owners: frozenset[str] = frozenset()
    """Owners by the setting NERBOT_OWNERS."""
    added: set[int] = field(default_factory=set, compare=False)
    """Sentences that this request stored."""

    @classmethod
    async def open(
        cls,
        tx: Transaction,
        caller: Caller,
        today: datetime,
        tokens: tuple[Offsets, ...] = (),
        *,
        named_owners: frozenset[str] = frozenset(),
    ) -> "LabellingSession":
        """In the project of the channel; the default project is made now if this is its first use."""
        # Asked each time: another process may have bound the channel to another project just now.
        project = await Access(tx).ensure(caller)
        return cls(tx, project.id, caller, today, tokens, named_owners)

    @property
    def person(self) -> str:
        """Who it is."""
        return self.caller.person

    async def current(self) -> Sentence | None:
        """The sentence they work on."""
        return await Queue(self.tx).current(self.project_id, self.person)

    async def assigned(self, sentence_id: int | None) -> Annotation:
        """Their annotation of the sentence a button names, which becomes the current one; else of the current one."""
        if sentence_id is None:
            sentence = await self.current()
            if sentence is None:
                raise NothingToDo(NO_SENTENCE)
            return await self.annotation(sentence)
        annotation = await self.named(sentence_id)
        await Queue(self.tx).take(self.project_id, self.person, sentence_id)
        return annotation

    async def named(self, sentence_id: int) -> Annotation:
        """Their annotation of a sentence, which does not become the current one."""
        sentence = await Sentences(self.tx).get(self.project_id, sentence_id)
        if sentence is None:
            raise NotFound("This sentence is no longer here. Type /label for the next one.")
        return await self.annotation(sentence)

    async def annotation(self, sentence: Sentence) -> Annotation:
        """Their annotation of a sentence as it stands."""
        return await Annotations(self.tx).of(sentence, self.person)

    async def known_labels(self) -> LabelNames:
        """The project's labels, however they are written."""
        return LabelNames(await self.label_names())

    async def label_names(self) -> list[str]:
        """The project's labels."""
        return [label.name for label in await Labels(self.tx).all(self.project_id)]

    # what is shown

    async def go_on(self, *, done: Done | None = None) -> Card | QueueEmpty:
        """The next sentence of the queue, which becomes the current one."""
        sentence = await Queue(self.tx).next(self.project_id, self.person)
        if sentence is None:
            sentence = await Queue(self.tx).on_hand(self.project_id, self.person)
        return await self._shown(sentence, done=done)

    async def stay(self, stale: int) -> Card | QueueEmpty:
        """The current sentence, where somebody pressed the card of one that is finished."""
        sentence = await self.current()
        if sentence is None or (await self.annotation(sentence)).finished:
            sentence = await Queue(self.tx).next(self.project_id, self.person)
        return replace(await self._shown(sentence), stale=stale)

    async def _shown(
        self, sentence: Sentence | None, *, done: Done | None = None
    ) -> Card | QueueEmpty:
        annotation = await self.annotation(sentence) if sentence else None
        if annotation is None or annotation.finished:
            counts = await Annotations(self.tx).counts(self.project_id)
            return QueueEmpty(counts.finished, done=done, today=await self._finished_today())
        return await self.card(annotation, done=done)

    async def card(
        self, annotation: Annotation, *, step: StepKind | None = None, done: Done | None = None
    ) -> Card:
        """The annotation with how far the person is."""
        waiting = await Queue(self.tx).waiting(self.project_id, self.person)
        today = await self._finished_today()
        may_delete = await self._may_delete(annotation.sentence.id)
        return Card(
            annotation, step=step, done=done, waiting=waiting, today=today, may_delete=may_delete
        )

    async def _may_delete(self, sentence_id: int) -> bool:
        """As the deletion itself will be judged, once there is an owner."""
        added_by = await Annotations(self.tx).added_by(self.project_id, sentence_id)
        if added_by == self.person:
            return True
        roles = await read_roles(self.tx, self.named_owners)
        return roles.get(self.person) is Role.OWNER

    async def _finished_today(self) -> int:
        return await Annotations(self.tx).finished_since(self.project_id, self.person, self.today)

    async def ask(self, question: Question) -> Question:
        """Keep a question; its choices speak of the sentence it is about."""
        bound = [
            replace(choice, intent=with_sentence(choice.intent, question.sentence))
            if choice.intent and question.sentence and question.sentence.id != NOT_STORED
            else choice
            for choice in question.choices
        ]
        return await PendingActions(self.tx).put(
            self.project_id, self.person, replace(question, choices=tuple(bound))
        )

    # what is stored

    async def add(
        self, text: str, tokens: tuple[Offsets, ...], *, source: str = ""
    ) -> tuple[Sentence, bool]:
        """Store a text where it is new; its source is the channel if nothing else is said."""
        sentence, is_new = await Sentences(self.tx).add(
            self.project_id, text, tokens, person=self.person, source=source or self.caller.channel
        )
        if is_new:
            self.added.add(sentence.id)
        return sentence, is_new

    async def found_or_new(self, text: str, tokens: tuple[Offsets, ...]) -> Sentence:
        """The sentence with this text; where there is none, one that is not stored yet."""
        found = await Sentences(self.tx).find(self.project_id, text)
        return found or Sentence(NOT_STORED, text, tokens)

    async def create_labels(self, spans: tuple[Span, ...]) -> list[str]:
        """Create the labels of these spans that are new; their names."""
        return [
            name for name in sorted({span.label for span in spans}) if await self.create_label(name)
        ]

    async def create_label(self, name: str) -> bool:
        """Create a label, which goes again when this step is undone; False where it exists."""
        return await Labels(self.tx).add(
            self.project_id, name, person=self.person, request=self.caller.request
        )

    async def take_back_labels(self, request: str) -> tuple[str, ...]:
        """Remove the labels that the step of a request made, as far as nothing carries them."""
        return await Labels(self.tx).take_back(self.project_id, request=request, person=self.person)

    async def finish(self, annotation: Annotation, spans: tuple[Span, ...]) -> Card:
        """Finish a sentence with just these spans."""
        kind = StepKind.FINISHED if spans else StepKind.NO_ENTITIES
        return await self.store_step(annotation, kind, spans, finished=True)

    async def store_step(
        self, annotation: Annotation, kind: StepKind, spans: tuple[Span, ...], *, finished: bool
    ) -> Card:
        """Bring the annotation there; a step that changes nothing is shown but not stored."""
        if (spans, finished) == (annotation.spans, annotation.finished):
            return await self.card(annotation, step=kind)
        await self.change(annotation, kind, spans, finished=finished)
        after = replace(annotation, spans=spans, finished=finished)
        return await self.card(after, step=kind)

    async def change(
        self,
        annotation: Annotation,
        kind: StepKind,
        spans: tuple[Span, ...],
        *,
        finished: bool,
        note: str | None = None,
        together: int = 1,
        replaced: str | None = None,
    ) -> None:
        """Store a step, with what the person said of it; one over several sentences says over how many."""
        await Annotations(self.tx).change(
            self.project_id,
            annotation,
            kind,
            AnnotationState(spans, finished),
            request=self.caller.request,
            note=note,
            together=together,
            replaced=replaced,
            added=annotation.sentence.id in self.added,
        )


def awaits_suggestion(outcome: Outcome) -> TypeGuard[Card]:
    """Whether this is the card of a sentence with nothing labelled in it yet."""
    if not isinstance(outcome, Card) or outcome.already:
        return False
    untouched = outcome.step in {None, StepKind.UNDONE} and not outcome.annotation.finished
    return untouched and not outcome.annotation.spans
