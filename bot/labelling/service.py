"""Labelling: which function carries out which command of /label and of the buttons of its cards.

One request is one transaction. A phrase and the answers to questions are here, the other commands beside.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.db.database import Store
from bot.db.records.idempotency import once
from bot.db.records.pending_actions import PendingActions
from bot.db.records.sentences import Sentences
from bot.domain.json_form import JsonForm
from bot.domain.project import Annotation, Caller, Offsets, Sentence
from bot.domain.steps import StepKind
from bot.engine.ports import Engine
from bot.errors import NotFound, NothingToDo
from bot.labelling import bulk, intents, messages, sentences
from bot.labelling.commands import (
    Accept,
    Choose,
    Finish,
    FlagSentence,
    GoOn,
    LabelCommand,
    LabelPhrase,
    NextSentence,
    NoEntities,
    OpenSentence,
    Skip,
    TurnGuess,
    Undo,
)
from bot.labelling.repositories.flags import Flags
from bot.labelling.session import NO_SENTENCE, NOT_STORED, LabellingSession, awaits_suggestion
from bot.labelling.suggestions import Suggestions
from bot.labelling.values.bulk import EverywhereIntent, UndoTogether
from bot.labelling.values.cards import OUTCOME, Card, Outcome, Question, ReasonKept
from bot.labelling.values.intents import Intent, LabelIntent, MarkedSentence
from bot.labelling.values.messages import (
    JoinPieces,
    MessageIntent,
    QuotedMessage,
    TakeMessage,
    Withdraw,
)
from bot.projects.repositories.access import Access
from bot.projects.repositories.labels import Labels
from ner_engine.annotation import find_mentions
from ner_engine.label_names import LabelNames

_QUESTION_OVER = (
    "This question is over or was put to somebody else; nothing was changed. Ask it again, with /label or "
    "from the message's menu."
)
_REASON_KEPT: JsonForm[ReasonKept] = JsonForm(ReasonKept)


class Labelling:
    """Does what a person asks with /label; a repeated request changes nothing and gets the same answer."""

    def __init__(
        self,
        store: Store,
        engine: Engine,
        suggestions: Suggestions,
        *,
        seeded: asyncio.Event,
        today: Callable[[], datetime],
        owners: frozenset[str] = frozenset(),
    ) -> None:
        self._store = store
        self._engine = engine
        self._suggestions = suggestions
        self._seeded = seeded
        self._today = today
        self._owners = owners

    async def handle(self, caller: Caller, command: LabelCommand) -> Outcome:
        """Carry out one command and commit it; raises PersonError where it cannot be done as asked."""
        await self._seeded.wait()
        tokens = await self._tokens(command)
        carry_out = CARRIED_OUT_BY[type(command)]
        async with self._store.writing(caller.workspace) as tx:
            session = await LabellingSession.open(
                tx, caller, self._today(), tokens, named_owners=self._owners
            )
            outcome = await once(tx, caller.request, OUTCOME, lambda: carry_out(session, command))
        if awaits_suggestion(outcome):
            place = (caller.workspace, session.project_id)
            return await self._suggestions.with_suggestion(*place, outcome)
        return outcome

    async def label_message(self, caller: Caller, message: QuotedMessage) -> Outcome:
        """The card of a message's one sentence, or the question which of several it is; raises TextRefused."""
        intent = await messages.split_message(self._engine, message)
        return await self.handle(caller, TakeMessage(intent))

    async def join_pieces(self, caller: Caller, command: JoinPieces) -> Outcome:
        """The question which sentence of a message is meant, with some of them as one; the card where one is left."""
        async with self._store.reading(caller.workspace) as tx:
            project = await Access(tx).of(caller)
            asked = project and await PendingActions(tx).get(
                project.id, caller.person, command.question, Question
            )
        if not asked or not isinstance(asked.intent, MessageIntent):
            raise NotFound(_QUESTION_OVER)
        intent = await messages.join_pieces(self._engine, asked.intent, command)
        return await self.handle(caller, TakeMessage(intent))

    async def say_why(self, caller: Caller, sentence_id: int, note: str) -> bool:
        """Keep why a person flagged a sentence; False where the flag is not there any more."""
        async with self._store.writing(caller.workspace) as tx:

            async def work() -> ReasonKept:
                project = await Access(tx).ensure(caller)
                kept = await Flags(tx).say_why(project.id, caller.person, sentence_id, note)
                return ReasonKept(kept=kept)

            return (await once(tx, caller.request, _REASON_KEPT, work)).kept

    async def _tokens(self, command: LabelCommand) -> tuple[Offsets, ...]:
        """Tokens of a text that may be new, found before the transaction so that it does not wait for the engine."""
        match command:
            case LabelPhrase(sentence=str(text)) | MarkedSentence(text=text):
                return (await self._engine.tokens([text]))[0]
        return ()


