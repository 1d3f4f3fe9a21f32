"""Steps of workflows: what they are given, and what they give back."""

from dataclasses import dataclass
from typing import Literal

from bot.slack.text_normalization import CleanText


@dataclass(frozen=True, slots=True)
class StepRun:
    """Which run of a step it is, and whose project it is about."""

    workspace: str
    channel: str
    """The channel whose project is meant."""
    execution: str
    """Slack's own id of the run; a second delivery of it changes nothing."""


@dataclass(frozen=True, slots=True)
class FindEntities:
    """“Find entities”."""

    run: StepRun
    texts: tuple[CleanText, ...]
    label: str | None = None
    """Only entities of this one."""


@dataclass(frozen=True, slots=True)
class AddToQueue:
    """“Add to the labelling queue”."""

    run: StepRun
    texts: tuple[CleanText, ...]
    person: str


@dataclass(frozen=True, slots=True)
class FoundEntity:
    """An entity of a text; where it is counts from the beginning of its sentence, in code points, the end exclusive."""

    text: str
    label: str
    sentence: int
    start: int
    end: int
    score: float | None


@dataclass(frozen=True, slots=True)
class QueueAdded:
    """The sentences of a text in the queue, and how many of them are new."""

    sentences: tuple[int, ...]
    added: int
    type: Literal["workflow_queue_added"] = "workflow_queue_added"
