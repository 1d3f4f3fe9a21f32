"""The queue: the order in which a project's sentences come."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that nobody has finished, on the way to its place in the order."""

    id: int
    rank: int
    text: str = ""
    uncertainty: float = 0.0
    scored_by: int = 0
    """The version whose score it has, 0 where it has none."""


@dataclass(frozen=True, slots=True)
class RankingJob:
    """A project's order that is to be made: by which model, None before there is one."""

    version: int | None
    random_share: float
    ranked_to: int
    """The newest sentence there is."""
    asked: int | None = None
    """The version that stands in for the live one while that one cannot be asked."""

    @property
    def by(self) -> int | None:
        """The version whose scores these are."""
        return self.version if self.asked is None else self.asked
