"""A project's labels, models and numbers."""

from datetime import datetime

from pydantic import Field

from bot.api.schemas.base import Given, Label, Told


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
