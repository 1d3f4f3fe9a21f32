"""What goes in and out, as OpenAPI describes it; the client reads answers by the same classes."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

MAX_TEXTS = 100
"""Texts in one request."""
MAX_PAGE = 200
MAX_SPANS = 1_000
_MAX_CHARACTERS = 20_000
"""Of one text as it is sent; what a sentence may have is said when it is read."""

Text = Annotated[str, Field(min_length=1, max_length=_MAX_CHARACTERS)]
Label = Annotated[str, Field(min_length=1, max_length=640, examples=["SYMPTOM"])]


class Given(BaseModel):
    """What is sent to us: an unknown member is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Told(BaseModel):
    """What we answer."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


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


class ProblemOut(Told):
    """An error (RFC 9457)."""

    type: str = Field(examples=["urn:nerbot:problem:not-found"])
    title: str
    status: int
    detail: str = Field(description="What happened and what to do next, for people.")
    errors: list[dict[str, str]] | None = Field(
        default=None, description="What of a request is not valid: where, and why."
    )


Which = Literal["gold", "finished", "all"]


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


class NewLabel(Given):
    """A new label."""

    name: Label
    description: str = Field(default="", max_length=3_000)


class LabelOut(Told):
    """A label with what helps to use it."""

    name: str
    description: str
    examples: list[str]
    spans: int | None = Field(description="Phrases with it on finished sentences.")


class LabelsOut(Told):
    """Every label by name."""

    labels: list[LabelOut]


class LabelAddedOut(Told):
    """A label that was created."""

    name: str
    description: str
    near: str | None = Field(description="A label that differs from it by one letter, if any.")


class ModelOut(Told):
    """A version of the model."""

    version: int
    live: bool
    labels: list[str]
    sentences: int = Field(description="How many it learned from.")
    f1: float | None = Field(description="Strict entity F1, from 0 to 1.")
    created_at: datetime
    usable: bool = Field(description="False where its files are cleared away or damaged.")


class ModelsOut(Told):
    """The versions, newest first."""

    models: list[ModelOut]
    after: str | None = Field(description="Where the next page begins; null on the last one.")


class TrainingIn(Given):
    """How to train."""

    preset: Annotated[str, Field(max_length=40)] | None = None
    with_unfinished: bool = False


class TrainingOut(Told):
    """A training as it is now."""

    number: int
    state: Literal["queued", "running", "succeeded", "failed", "cancelled", "interrupted"]
    reason: str
    preset: str
    sentences: int
    stage: str | None
    done: float | None = Field(description="How much of it is done, from 0 to 1.")
    f1: float | None = Field(description="Strict entity F1, from 0 to 1; while it runs, so far.")
    model: int | None = Field(description="The version it made.")
    went_live: bool
    failure: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class TrainingsOut(Told):
    """Trainings, newest first."""

    trainings: list[TrainingOut]
    after: str | None = Field(description="Where the next page begins; null on the last one.")


class LabelCountOut(Told):
    """How many phrases on finished sentences have a label."""

    label: str
    spans: int


class StatsOut(Told):
    """How far the project is."""

    project: str
    sentences: int
    finished: int
    unfinished: int
    disputed: int
    waiting: int
    people: int = Field(description="How many people finished them.")
    labels: list[LabelCountOut]
    live_model: int | None
    f1: float | None


class ImportOut(Told):
    """What was found in a file and done with it, as `nerbot import --json` tells it."""

    model_config = ConfigDict(extra="allow", frozen=True)

    file: str
    format: str
    counts: dict[str, int]
    number: int | None = Field(
        validation_alias="import",
        serialization_alias="import",
        description="The import's number; null in a dry run.",
    )


class ImportRunOut(Told):
    """An import."""

    number: int
    file: str
    format: str
    person: str
    state: str
    counts: dict[str, int]
    created_at: datetime | None


class ImportsOut(Told):
    """Imports, newest first."""

    imports: list[ImportRunOut]


class ImportUndoneOut(Told):
    """What became of the sentences of an import that was taken back."""

    number: int
    file: str
    removed: int
    kept: int = Field(description="They were there before, or somebody has worked with them.")
    taken_back: int = Field(description="Annotations of the import undone in those.")
