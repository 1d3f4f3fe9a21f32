"""What Slack says of people, where a workspace lets nerbot ask: the scope for it is optional."""

import asyncio
import logging

from slack_sdk.errors import SlackApiError

from bot.slack.clients import Clients, NotInstalled

SCOPE = "users:read"
PATIENCE_SECONDS = 1.0
"""A command waits for the answer."""

log = logging.getLogger(__name__)


class SlackPeople:
    """Asks Slack about people, where the scopes that a workspace granted allow that."""

    def __init__(self, clients: Clients, *, patience: float = PATIENCE_SECONDS) -> None:
        self._clients = clients
        self._patience = patience

    async def timezone(self, workspace: str, person: str) -> str | None:
        """A person's time zone, such as Europe/Berlin; None where Slack does not say."""
        try:
            client = await self._clients.of(workspace)
            if SCOPE not in client.scopes:
                return None
            async with asyncio.timeout(self._patience):
                answer = await client.web.users_info(user=person)
        except (SlackApiError, NotInstalled, OSError, TimeoutError, ValueError) as error:
            log.info("no time zone: %s", type(error).__name__)
            return None
        return (answer.get("user") or {}).get("tz") or None
