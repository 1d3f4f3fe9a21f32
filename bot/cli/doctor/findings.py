"""What a check found."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARNING = "warning"
    """nerbot works, but not as well or not as safely as it could."""
    FAILED = "failed"
    """Something will not work."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor: what was looked at, how it is, and what to do next."""

    name: str
    state: State
    says: str
    next: str = ""


def ok(name: str, says: str) -> Finding:
    """All is well."""
    return Finding(name, State.OK, says)


def warning(name: str, says: str, then: str = "") -> Finding:
    """It works, but."""
    return Finding(name, State.WARNING, says, then)


def failed(name: str, says: str, then: str = "") -> Finding:
    """It will not work."""
    return Finding(name, State.FAILED, says, then)
