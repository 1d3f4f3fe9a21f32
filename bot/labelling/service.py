"""Labelling: which function carries out which command of /label and of the buttons of its cards.

One request is one transaction. The answers to questions are here, the commands beside.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.db.database import Store
from bot.db.records.idempotency import once
from bot.db.records.pending_actions import PendingActions
from bot.db.records.sentences import Sentences
from bot.db.transaction import Transaction
from bot.db.turns import Contended
from bot.domain.json_form import JsonForm
from bot.domain.project import Caller, Offsets
from bot.engine.ports import Engine
from bot.errors import NotAllowed, NotFound
from bot.labelling import bulk, messages, phrases, sentences, undoing
from bot.labelling.commands import (
    Accept,
    Choose,
    Finish,
    FlagSentence,
    GoOn,
    LabelCommand,
    LabelPhrase,
    LabelWords,
    NextSentence,
    NoEntities,
    OpenSentence,
    PointAt,
    PointAtPlace,
    Skip,
    Undo,
)
from bot.labelling.repositories.flags import Flags
from bot.labelling.session import NOT_STORED, LabellingSession, awaits_suggestion
from bot.labelling.suggestions import Suggestions
from bot.labelling.values.bulk import EverywhereIntent, UndoTogether
from bot.labelling.values.cards import OUTCOME, Card, Outcome, Question, ReasonKept
from bot.labelling.values.intents import (
    Intent,
    LabelIntent,
    MarkedSentence,
    MarkedSentences,
    UnlabelIntent,
)
from bot.labelling.values.messages import (
    JoinPieces,
    MessageIntent,
    QuotedMessage,
    TakeMessage,
    Withdraw,
)
from bot.projects.repositories.access import NO_GUESTS, Access
from bot.projects.repositories.projects import Projects

_QUESTION_OVER = (
    "This question has expired or was put to somebody else; nothing was changed. Ask it again, with /label or "
    "from the message's menu."
)
_NOT_SEEN = (
    "What was found here belongs to a project that is not there any more, or that you are not in."
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
        found = await self._tokens(caller, _new_texts(command))
        if isinstance(command, MarkedSentences):
            command = replace(command, tokens=tuple(found))
            found = []
        tokens = found[0] if found else ()
        project_id, outcome = await self._carry_out(caller, command, tokens)
        place = (caller.workspace, project_id)
        if isinstance(outcome, Card):
            outcome = await self._suggestions.with_neighbours(*place, outcome)
        if awaits_suggestion(outcome):
            return await self._suggestions.with_suggestion(*place, outcome)
        return outcome

    async def _carry_out(
        self, caller: Caller, command: LabelCommand, tokens: tuple[Offsets, ...]
    ) -> tuple[int, Outcome]:
        """Beside what others do if that is possible, so that nobody in the workspace waits for it."""
        work = CARRIED_OUT_BY[type(command)]

        async def in_transaction(tx: Transaction) -> tuple[int, Outcome]:
            session = await LabellingSession.open(
                tx, caller, self._today(), tokens, named_owners=self._owners
            )
            answer = await once(tx, caller.request, OUTCOME, lambda: work(session, command))
            return session.project_id, answer

        if isinstance(command, BESIDE_OTHERS):
            with suppress(Contended):
                async with self._store.writing_beside(caller.workspace, caller.person) as tx:
                    return await in_transaction(tx)
        async with self._store.writing(caller.workspace) as tx:
            return await in_transaction(tx)

    async def label_message(self, caller: Caller, message: QuotedMessage) -> Outcome:
        """The card of a message's one sentence, or the question which of several it is; raises TextRefused."""
        language = await self._language(caller)
        intent = await messages.split_message(self._engine, message, language=language)
        return await self.handle(caller, TakeMessage(intent))

    async def fix_message(
        self, caller: Caller, project_id: int, ask: Callable[[], Awaitable[QuotedMessage]]
    ) -> Outcome:
        """The same in the project that watches the message's channel; raises NotFound where they do not see it."""
        async with self._store.reading(caller.workspace) as tx:
            if not await Access(tx).sees(caller, project_id):
                raise NotAllowed(NO_GUESTS) if caller.is_guest else NotFound(_NOT_SEEN)
        return await self.label_message(replace(caller, project_id=project_id), await ask())

    async def join_pieces(self, caller: Caller, command: JoinPieces) -> Outcome:
        """The question which sentence of a message is meant, with some of them as one; the card where one is left."""
        async with self._store.reading(caller.workspace) as tx:
            project = await Access(tx).of(caller)
            asked = project and await PendingActions(tx).get(
                project.id, caller.person, command.question, Question
            )
        if not asked or not isinstance(asked.intent, MessageIntent):
            raise NotFound(_QUESTION_OVER)
        language = await self._language(caller)
        intent = await messages.join_pieces(self._engine, asked.intent, command, language=language)
        return await self.handle(caller, TakeMessage(intent))

    async def say_why(self, caller: Caller, sentence_id: int, note: str) -> bool:
        """Keep why a person flagged a sentence; False where the flag is not there any more."""
        async with self._store.writing(caller.workspace) as tx:

            async def work() -> ReasonKept:
                project = await Access(tx).ensure(caller)
                kept = await Flags(tx).say_why(project.id, caller.person, sentence_id, note)
                return ReasonKept(kept=kept)

            return (await once(tx, caller.request, _REASON_KEPT, work)).kept

    async def _language(self, caller: Caller) -> str:
        async with self._store.reading(caller.workspace) as tx:
            project = await Access(tx).of(caller)
            return await Projects(tx).language(project.id) if project else "en"

    async def _tokens(self, caller: Caller, texts: Sequence[str]) -> list[tuple[Offsets, ...]]:
        """Their tokens, found before the transaction so that it does not wait for the engine."""
        if not texts:
            return []
        return [*await self._engine.tokens(texts, language=await self._language(caller))]


