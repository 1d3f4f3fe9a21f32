"""What is pressed below a drawn sentence, read."""

from collections.abc import Callable

from bot.health.values import CheckSentence, QueueChanged, Said, ShowHealth
from bot.slack.payloads import read_id


def read_check(said: Said) -> Callable[[str], CheckSentence]:
    """Reads a button whose value is the number of a drawn sentence."""
    return lambda value: CheckSentence(read_id(value), said)


def read_queue_changed(value: str) -> QueueChanged:
    """Reads [Label these 20], whose value is the number of a project."""
    return QueueChanged(read_id(value))


def read_show(value: str) -> ShowHealth:
    """Reads [Check them], whose value is the number of a project."""
    return ShowHealth(read_id(value))
