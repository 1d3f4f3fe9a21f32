"""The colour of a label as Slack shows it among runs of text."""

from functools import lru_cache
from typing import Any

from slack_sdk.models.blocks import RichTextElement, RichTextElementParts

from bot.domain.label_colours import LabelColour, colour_of


class _Emoji(RichTextElementParts.Emoji):
    """An emoji, without the SDK's search for validators, of which it has none."""

    def to_dict(self, *_: Any) -> dict[str, Any]:
        return self.get_non_null_attributes()


def colour_mark(label: str) -> RichTextElement:
    """The square or circle of a label: an element of its own, so that texts stay as they are."""
    return _mark(colour_of(label))


@lru_cache(maxsize=64)
def _mark(colour: LabelColour) -> RichTextElement:
    return _Emoji(name=colour.name, unicode=f"{ord(colour.sign):x}")
