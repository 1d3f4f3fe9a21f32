"""A bulk prediction: what is read, in which pieces, and where what was found is kept."""

from dataclasses import dataclass

SHARD = 10_000
"""Sentences of a shard: a kill costs one of these at most, and is told from a hang within minutes."""
PLAN = "predict.json"
"""The object beside the output that says what the output is of."""


@dataclass(frozen=True, slots=True)
class Input:
    """An object that is read, as it was when the plan was made."""

    key: str
    size: int
    sha256: str

    @property
    def is_json(self) -> bool:
        """Whether its lines are objects with a text, and not texts."""
        return self.key.endswith((".jsonl", ".ndjson"))


@dataclass(frozen=True, slots=True)
class Shard:
    """A piece of an input: whole lines, by bytes."""

    input: int
    start: int
    size: int
    lines: int
    target: str
    """The key of what is found in it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """All of it. Two runs with equal plans write the same bytes."""

    model: str
    """The hash of the model's manifest, and so of all its files."""
    shard: int
    inputs: tuple[Input, ...]
    shards: tuple[Shard, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """Lines of a shard: all, and those the model refuses, such as empty texts."""

    lines: int = 0
    refused: int = 0
