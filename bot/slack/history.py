"""What was written in a channel before, as Slack keeps it: pages of its history and of its threads."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import NerbotError
from bot.slack.clients import Clients, NotInstalled
from bot.slack.faults import fault_of

PAGE = 200
"""Messages a page; Slack gives up to 999, and advises no more than this."""


class HistoryUnavailable(NerbotError):
    """Slack does not give it now; `after` is when to ask again, in seconds."""

    def __init__(self, code: str, after: float) -> None:
        super().__init__(code)
        self.after = after


class HistoryRefused(NerbotError):
    """Slack does not let nerbot read this channel; the text is its own word for why."""


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Some messages of a channel, as Slack has them."""

    messages: tuple[Mapping[str, Any], ...]
    more: str | None
    """Where the next page begins; None where this was the last one."""


@dataclass(frozen=True, slots=True)
class ChannelFacts:
    """What Slack says of a channel."""

    name: str
    is_private: bool
    is_member: bool
    """Whether nerbot is in it."""


_NO_THREAD = frozenset({"thread_not_found", "message_not_found"})
_WAIT_SECONDS = 30.0
"""Before Slack is asked again where it does not say when."""


class Histories:
    """The channels of each workspace."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    async def of(self, workspace: str) -> "ChannelHistory":
        """Those of a workspace; raises HistoryRefused where nerbot is not installed."""
        try:
            return ChannelHistory((await self._clients.of(workspace)).once)
        except NotInstalled as error:
            raise HistoryRefused("not_installed") from error


class ChannelHistory:
    """Asks Slack for what is in a channel. All raise HistoryUnavailable and HistoryRefused."""

    def __init__(self, client: AsyncWebClient, *, page: int = PAGE) -> None:
        self._client = client
        self._page = page

    async def page(
        self, channel: str, *, oldest: str, latest: str, more: str | None = None
    ) -> HistoryPage:
        """The messages of a channel between two times, these included, the newest first; replies in threads are not
        among them."""
        return await self._read(
            "conversations.history", channel, oldest=oldest, latest=latest, cursor=more
        )

    async def replies(
        self, channel: str, thread: str, *, oldest: str, latest: str, more: str | None = None
    ) -> HistoryPage:
        """The same of a thread, the oldest first, with the message it is below; nothing where it was deleted."""
        try:
            return await self._read(
                "conversations.replies",
                channel,
                ts=thread,
                oldest=oldest,
                latest=latest,
                cursor=more,
            )
        except HistoryRefused as error:
            if str(error) in _NO_THREAD:
                return HistoryPage((), None)
            raise

    async def message(self, channel: str, ts: str, thread: str | None) -> Mapping[str, Any] | None:
        """One message; None where it is not there any more."""
        window = {"oldest": ts, "latest": ts}
        found = await (
            self.replies(channel, thread, **window) if thread else self.page(channel, **window)
        )
        return next((each for each in found.messages if each.get("ts") == ts), None)

    async def _read(self, method: str, channel: str, **asked: str | None) -> HistoryPage:
        given = {name: value for name, value in asked.items() if value}
        answer = await self._call(
            method, {"channel": channel, "inclusive": True, "limit": self._page, **given}
        )
        cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
        return HistoryPage(tuple(answer.get("messages") or ()), cursor or None)

    async def facts(self, channel: str) -> ChannelFacts:
        """What Slack says of a channel."""
        answer = await self._call("conversations.info", {"channel": channel})
        told = answer.get("channel") or {}
        return ChannelFacts(
            str(told.get("name") or ""),
            is_private=bool(told.get("is_private")),
            is_member=bool(told.get("is_member")),
        )

    async def has_member(self, channel: str, person: str) -> bool:
        """Whether a person is in a channel."""
        more = ""
        while True:
            asked = {"channel": channel, "limit": 1000, **({"cursor": more} if more else {})}
            answer = await self._call("conversations.members", asked)
            if person in (answer.get("members") or ()):
                return True
            more = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
            if not more:
                return False

    async def _call(self, method: str, asked: Mapping[str, Any]) -> Any:
        try:
            answer = await self._client.api_call(method, params=dict(asked))
        except (SlackApiError, OSError, TimeoutError, ValueError) as error:
            fault = fault_of(error)
            if fault.passes:
                after = _WAIT_SECONDS if fault.after is None else fault.after
                raise HistoryUnavailable(fault.code, after) from error
            raise HistoryRefused(fault.code) from error
        return answer
