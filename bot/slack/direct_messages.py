"""Telling one person something where their request left no place for an answer: by direct message, in a modal."""

import asyncio
import logging
from collections.abc import Awaitable
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.slack.text import View, shortened

PATIENCE_SECONDS = 8.0

log = logging.getLogger(__name__)


async def tell(
    client: AsyncWebClient, person: str, view: View, *, patience: float = PATIENCE_SECONDS
) -> bool:
    """Send a person a direct message; False where Slack does not take it."""
    return await _tried(
        client.chat_postMessage(
            channel=person, unfurl_links=False, unfurl_media=False, **view.to_message()
        ),
        "a direct message",
        patience,
    )


async def show(
    client: AsyncWebClient,
    trigger: str,
    title: str,
    view: View,
    *,
    patience: float = PATIENCE_SECONDS,
) -> bool:
    """Open a modal with some words; False where the trigger is spent or older than three seconds."""
    return await _tried(
        client.views_open(trigger_id=trigger, view=words_modal(title, view)), "a modal", patience
    )


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


async def _tried(call: Awaitable[AsyncSlackResponse], what: str, patience: float) -> bool:
    try:
        async with asyncio.timeout(patience):
            await call
    except SlackApiError as error:
        log.warning("Slack refused %s: %s", what, error.response.get("error"))
        return False
    except (OSError, TimeoutError, ValueError) as error:
        log.warning("%s was not sent: %s", what, type(error).__name__)
        return False
    return True


TITLE = 24
BLOCKS = 100


def words_modal(title: str, view: View) -> dict[str, Any]:
    """What a message would say, in a modal."""
    return {
        "type": "modal",
        "title": {"type": "plain_text", "text": shortened(title, TITLE), "emoji": False},
        "close": {"type": "plain_text", "text": "Close", "emoji": False},
        "blocks": [block.to_dict() for block in view.blocks[:BLOCKS]],
    }
