"""Tells whoever set up something that is sent to, such as a webhook or an output, that it is paused."""

from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from bot.domain.events import NOBODY
from bot.slack.messenger import Messenger, Post
from bot.slack.text import View


class Receiver(Protocol):
    """What is sent to, and whose it is."""

    @property
    def id(self) -> int:
        """Its number among those of its kind."""

    @property
    def workspace(self) -> str:
        """Where whoever set it up is."""

    @property
    def person(self) -> str:
        """Whoever set it up."""

    @property
    def position(self) -> int | str:
        """How far it has got."""


R = TypeVar("R", bound=Receiver)


class PausedAnnouncer(Generic[R]):
    """Says it by direct message."""

    def __init__(
        self, messenger: Messenger, kind: str, paused_view: Callable[[R, str], View]
    ) -> None:
        self._messenger = messenger
        self._kind = kind
        self._paused_view = paused_view

    async def tell_paused(self, receiver: R, error: str) -> None:
        """Say that nothing is sent any more, and why; where nobody is known for it, the list of its kind does."""
        if receiver.person == NOBODY:
            return
        key = f"{self._kind} {receiver.id} paused {receiver.position}"
        view = self._paused_view(receiver, error)
        await self._messenger.post(Post(receiver.workspace, key, receiver.person, view))