async def label_phrase(session: LabellingSession, command: LabelPhrase) -> Outcome:
    """`/label SYMPTOM chest pain`, in the current sentence, in one that is typed with it, or everywhere."""
    label, phrase = intents.read_known_label(
        command.label, command.phrase, await session.known_labels()
    )
    intent = LabelIntent(label, phrase)
    if command.everywhere:
        return await _label_everywhere(session, intent)
    if command.sentence is None:
        return await _label(session, intent)
    sentence = await session.found_or_new(command.sentence, session.tokens)
    outcome = await _label_in(session, intent, sentence)
    return (
        replace(outcome, cleaned=command.cleaned or outcome.cleaned)
        if isinstance(outcome, Card)
        else outcome
    )


async def _label_in(session: LabellingSession, intent: LabelIntent, sentence: Sentence) -> Outcome:
    """Label in a sentence that is typed with the phrase; a new one is stored with the label, not with a question."""
    if sentence.id == NOT_STORED:
        unbound = replace(intent, sentence_id=None)
        annotation = Annotation(sentence, session.person)
        question = await _question(session, unbound, annotation)
        if question is not None:
            return await session.ask(question)
        stored, is_new = await session.add(sentence.text, sentence.tokens)
        outcome = await _label(session, replace(intent, sentence_id=stored.id))
        return replace(outcome, new_sentence=is_new) if isinstance(outcome, Card) else outcome
    return await _label(session, replace(intent, sentence_id=sentence.id))


async def _question(
    session: LabellingSession, intent: LabelIntent, annotation: Annotation
) -> Question | None:
    """What only the person can decide before the phrase is labelled in the sentence."""
    question = intents.ask_label(intent, await session.label_names())
    if question is not None:
        return replace(question, sentence=annotation.sentence, spans=annotation.spans)
    change = intents.resolve(intent, annotation)
    return change if isinstance(change, Question) else None


async def _label_everywhere(session: LabellingSession, intent: LabelIntent) -> Outcome:
    """`… everywhere`, which may as well be the last word of a phrase in the current sentence."""
    sentence = await session.current()
    whole = f"{intent.phrase} everywhere"
    if sentence and find_mentions(sentence.text, whole):
        return await _label(session, replace(intent, phrase=whole))
    question = await bulk.look_for(session, intent, None)
    if question is None:
        raise NothingToDo(bulk.nowhere(intent.label, intent.phrase))
    return await session.ask(question)


async def _label(session: LabellingSession, intent: LabelIntent) -> Outcome:
    """Label what is meant, or ask what only the person can decide."""
    labels = await session.label_names()
    intent = replace(intent, label=LabelNames(labels).name(intent.label))
    annotation = await _meant(session, intent)
    if isinstance(annotation, Question):
        return await session.ask(annotation)
    question = intents.ask_label(intent, labels)
    if question:
        return await session.ask(
            replace(question, sentence=annotation.sentence, spans=annotation.spans)
        )
    change = intents.resolve(intent, annotation)
    if isinstance(change, Question):
        return await session.ask(change)
    return await _apply(session, change, annotation)


