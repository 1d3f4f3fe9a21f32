"""The queue: how a project hands its sentences out, and what people say about them besides labels."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that nobody has finished, on the way to its place in the order."""

    id: int
    rank: int
    text: str = ""
    uncertainty: float = 0.0


@dataclass(frozen=True, slots=True)
class RankingJob:
    """A project's order that is to be made: by which model, None before there is one."""

    version: int | None
    random_share: float
    ranked_to: int
    """The newest sentence there is."""
