"""What Slack says of people, where a workspace lets nerbot ask: the scope for it is optional."""

import asyncio
import logging

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

SCOPE = "users:read"
PATIENCE_SECONDS = 1.0
"""A command waits for the answer."""

log = logging.getLogger(__name__)


class SlackPeople:
    """Asks Slack about people, if the scopes that were granted allow that."""

    def __init__(
        self, client: AsyncWebClient, scopes: frozenset[str], *, patience: float = PATIENCE_SECONDS
    ) -> None:
        self._client = client
        self._is_granted = SCOPE in scopes
        self._patience = patience

    async def timezone(self, person: str) -> str | None:
        """A person's time zone, such as Europe/Berlin; None where Slack does not say."""
        if not self._is_granted:
            return None
        try:
            async with asyncio.timeout(self._patience):
                answer = await self._client.users_info(user=person)
        except (SlackApiError, OSError, TimeoutError, ValueError) as error:
            log.info("no time zone: %s", type(error).__name__)
            return None
        return (answer.get("user") or {}).get("tz") or None
