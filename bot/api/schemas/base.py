"""What all that goes in or out is: frozen, and nothing unknown in what is sent to us."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

MAX_TEXTS = 100
"""Texts in one request."""
MAX_PAGE = 200
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


class ProblemOut(Told):
    """An error (RFC 9457)."""

    type: str = Field(examples=["urn:nerbot:problem:not-found"])
    title: str
    status: int
    detail: str = Field(description="What happened and what to do next, for people.")
    errors: list[dict[str, str]] | None = Field(
        default=None, description="What of a request is not valid: where, and why."
    )
