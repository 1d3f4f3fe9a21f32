"""One phrase: in which sentence it is meant, what has to be asked, and the label on it."""

from dataclasses import replace
from datetime import datetime

from bot.db.records.pending_actions import PendingActions
from bot.db.transaction import Transaction
from bot.domain.project import Annotation, Caller, Offsets, Project
from bot.domain.steps import StepKind
from bot.errors import NothingToDo
from bot.labelling import intents
from bot.labelling.annotator import NO_HAND, Hand
from bot.labelling.bulk import Everywhere, nowhere
from bot.labelling.commands import LabelPhrase
from bot.labelling.repositories.annotations import Annotations
from bot.labelling.repositories.queue import Queue
from bot.labelling.values.cards import Card, Outcome, Question
from bot.labelling.values.intents import LabelIntent
from bot.projects.repositories.labels import Labels
from ner_engine.annotation import find_mentions


class Phrasing(Hand):
    """Labels a phrase for one person in one transaction."""

    def __init__(
        self, tx: Transaction, project: Project, caller: Caller, *, today: datetime
    ) -> None:
        super().__init__(tx, project, caller, today=today)
        self.everywhere = Everywhere(tx, project.id, caller)

    async def label_phrase(self, command: LabelPhrase, tokens: tuple[Offsets, ...]) -> Outcome:
        """`/label SYMPTOM chest pain`, in the sentence in hand, in one that is typed with it, or everywhere."""
        intent = LabelIntent(command.label, command.phrase)
        if command.everywhere:
            return await self._label_everywhere(intent)
        if command.sentence is None:
            return await self.pursue(intent)
        sentence, is_new = await self.add(command.sentence, tokens)
        outcome = await self.pursue(replace(intent, sentence_id=sentence.id))
        if isinstance(outcome, Card):
            return replace(outcome, new_sentence=is_new, cleaned=command.cleaned)
        return outcome

    async def _label_everywhere(self, intent: LabelIntent) -> Outcome:
        """`… everywhere`, which may as well be the last word of a phrase in the sentence in hand."""
        sentence = await Queue(self._tx).in_hand(self._project, self._person)
        whole = f"{intent.phrase} everywhere"
        if sentence and find_mentions(sentence.text, whole):
            return await self.pursue(replace(intent, phrase=whole))
        question = await self.everywhere.look_for(intent, None)
        if question is None:
            raise NothingToDo(nowhere(intent.label, intent.phrase))
        return await self.ask(question)

    async def pursue(self, intent: LabelIntent) -> Outcome:
        """Label what is meant, or ask what only the person can decide."""
        labels = [label.name for label in await Labels(self._tx).all(self._project)]
        annotation = await self._meant(intent)
        if isinstance(annotation, Question):
            return await self.ask(annotation)
        question = intents.ask_label(intent, labels)
        if question:
            return await self.ask(
                replace(question, sentence=annotation.sentence, spans=annotation.spans)
            )
        change = intents.resolve(intent, annotation)
        if isinstance(change, Question):
            return await self.ask(change)
        return await self._apply(change, annotation)

    async def _meant(self, intent: LabelIntent) -> Annotation | Question:
        """The annotation the intent is about, or the question which sentence it is."""
        if intent.sentence_id is not None:
            return await self.in_hand(intent.sentence_id)
        sentence = await Queue(self._tx).in_hand(self._project, self._person)
        if sentence and find_mentions(sentence.text, intent.phrase):
            return await Annotations(self._tx).of(sentence, self._person)
        question = await self.everywhere.look_for(intent, sentence)
        if question is not None:
            if question.sentence is None:
                return question
            mine = await Annotations(self._tx).of(question.sentence, self._person)
            return replace(question, spans=mine.spans)
        raise NothingToDo(nowhere(intent.label, intent.phrase) if sentence else NO_HAND)

    async def _apply(self, change: intents.Change, annotation: Annotation) -> Outcome:
        if not change.added:
            return replace(await self.card(annotation), already=change.already)
        is_new = await Labels(self._tx).add(self._project, change.label, person=self._person)
        kept = tuple(span for span in annotation.spans if span not in change.removed)
        spans = tuple(sorted((*kept, *change.added)))
        card = await self.store_step(
            annotation, StepKind.LABELLED, spans, finished=annotation.finished
        )
        return replace(
            card,
            changed=change.added,
            already=change.already,
            new_label=change.label if is_new else None,
        )

    async def ask(self, question: Question) -> Question:
        """Keep a question; its choices speak of the sentence it is about."""
        bound = [
            replace(choice, intent=intents.with_sentence(choice.intent, question.sentence))
            if choice.intent and question.sentence
            else choice
            for choice in question.choices
        ]
        return await PendingActions(self._tx).put(
            self._project, self._person, replace(question, choices=tuple(bound))
        )
