"""Telling one person something where their request left no place for an answer: by direct message."""

import asyncio
import hashlib
import logging
from enum import Enum

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import StoreUnavailable
from bot.slack.messenger import Messenger, Post
from bot.slack.outbox import OutboxSender
from bot.slack.reply_places import ReplyPlace
from bot.slack.text import View

PATIENCE_SECONDS = 8.0
SETTLED_SECONDS = 1.0
"""A trigger lasts three seconds: the modal that says where the message is has to open within them."""

log = logging.getLogger(__name__)


class Told(Enum):
    """What became of a direct message in a moment."""

    SENT = "sent"
    LATER = "later"
    """The outbox has it; Slack gets it as soon as it takes it."""
    REFUSED = "refused"
    """Slack takes no direct message to this person, or it could not be kept."""


class DirectMessages:
    """Direct messages that a person waits for: kept in the outbox like all others, and looked after for a moment."""

    def __init__(
        self, messenger: Messenger, sender: OutboxSender, *, within: float = SETTLED_SECONDS
    ) -> None:
        self._messenger = messenger
        self._sender = sender
        self._within = within

    async def tell(self, place: ReplyPlace, view: View) -> Told:
        """Send the answer to a request; a second delivery of the request sends nothing more."""
        request = hashlib.sha256(f"{place.person} {place.request}".encode()).hexdigest()[:16]
        key = f"direct message {request}"
        try:
            await self._messenger.post(Post(place.workspace, key, place.person, view))
            kept = await self._sender.settled(place.workspace, key, within=self._within)
            if kept is None or not kept.is_settled:
                return Told.LATER
            if kept.dead_at is None:
                return Told.SENT
            await self._sender.withdraw(place.workspace, key)
        except StoreUnavailable as error:
            log.warning("a direct message was not kept: %s", error)
        return Told.REFUSED


async def permalink(
    client: AsyncWebClient, channel: str, message: str, *, patience: float = PATIENCE_SECONDS
) -> str | None:
    """Where a message can be read; None where Slack does not say."""
    try:
        async with asyncio.timeout(patience / 4):
            answer = await client.chat_getPermalink(channel=channel, message_ts=message)
    except (SlackApiError, OSError, TimeoutError, ValueError) as error:
        log.info("no permalink: %s", type(error).__name__)
        return None
    return str(answer["permalink"])