#: What mostly changes one annotation of one sentence, and goes on to no other.
BESIDE_OTHERS = (LabelPhrase, LabelWords, Finish)


def _new_texts(command: LabelCommand) -> list[str]:
    """The texts of a command that may be new sentences."""
    match command:
        case MarkedSentences(marked=sentences):
            return [each.text for each in sentences]
        case LabelPhrase(sentence=str(text)) | MarkedSentence(text=text):
            return [text]
        case LabelWords():
            new = phrases.text_of(command)
            return [new] if new else []
    return []


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
    if isinstance(intent, LabelIntent):
        return await _label_chosen(session, intent, question)
    if isinstance(intent, MarkedSentence):
        return await _mark_chosen(session, intent, question)
    return await _CHOSEN[type(intent)](session, intent)


async def _label_chosen(
    session: LabellingSession, intent: LabelIntent, question: Question
) -> Outcome:
    new = question.sentence
    if new is None or new.id != NOT_STORED:
        return await phrases.label(session, intent)
    return await phrases.label_in(session, intent, await session.found_or_new(new.text, new.tokens))


async def _mark_chosen(
    session: LabellingSession, intent: MarkedSentence, question: Question
) -> Outcome:
    about = question.sentence
    if about is not None and about.id == NOT_STORED:
        about = await session.found_or_new(about.text, about.tokens)
    stored = about or await Sentences(session.tx).find(session.project_id, intent.text)
    if stored is None:
        raise NotFound("This sentence is no longer here; nothing was changed.")
    return await sentences.store_marked(session, intent, stored)


_CHOSEN: Mapping[type[Intent], Callable[[LabellingSession, Any], Awaitable[Outcome]]] = {
    UnlabelIntent: phrases.take_label_off,
    MarkedSentences: sentences.mark_sentences,
    EverywhereIntent: bulk.label_everywhere,
    MessageIntent: messages.take_pieces,
}


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
    LabelPhrase: phrases.label_phrase,
    LabelWords: phrases.label_words,
    MarkedSentence: sentences.mark_sentence,
    MarkedSentences: sentences.mark_sentences,
    NoEntities: sentences.no_entities,
    Accept: sentences.accept,
    PointAt: sentences.point_at,
    PointAtPlace: sentences.point_at_place,
    Finish: sentences.finish,
    Skip: sentences.skip,
    FlagSentence: sentences.flag,
    Undo: undoing.undo,
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
