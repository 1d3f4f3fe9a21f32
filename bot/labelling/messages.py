"""Messages to label: split into sentences, shown one by one where there are several, put into the queue."""

from collections.abc import Sequence
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
    MAX_SENTENCES,
    JoinPieces,
    LeftOut,
    MessageIntent,
    Piece,
    Queued,
    QuotedMessage,
    TakeMessage,
    WhyLeftOut,
    Withdraw,
    Withdrawn,
)
from bot.slack.text_normalization import clean, without_long_links
from ner_engine.annotation import MAX_TEXT

MAX_PIECES = 40
"""Sentences of a message that are shown one by one; the queue takes all of them."""
_BEGINS = 60
"""Characters by which a sentence is known again."""
_QUEUED: JsonForm[Queued] = JsonForm(Queued)


async def split_message(engine: Engine, message: QuotedMessage, *, language: str) -> MessageIntent:
    """The sentences of a message with their tokens, and what of it is none; raises TextRefused where there are none."""
    borders = await engine.sentences(message.lines)
    texts, left_out, cleaned = _cut(message.lines, borders)
    left_out = [*message.left_out, *left_out]
    if len(texts) > MAX_SENTENCES:
        left_out.append(LeftOut(WhyLeftOut.TOO_MANY, len(texts) - MAX_SENTENCES))
        texts = texts[:MAX_SENTENCES]
    intent = MessageIntent(
        (), message.permalink, message.cleaned or cleaned, left_out=tuple(left_out)
    )
    return replace(intent, pieces=await _pieces(engine, texts, language))


async def join_pieces(
    engine: Engine, intent: MessageIntent, command: JoinPieces, *, language: str
) -> MessageIntent:
    """The same with some of its sentences as one; raises TextRefused where that would be too long."""
    last = len(intent.pieces) - 1 if command.last is None else command.last
    if not 0 <= command.first < last < len(intent.pieces):
        raise NothingToDo("These sentences cannot be joined. Choose the message again.")
    whole = clean(" ".join(piece.text for piece in intent.pieces[command.first : last + 1])).text
    (joined,) = await _pieces(engine, [whole], language)
    pieces = (*intent.pieces[: command.first], joined, *intent.pieces[last + 1 :])
    return replace(intent, pieces=tuple(dict.fromkeys(pieces)))


async def _pieces(engine: Engine, texts: Sequence[str], language: str) -> tuple[Piece, ...]:
    tokens = await engine.tokens(texts, language=language)
    return tuple(Piece(*pair) for pair in zip(texts, tokens, strict=True))


def _cut(
    lines: Sequence[str], borders: Sequence[Sequence[tuple[int, int]]]
) -> tuple[list[str], list[LeftOut], bool]:
    """The sentences of all lines, those that no model could bear, and whether links were shortened in them; raises
    TextRefused where there are none."""
    texts: dict[str, None] = {}
    refused = "This message has no words to label. Choose one with a sentence in it."
    left_out: list[LeftOut] = []
    is_shortened = False
    for line, sentences in zip(lines, borders, strict=True):
        for start, end in sentences:
            if not any(character.isalnum() for character in line[start:end]):
                continue  # bullets and rows of dashes
            text = without_long_links(line[start:end])
            is_shortened = is_shortened or text != line[start:end]
            try:
                texts[clean(text).text] = None
            except TextRefused as error:
                refused = str(error)
                why = WhyLeftOut.TOO_LONG if end - start > MAX_TEXT else WhyLeftOut.UNREADABLE
                left_out.append(LeftOut(why, end - start, text[:_BEGINS]))
    if not texts:
        raise TextRefused(refused)
    return list(texts), left_out, is_shortened


async def take_message(session: LabellingSession, command: TakeMessage) -> Outcome:
    """A message's one sentence becomes the current one; of several, or where some are left out, it is asked which."""
    if len(command.intent.pieces) == 1 and not command.intent.left_out:
        return await take_pieces(session, command.intent)
    return await session.ask(ask_pieces(command.intent))


def ask_pieces(intent: MessageIntent) -> Question:
    """Ask which of a message's sentences is meant, with all of them as a choice."""
    each = (
        Choice("Label", replace(intent, pieces=(piece,), left_out=()))
        for piece in intent.pieces[:MAX_PIECES]
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
    """Undo what a request put into the queue, apart from what somebody has worked with since."""
    queued = await IdempotencyRecords(session.tx).get(command.step, _QUEUED)
    if queued is None:
        raise NothingToDo(
            "That is too long ago to be undone in one step. Skip the sentences when you get them, or flag them."
        )
    sentences = Sentences(session.tx)
    gone = await sentences.withdraw(session.project_id, queued.added)
    there = [number for number in queued.added if await sentences.get(session.project_id, number)]
    if not gone and not there:
        raise NothingToDo("These sentences have already been removed from the queue.")
    return Withdrawn(len(gone), tuple(there))
