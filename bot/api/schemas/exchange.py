"""Imports, and what an export takes."""

from datetime import datetime
from typing import Literal

from pydantic import ConfigDict, Field

from bot.api.schemas.base import Told

Which = Literal["gold", "finished", "all"]


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
