"""What is pressed on a card, read."""

from collections.abc import Callable

from bot.asking.values import AnswerCard, Said
from bot.slack.payloads import read_id


def read_answer(said: Said) -> Callable[[str], AnswerCard]:
    """Reads a button whose value is the number of an entity."""
    return lambda value: AnswerCard(read_id(value), said)