async def _meant(session: LabellingSession, intent: LabelIntent) -> Annotation | Question:
    """The annotation the intent is about, or the question which sentence it is."""
    if intent.sentence_id is not None:
        return await session.assigned(intent.sentence_id)
    sentence = await session.current()
    if sentence and find_mentions(sentence.text, intent.phrase):
        return await session.annotation(sentence)
    question = await bulk.look_for(session, intent, sentence)
    if question is None:
        raise NothingToDo(bulk.nowhere(intent.label, intent.phrase) if sentence else NO_SENTENCE)
    if question.sentence is None:
        return question
    mine = await session.annotation(question.sentence)
    return replace(question, spans=mine.spans)


async def _apply(
    session: LabellingSession, change: intents.Change, annotation: Annotation
) -> Outcome:
    if not change.added:
        return replace(await session.card(annotation), already=change.already)
    is_new = await Labels(session.tx).add(session.project_id, change.label, person=session.person)
    kept = tuple(span for span in annotation.spans if span not in change.removed)
    spans = tuple(sorted((*kept, *change.added)))
    card = await session.store_step(
        annotation, StepKind.LABELLED, spans, finished=annotation.finished
    )
    return replace(
        card,
        changed=change.added,
        already=change.already,
        new_label=change.label if is_new else None,
    )


async def choose(session: LabellingSession, command: Choose) -> Outcome:
    """Go on with the answer to a question."""
    question = await PendingActions(session.tx).get(
        session.project_id, session.person, command.question_id, Question
    )
    if question is None or command.index >= len(question.choices):
        raise NotFound(_QUESTION_OVER)
    intent: Intent | None = question.choices[command.index].intent
    if intent is None:
        return await _left_alone(session, question)
    is_new = question.sentence is not None and question.sentence.id == NOT_STORED
    if isinstance(intent, LabelIntent):
        if is_new and question.sentence is not None:
            here = await session.found_or_new(question.sentence.text, question.sentence.tokens)
            return await _label_in(session, intent, here)
        return await _label(session, intent)
    if isinstance(intent, EverywhereIntent):
        return await bulk.label_everywhere(session, intent)
    if isinstance(intent, MessageIntent):
        return await messages.take_pieces(session, intent)
    if is_new and question.sentence is not None:
        here = await session.found_or_new(question.sentence.text, question.sentence.tokens)
        return await sentences.store_marked(session, intent, here)
    stored = question.sentence or await Sentences(session.tx).find(session.project_id, intent.text)
    if stored is None:
        raise NotFound("This sentence is no longer here; nothing was changed.")
    return await sentences.store_marked(session, intent, stored)


async def _left_alone(session: LabellingSession, question: Question) -> Outcome:
    sentence = question.sentence
    if sentence is None or sentence.id == NOT_STORED:
        sentence = await session.current()
    if sentence is None:
        return await session.go_on()
    return await session.card(await session.annotation(sentence))


CARRIED_OUT_BY: Mapping[
    type[LabelCommand], Callable[[LabellingSession, Any], Awaitable[Outcome]]
] = {
    NextSentence: sentences.next_sentence,
    GoOn: sentences.go_on,
    LabelPhrase: label_phrase,
    MarkedSentence: sentences.mark_sentence,
    NoEntities: sentences.no_entities,
    Accept: sentences.accept,
    TurnGuess: sentences.turn_guess,
    Finish: sentences.finish,
    Skip: sentences.skip,
    FlagSentence: sentences.flag,
    Undo: sentences.undo,
    UndoTogether: bulk.undo_together,
    Withdraw: messages.withdraw,
    TakeMessage: messages.take_message,
    OpenSentence: sentences.open_sentence,
    Choose: choose,
}


def beginning_of_day(timezone: str, clock: Callable[[], datetime]) -> Callable[[], datetime]:
    """When today began in a time zone, in UTC."""
    zone = ZoneInfo(timezone)

    def today() -> datetime:
        here = clock().astimezone(zone)
        return here.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)

    return today
