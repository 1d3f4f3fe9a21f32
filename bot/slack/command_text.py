"""What every typed command shares: help, labels, notes and sentences."""

from bot.domain.flags import MAX_NOTE
from bot.errors import NotUnderstood, TextRefused
from bot.slack.text_normalization import CleanText, clean
from ner_engine.annotation import parse_label
from ner_engine.errors import EngineError

HELP = frozenset({"help", "?", "usage", "--help", "-h"})


class HelpWanted(NotUnderstood):
    """Somebody asked for the usage of a command."""


def read_words(text: str) -> str:
    """What somebody says about a label, a sentence or a decision: one clean line, as long as it can be shown
    everywhere. Raises NotUnderstood and TextRefused."""
    words = clean(text).text if text else ""
    if len(words) > MAX_NOTE:
        raise NotUnderstood(
            f"That has {len(words):,} characters; up to {MAX_NOTE} can be shown beside a sentence."
        )
    return words


def read_label_name(word: str) -> str:
    """The label a typed word means; raises NotUnderstood."""
    try:
        return parse_label(word)
    except EngineError as error:
        raise NotUnderstood(
            f"“{word}” cannot be a label: a label is one word of letters, digits and _, such as SYMPTOM, "
            "up to 32 characters, and not O."
        ) from error


def read_sentences(text: str) -> tuple[CleanText, ...]:
    """The sentences behind /ner, one a line; raises HelpWanted for none and TextRefused."""
    if not text or text.lower() in HELP:
        raise HelpWanted("")
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) > MAX_LINES:
        raise TextRefused(
            f"Up to {MAX_LINES} sentences at a time, one a line. These are {len(lines)}."
        )
    return tuple(clean(line) for line in lines)


MAX_LINES = 20
