"""What somebody says to nerbot without a command."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heard:
    """A message to nerbot: who said what, where, and in which event."""

    workspace: str
    person: str
    channel: str
    event: str
    text: str
    """As the person saw it, without the mention of nerbot."""
    is_direct: bool
    is_guest: bool = False
    thread: str | None = None


@dataclass(frozen=True, slots=True)
class Greeting:
    """A greeting, a call for help, or nothing that can be read."""


@dataclass(frozen=True, slots=True)
class SlashMissing:
    """A command without its slash; `form` is how it is typed."""

    form: str


@dataclass(frozen=True, slots=True)
class Sentences:
    """Anything else: what the model is asked about."""

    text: str


Meant = Greeting | SlashMissing | Sentences
