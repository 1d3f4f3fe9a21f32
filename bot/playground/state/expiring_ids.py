"""What expires soon after Slack issued it: trigger ids and response_urls."""

import secrets
from dataclasses import dataclass, field

from bot.playground.state.workspace import new_id
from bot.playground.values import Message, SlackError, Timing

RESPONSES = 5
_LIMIT = 10_000


@dataclass(slots=True)
class _Trigger:
    user: str
    issued: float
    exchanged: bool = False
    view_id: str | None = None


class Triggers:
    """Trigger ids: each valid once, within three seconds."""

    def __init__(self, timing: Timing) -> None:
        self._timing = timing
        self._issued: dict[str, _Trigger] = {}

    def issue(self, user: str, *, view_id: str | None = None) -> str:
        """A new trigger id for what this person just did (in this view)."""
        parts = (secrets.randbelow(10**13), secrets.randbelow(10**12))
        trigger_id = f"{parts[0]}.{parts[1]}.{secrets.token_hex(16)}"
        self._issued[trigger_id] = _Trigger(user, self._timing.now(), view_id=view_id)
        _trim(self._issued)
        return trigger_id

    def exchange(self, trigger_id: str) -> tuple[str, str | None]:
        """The person, and the view it was issued in; SlackError when expired, used or unknown."""
        trigger = self._issued.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.exchanged:
            raise SlackError("exchanged_trigger_id")
        if self._timing.now() - trigger.issued > self._timing.trigger:
            raise SlackError("expired_trigger_id")
        trigger.exchanged = True
        return trigger.user, trigger.view_id


@dataclass(slots=True)
class ResponseUrl:
    """Where an app may answer later: five times, within thirty minutes."""

    user: str
    channel: str
    issued: float
    original: Message | None = None
    thread_ts: str | None = None
    path: str = field(default_factory=lambda: f"{new_id('T')}/{secrets.token_urlsafe(18)}")
    used: int = 0


class ResponseUrls:
    """All response_urls that were issued and are still known."""

    def __init__(self, timing: Timing) -> None:
        self._timing = timing
        self._issued: dict[str, ResponseUrl] = {}

    def issue(
        self,
        user: str,
        channel: str,
        *,
        original: Message | None = None,
        thread_ts: str | None = None,
    ) -> ResponseUrl:
        """A new one; `original` is the message whose button was pressed."""
        url = ResponseUrl(user, channel, self._timing.now(), original, thread_ts)
        self._issued[url.path] = url
        _trim(self._issued)
        return url

    def use(self, path: str) -> ResponseUrl:
        """Count one use; SlackError when unknown, expired or used up."""
        url = self._issued.get(path)
        if url is None:
            raise SlackError("no_such_url")
        if self._timing.now() - url.issued > self._timing.response_url:
            raise SlackError("expired_url")
        if url.used >= RESPONSES:
            raise SlackError("used_url")
        url.used += 1
        return url


def _trim(issued: dict[str, _Trigger] | dict[str, ResponseUrl]) -> None:
    while len(issued) > _LIMIT:
        issued.pop(next(iter(issued)))
