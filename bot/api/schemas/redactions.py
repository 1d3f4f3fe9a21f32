"""What goes in and out where texts are redacted."""

from typing import Annotated

from pydantic import Field

from bot.api.schemas.base import MAX_TEXTS, Given, Label, Text, Told
from ner_engine.redaction.styles import Style


class RedactionIn(Given):
    """Texts, and what is masked in them. A text may have several sentences and lines."""

    texts: list[Text] = Field(
        min_length=1, max_length=MAX_TEXTS, examples=[["A patient with chest pain."]]
    )
    labels: Annotated[list[Label], Field(min_length=1, max_length=200)] | None = Field(
        default=None, description="Which labels are masked; null: all that the model knows."
    )
    style: Style = Field(
        default="label", description="`[LABEL]`, `[LABEL:PSEUDONYM]`, or blocks of one length."
    )
    recurrences: bool = Field(
        default=True,
        description="Mask a phrase that was found once at every place of its document.",
    )
    together: bool = Field(default=False, description="The texts are one document.")
    slip: float | None = Field(
        default=None,
        gt=0,
        lt=1,
        description="The share of each label's entities that slips through at most, such as 0.01; 409 where that "
        "cannot be promised. Null: as many as the model misses.",
    )


class ReplacedOut(Told):
    """What was replaced: code points of the answer's text from `start`, and of the text that was sent."""

    label: str
    start: int
    end: int
    source_start: int
    source_end: int


class RedactedOut(Told):
    """A text without what is masked; nothing in it says what that was."""

    text: str
    replaced: list[ReplacedOut]


class SlipOut(Told):
    """What was promised, and what it costs; shares from 0 to 1."""

    promise: float
    threshold: float = Field(
        description="From this probability of being in an entity on a word is masked."
    )
    masked: float = Field(description="About so many of all words are masked.")
    needlessly: float = Field(description="About so many of the words in no entity are.")


class RedactionsOut(Told):
    """The texts in their order."""

    model: int = Field(description="The version that answered: the live one, if it could.")
    redactions: list[RedactedOut]
    counts: dict[str, int] = Field(
        description="How often each label was masked; UNREAD is what no model can read, such as very long words."
    )
    slip: SlipOut | None = Field(description="Null where nothing was asked to be promised.")
