"""A client for whatever workspace is asked about: for tests of what speaks in one."""

from typing import Any

from bot.slack.clients import Client, Clients


class AnyClient:
    """Says the same everywhere."""

    def __init__(self, client: Any, *, scopes: frozenset[str] = frozenset()) -> None:
        self._client = client
        self._scopes = scopes

    async def of(self, workspace: str) -> Client:
        return Client(workspace, self._client, self._client, "U0NERBOT", self._scopes)


def one_client(client: Any) -> Clients:
    """The one that is given, in every workspace."""
    return AnyClient(client)
