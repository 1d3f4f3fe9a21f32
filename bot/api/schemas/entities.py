"""Labelled stretches of texts, and what a model found."""

from pydantic import Field

from bot.api.schemas.base import MAX_TEXTS, Given, Label, Text, Told


class SpanIn(Given):
    """A labelled stretch of a sentence: code points from `start`, `end` exclusive."""

    start: int = Field(ge=0, le=100_000)
    end: int = Field(ge=0, le=100_000)
    label: Label


class SpanOut(Told):
    """A labelled stretch of a sentence: code points from `start`, `end` exclusive."""

    start: int
    end: int
    label: str
    text: str = Field(description="The words it covers.")


class TextsIn(Given):
    """Some texts, each one sentence of up to 2,000 characters."""

    texts: list[Text] = Field(
        min_length=1, max_length=MAX_TEXTS, examples=[["A patient with chest pain."]]
    )


class EntityOut(SpanOut):
    """An entity that a model found."""

    confidence: float | None = Field(
        description="The probability, from 0 to 1, that just this entity is right; null where its model gives none."
    )


class PredictionOut(Told):
    """What a model found in one text."""

    text: str = Field(
        description="The text as it was read: NFC, one line, single blanks. Offsets count in it."
    )
    entities: list[EntityOut]


class PredictionsOut(Told):
    """What a model found, in the order of the texts."""

    model: int = Field(description="The version that answered: the live one, if it could.")
    predictions: list[PredictionOut]
