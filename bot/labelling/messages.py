"""Messages to label: split into sentences, offered one by one where there are several."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace

from bot.domain.project import Caller
from bot.engine.ports import Engine
from bot.errors import TextRefused
from bot.labelling.commands import LabelCommand
from bot.labelling.values.cards import Choice, Outcome, Question, QuestionKind
from bot.labelling.values.messages import MessageIntent, Piece, QuotedMessage, TakeMessage
from bot.slack.text_normalization import clean

MAX_PIECES = 40
"""Sentences of a message that are offered one by one; the queue takes all of them."""


Label = Callable[[Caller, LabelCommand], Awaitable[Outcome]]


class Quoting:
    """Does what "Label this message" asks."""

    def __init__(self, label: Label, engine: Engine) -> None:
        self._label = label
        self._engine = engine

    async def take(self, caller: Caller, message: QuotedMessage) -> Outcome:
        """The card of a message's one sentence, or the question which of several it is; raises TextRefused."""
        borders = await self._engine.sentences(message.lines)
        texts = tuple(dict.fromkeys(_cut(message.lines, borders)))
        if not texts:
            raise TextRefused(
                "This message has no words to label. Choose one with a sentence in it."
            )
        tokens = await self._engine.tokens(texts)
        pieces = tuple(Piece(*pair) for pair in zip(texts, tokens, strict=True))
        intent = MessageIntent(pieces, message.permalink, message.cleaned)
        return await self._label(caller, TakeMessage(intent))


def _cut(lines: Sequence[str], borders: Sequence[Sequence[tuple[int, int]]]) -> Iterator[str]:
    """The sentences of each line; bullets and rows of dashes are none."""
    for line, sentences in zip(lines, borders, strict=True):
        for start, end in sentences:
            if any(character.isalnum() for character in line[start:end]):
                yield clean(line[start:end]).text


def ask_pieces(intent: MessageIntent) -> Question:
    """Ask which of a message's sentences is meant, with all of them as a choice."""
    each = (
        Choice("Label", replace(intent, pieces=(piece,))) for piece in intent.pieces[:MAX_PIECES]
    )
    every = Choice(f"All {len(intent.pieces)} into the queue", replace(intent, to_queue=True))
    return Question(QuestionKind.MESSAGE, intent, (*each, every))
