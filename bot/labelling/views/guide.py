"""What stands on a card beside its sentence: what labels mean, and the sentences around it."""

from slack_sdk.models.blocks import Block, ContextBlock, PlainTextObject

from bot.domain.label_colours import coloured
from bot.domain.project import DescribedLabel
from bot.labelling.values.cards import Card
from bot.slack.text import shortened

GUIDE = 600
"""How many characters label descriptions may take beside a sentence."""
_EXAMPLES, _EXAMPLE = 2, 30
"""Phrases shown for a label, and how much of each."""
_NEIGHBOUR = 400


def guide_of(card: Card) -> list[Block]:
    """What the labels mean, with phrases that carry them, beside the task."""
    if not card.guide:
        return []
    words = " · ".join(map(_meaning, card.guide))
    return [ContextBlock(elements=[PlainTextObject(text=shortened(words, GUIDE), emoji=False)])]


def _meaning(label: DescribedLabel) -> str:
    means = f": {label.description}" if label.description else ""
    shown = ", ".join(f"“{shortened(phrase, _EXAMPLE)}”" for phrase in label.examples[:_EXAMPLES])
    return f"{coloured(label.name)}{means}" + (f" ({shown})" if shown else "")


def neighbour(words: str) -> list[Block]:
    """A sentence of the same document, to be read and not to be labelled."""
    return [ContextBlock(elements=[PlainTextObject(text=words, emoji=False)])] if words else []


def before_it(text: str) -> str:
    """The end of the sentence before, which is what leads to the one on the card."""
    return (
        text and f"Before it: {text if len(text) <= _NEIGHBOUR else f'…{text[1 - _NEIGHBOUR :]}'}"
    )


def after_it(text: str) -> str:
    """The beginning of the sentence after it."""
    return text and f"After it: {shortened(text, _NEIGHBOUR)}"
