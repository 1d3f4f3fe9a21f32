"""Messages to label: split into sentences, shown one by one where there are several, put into the queue."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.db.records.idempotency import IdempotencyRecords
from bot.db.records.sentences import Sentences
from bot.domain.json_form import JsonForm
from bot.engine.ports import Engine
from bot.errors import NothingToDo, TextRefused
from bot.labelling.repositories.queue import Queue
from bot.labelling.session import LabellingSession
from bot.labelling.values.cards import Choice, Outcome, Question, QuestionKind
from bot.labelling.values.messages import (
    MessageIntent,
    Piece,
    Queued,
    QuotedMessage,
    TakeMessage,
    Withdraw,
    Withdrawn,
)
from bot.slack.text_normalization import clean

MAX_PIECES = 40
"""Sentences of a message that are shown one by one; the queue takes all of them."""
_QUEUED: JsonForm[Queued] = JsonForm(Queued)


async def split_message(engine: Engine, message: QuotedMessage) -> MessageIntent:
    """The sentences of a message with their tokens; raises TextRefused where there are none."""
    borders = await engine.sentences(message.lines)
    texts = tuple(dict.fromkeys(_cut(message.lines, borders)))
    if not texts:
        raise TextRefused("This message has no words to label. Choose one with a sentence in it.")
    tokens = await engine.tokens(texts)
    pieces = tuple(Piece(*pair) for pair in zip(texts, tokens, strict=True))
    return MessageIntent(pieces, message.permalink, message.cleaned)


def _cut(lines: Sequence[str], borders: Sequence[Sequence[tuple[int, int]]]) -> Iterator[str]:
    """The sentences of each line; bullets and rows of dashes are none."""
    for line, sentences in zip(lines, borders, strict=True):
        for start, end in sentences:
            if any(character.isalnum() for character in line[start:end]):
                yield clean(line[start:end]).text


async def take_message(session: LabellingSession, command: TakeMessage) -> Outcome:
    """A message's one sentence becomes the current one; of several it is asked which."""
    if len(command.intent.pieces) == 1:
        return await take_pieces(session, command.intent)
    return await session.ask(ask_pieces(command.intent))


def ask_pieces(intent: MessageIntent) -> Question:
    """Ask which of a message's sentences is meant, with all of them as a choice."""
    each = (
        Choice("Label", replace(intent, pieces=(piece,))) for piece in intent.pieces[:MAX_PIECES]
    )
    every = Choice(f"All {len(intent.pieces)} into the queue", replace(intent, to_queue=True))
    return Question(QuestionKind.MESSAGE, intent, (*each, every))


async def take_pieces(session: LabellingSession, intent: MessageIntent) -> Outcome:
    """Store the sentences that were chosen: one becomes the current one, all of them wait in the queue."""
    stored = [
        await Sentences(session.tx).add(
            session.project_id,
            piece.text,
            piece.tokens,
            person=session.person,
            source=session.caller.channel,
            permalink=intent.permalink,
        )
        for piece in intent.pieces
    ]
    if intent.to_queue:
        waiting = await Queue(session.tx).waiting(session.project_id, session.person)
        added = tuple(sentence.id for sentence, is_new in stored if is_new)
        return Queued(len(stored), added, waiting, step=session.caller.request)
    sentence, is_new = stored[0]
    card = await session.card(await session.assigned(sentence.id))
    return replace(card, new_sentence=is_new, cleaned=intent.cleaned)


async def withdraw(session: LabellingSession, command: Withdraw) -> Withdrawn:
    """Take back what a request put into the queue, apart from what somebody has worked with since."""
    queued = await IdempotencyRecords(session.tx).get(command.step, _QUEUED)
    if queued is None:
        raise NothingToDo(
            "That is too long ago to be taken back in one step. Skip the sentences when they come, or flag them."
        )
    sentences = Sentences(session.tx)
    gone = await sentences.withdraw(session.project_id, queued.added)
    there = [number for number in queued.added if await sentences.get(session.project_id, number)]
    if not gone and not there:
        raise NothingToDo("These sentences are out of the queue already.")
    return Withdrawn(len(gone), tuple(there))
