"""Trainings."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from bot.api.schemas.base import Given, Told


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
