"""What labels mean, on a card."""

from slack_sdk.models.blocks import Block, ContextBlock, PlainTextObject

from bot.domain.label_colours import coloured
from bot.domain.project import DescribedLabel
from bot.labelling.values.cards import Card
from bot.slack.text import shortened

GUIDE = 600
"""How many characters label descriptions may take beside a sentence."""
_EXAMPLES, _EXAMPLE = 2, 30
"""Phrases shown for a label, and how much of each."""


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
