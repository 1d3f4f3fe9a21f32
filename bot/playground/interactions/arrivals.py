"""Messages that arrive by themselves, at a pace: what a busy channel says, with edits, deletions and threads."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from bot.playground.delivery.events import EventSender
from bot.playground.interactions.message_actions import MessageActions
from bot.playground.values import JSON, Message

SAMPLE = Path(__file__).parents[1] / "samples" / "support.txt"
_TWICE_EVERY = 25
"""One event in so many is delivered twice, as Slack does now and then."""
_APART = 3
"""What happens to a message happens so many messages later, and the next thing so many after that."""
_SIGNS: dict[str, Literal["edit", "delete", "preview"]] = {
    "=": "edit",
    "x": "delete",
    "~": "preview",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Later:
    kind: Literal["reply", "edit", "delete", "preview"]
    text: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arriving:
    """A message of the sample, and what happens to it later."""

    name: str
    text: str
    later: list[_Later] = field(default_factory=list)


def read_sample(path: Path = SAMPLE) -> list[Arriving]:
    """What the sample file says, in the form that its first lines explain."""
    found: list[Arriving] = []
    for line in path.read_text("utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if not line.startswith(" "):
            name, _, text = line.partition(": ")
            found.append(Arriving(name=name, text=text))
            continue
        sign, _, rest = line.strip().partition(" ")
        if sign in _SIGNS:
            found[-1].later.append(_Later(kind=_SIGNS[sign], text=rest))
        else:
            found[-1].later.append(_Later(kind="reply", name=sign.rstrip(":"), text=rest))
    return found


class Arrivals:
    """Lets the sample's messages arrive; each start goes on where the last one ended."""

    def __init__(
        self, actions: MessageActions, events: EventSender, notify: Callable[[str, object], None]
    ) -> None:
        self._actions = actions
        self._events = events
        self._notify = notify
        self._sample = read_sample()
        self._position = 0
        self._task: asyncio.Task[None] | None = None
        self._channel = ""
        self.left = 0
        """How many are still to come."""

    @property
    def under_way(self) -> bool:
        """Whether messages arrive now, or something still happens to the last ones."""
        return self._task is not None and not self._task.done()

    @property
    def state(self) -> JSON:
        """What the page shows."""
        return {"channel": self._channel, "left": self.left}

    def start(self, channel: str, count: int, *, per_second: float) -> None:
        """Let `count` messages and replies arrive; LookupError where that cannot be."""
        if self.under_way:
            raise LookupError("messages are already arriving")
        if count < 1 or per_second <= 0:
            raise LookupError("at least one message must arrive, at some pace")
        self._channel = self._actions.workspace.channel(channel).id
        self._tell(count)
        self._task = asyncio.get_running_loop().create_task(self._run(1 / per_second))

    async def stop(self) -> None:
        """Let no more arrive."""
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        self._tell(0)

    async def _run(self, wait: float) -> None:
        waiting: list[tuple[int, Message, _Later]] = []
        while self.left or waiting:
            due = [one for one in waiting if one[0] <= self._position or not self.left]
            for one in due:
                waiting.remove(one)
                if self._happen(*one[1:]):
                    await asyncio.sleep(wait)
            if self.left:
                arriving = self._sample[self._position % len(self._sample)]
                self._position += 1
                message = self._post(arriving)
                waiting += [
                    (self._position + _APART * number, message, later)
                    for number, later in enumerate(arriving.later, start=1)
                ]
                await asyncio.sleep(wait)

    def _post(self, arriving: Arriving) -> Message:
        self._count_one()
        if arriving.name.startswith("*"):
            name = arriving.name.removeprefix("*")
            return self._actions.post_as_integration(name, self._channel, arriving.text)
        return self._actions.say(arriving.name, self._channel, arriving.text)

    def _happen(self, message: Message, later: _Later) -> bool:
        """Whether anything happened: somebody may have deleted the message, and no more replies may be wanted."""
        now = self._actions.now(message)
        if now is None:
            return False
        author = now.user
        match later.kind:
            case "reply":
                if not self.left:
                    return False
                self._count_one()
                self._actions.reply(later.name, now, later.text)
            case "edit":
                self._actions.edit(author, now, later.text)
            case "delete":
                self._actions.delete(author, now)
            case "preview":
                self._actions.unfurl(now)
        return True

    def _count_one(self) -> None:
        if self.left % _TWICE_EVERY == 0:
            self._events.twice = 1
        self._tell(self.left - 1)

    def _tell(self, left: int) -> None:
        self.left = left
        self._notify("arrivals", self.state)
