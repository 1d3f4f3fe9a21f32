"""A project's sentences, and what people say of them."""

from datetime import datetime

from pydantic import Field

from bot.api.schemas.base import Given, Told
from bot.api.schemas.entities import EntityOut, SpanIn, SpanOut

MAX_SPANS = 1_000


class AnnotationOut(Told):
    """What one person said of a sentence."""

    person: str
    spans: list[SpanOut]
    finished: bool
    updated_at: datetime


class SentenceOut(Told):
    """A sentence with what people said of it."""

    id: int
    text: str
    document: str | None
    created_at: datetime
    spans: list[SpanOut] | None = Field(
        description="What is learned from: what all who finished it agree on, or a reviewer decided; else null."
    )
    annotations: list[AnnotationOut]


class SentencesOut(Told):
    """A page of sentences, oldest first."""

    sentences: list[SentenceOut]
    after: str | None = Field(description="Where the next page begins; null on the last one.")


class AddedOut(Told):
    """A sentence that was sent."""

    id: int
    text: str = Field(description="The text as it is stored.")
    new: bool = Field(description="False where the project had it before.")


class AddedSentencesOut(Told):
    """The sentences that were sent, in their order."""

    sentences: list[AddedOut]


class AnnotationIn(Given):
    """What the token's person says of a sentence, in place of what they said before."""

    spans: list[SpanIn] = Field(max_length=MAX_SPANS)
    finished: bool = Field(default=True, description="Whether these are all entities there are.")
    create_labels: bool = Field(
        default=False, description="Create the labels that the project does not have yet."
    )


class AnnotatedOut(Told):
    """What was stored."""

    sentence: int
    spans: list[SpanOut]
    finished: bool
    new_labels: list[str]


class NextIn(Given):
    """Which sentence is put aside for now, if any."""

    passed: int | None = Field(default=None, ge=1)


class NextOut(Told):
    """The sentence to label next, which others do not get for 30 minutes."""

    sentence: int | None = Field(description="Its number; null where nothing waits.")
    text: str | None
    spans: list[SpanOut] = Field(description="What the person labelled in it so far.")
    suggested: list[EntityOut] = Field(description="What may be labelled in it.")
    model: int | None = Field(
        description="Which version suggests it; null before there is a model."
    )
    waiting: int = Field(description="How many sentences wait for this person.")


class SuggestionsOut(Told):
    """What may be labelled in a sentence."""

    sentence: int
    text: str
    model: int | None = Field(description="Which version suggests it; null before there is one.")
    found: list[EntityOut]
    possible: list[EntityOut] = Field(
        description="Beside what is found, with the probability that just this is right."
    )
