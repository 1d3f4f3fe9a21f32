"""What nerbot says in Slack without being asked: messages, pictures and Home."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from bot.slack.text import View

EDIT_EVERY_SECONDS = 3.0
ALT_TEXT = 1_000
"""Slack's limit for what is said of a picture."""
LARGEST_FILE = 1_000_000_000
"""Slack's limit for a file, in bytes."""

Draw = Callable[[Sequence[dict[str, Any]]], Awaitable[list[bytes]]]
"""Makes PNG files of pictures."""


class Place(NamedTuple):
    """Where a message is."""

    channel: str
    timestamp: str


@dataclass(frozen=True, slots=True)
class Post:
    """Something that is said once, in a channel or to a person."""

    workspace: str
    key: str
    """Which message it is: the same one is not said twice. It names it in the log, too."""
    channel: str
    view: View


@dataclass(frozen=True, slots=True)
class FollowedMessage:
    """The newest state of a message that follows something: it is posted once and edited from then on."""

    workspace: str
    key: str
    """The same for every state of the message; it names it in the log, too."""
    channel: str
    view: View
    person: str
    """Whoever gets it by direct message, with the reason, where it cannot be in the channel."""
    subject: str
    """What it follows, as the reason calls it."""
    place: Place | None = None
    """Where it is, as far as the sender knows."""
    final: bool = False
    """It is shown at once, and nothing that is not final is shown after it."""
    generation: int = 1
    """What is followed anew in the same message has a higher one: a training that is tried again."""
    once: bool = False
    """It has one state: the same key says nothing a second time."""
    pictures: tuple["Picture", ...] = ()
    """Shown in the message itself, where Slack allows; else in its thread."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture to be drawn: its kind, its numbers, and its words."""

    kind: str
    name: str
    title: str
    alt: str
    data: dict[str, Any]

    def to_json(self) -> dict[str, Any]:
        """What the process that draws needs."""
        return {"kind": self.kind, "title": self.title, "data": self.data}

    def to_dict(self) -> dict[str, Any]:
        """All of it, as it is kept."""
        return asdict(self)


class Messenger(Protocol):
    """Says things in Slack. What is kept is said whenever Slack takes it, and nobody waits for that."""

    async def post(self, post: Post) -> None:
        """Keep something that is to be said once; raises StoreUnavailable."""

    async def follow(self, message: FollowedMessage) -> None:
        """Keep the newest state of a message that is posted once and then edited (every 3 s until it is final).

        Where it cannot be in its channel, or no longer, the person gets one of their own with the reason, and that one
        is edited from then on. Raises StoreUnavailable.
        """

    async def upload(self, workspace: str, channel: str, pictures: Sequence[Picture]) -> bool:
        """Show pictures in a channel now; False where they could not be shown."""

    async def send_file(self, workspace: str, person: str, path: Path, view: View) -> bool:
        """Say something to a person by direct message, with a file; False where it could not be sent."""

    async def publish_home(self, workspace: str, person: str, view: dict[str, Any]) -> bool:
        """Let a person's Home show this now; False where it does not, which is logged."""
