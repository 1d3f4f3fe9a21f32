"""Which client of Slack's API speaks in which workspace: whoever talks to Slack asks here by the workspace."""

from dataclasses import dataclass
from typing import Protocol

from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import NerbotError


class NotInstalled(NerbotError):
    """This process has no token of that workspace."""

    def __init__(self, workspace: str) -> None:
        super().__init__(f"nerbot is not installed in the workspace {workspace}")


@dataclass(frozen=True, slots=True)
class Client:
    """Slack's Web API with the token of one workspace, for two kinds of calls."""

    workspace: str
    web: AsyncWebClient
    """For calls somebody waits for: what passes is tried again at once, a few times."""
    once: AsyncWebClient
    """For the outbox, which tries again by itself and for longer."""
    me: str
    """The id that nerbot's own user has there."""
    scopes: frozenset[str] = frozenset()
    """What the workspace granted: optional scopes may be missing."""
    bot_id: str = ""


class Clients(Protocol):
    """The clients of a process."""

    async def of(self, workspace: str) -> Client:
        """The client of a workspace. Raises NotInstalled where it has none."""


class OneClient:
    """The one client of a process that has one token, as it is set."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def of(self, workspace: str) -> Client:
        """The client, in its own workspace. Raises NotInstalled for any other one."""
        if workspace != self._client.workspace:
            raise NotInstalled(workspace)
        return self._client
