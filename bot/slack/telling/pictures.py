"""Pictures in Slack: in a message itself, in its thread, or in a channel; each upload is several calls."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.faults import fault_of
from bot.slack.messenger import Draw, Picture, Place

PAUSES = (0.0, 2.0)
"""Seconds before each try: Slack takes a moment until a file that was uploaded can be shown in a block."""
_NOT_SHOWN = frozenset(
    {"invalid_blocks", "invalid_blocks_format", "file_not_found", "invalid_arguments"}
)
TITLE, ALT = 2_000, 2_000
WITHIN_SECONDS = 6.0
"""For drawing and uploading together."""

log = logging.getLogger(__name__)


async def upload(
    client: AsyncWebClient,
    channel: str | None,
    pictures: Sequence[Picture],
    drawn: Sequence[bytes],
    *,
    thread: str | None = None,
) -> list[str]:
    """Put drawn pictures into a channel or a thread, or nowhere yet: their ids."""
    files = [
        {"filename": p.name, "title": p.title, "alt_txt": p.alt, "content": content}
        for p, content in zip(pictures, drawn, strict=True)
    ]
    answer = await client.files_upload_v2(
        channel=channel, thread_ts=thread, file_uploads=files, request_file_info=False
    )
    return [str(file["id"]) for file in answer.get("files") or ()]


async def post_illustrated(
    client: AsyncWebClient,
    draw: Draw,
    channel: str,
    message: dict[str, Any],
    pictures: Sequence[Picture],
    *,
    within: float = WITHIN_SECONDS,
) -> Place:
    """Post a message with its pictures in it; where Slack does not show them there, they are in its thread.

    The message counts more: without pictures that are not there `within` the seconds, or that Slack does not take, it
    is posted all the same, and it is not posted again for them.
    """
    drawn: list[bytes] = []
    ids: list[str] = []
    async with _pictures_can_fail(within):
        drawn = await draw([picture.to_json() for picture in pictures])
        ids = await upload(client, None, pictures, drawn) if drawn else []
    if ids:
        blocks = [*message["blocks"], *map(_image, pictures, ids)]
        for pause in PAUSES:
            await asyncio.sleep(pause)
            try:
                return await _post(client, channel, {**message, "blocks": blocks})
            except SlackApiError as error:
                if fault_of(error).code not in _NOT_SHOWN:
                    raise
    place = await _post(client, channel, message)
    if drawn:
        async with _pictures_can_fail(within):
            await upload(client, place.channel, pictures, drawn, thread=place.timestamp)
    return place


@asynccontextmanager
async def _pictures_can_fail(within: float) -> AsyncIterator[None]:
    """What goes wrong with pictures is logged, and takes no longer than this."""
    try:
        async with asyncio.timeout(within):
            yield
    except Exception as error:  # noqa: BLE001 - whatever is wrong with pictures, the message is told
        log.warning("pictures could not be shown: %s", fault_of(error).code)


async def _post(client: AsyncWebClient, channel: str, message: dict[str, Any]) -> Place:
    answer = await client.chat_postMessage(
        channel=channel, unfurl_links=False, unfurl_media=False, **message
    )
    assert isinstance(answer.data, dict), "only files come in another form"
    return Place(str(answer.data["channel"]), str(answer.data["ts"]))


def _image(picture: Picture, file_id: str) -> dict[str, Any]:
    return {
        "type": "image",
        "slack_file": {"id": file_id},
        "alt_text": picture.alt[:ALT],
        "title": {"type": "plain_text", "text": picture.title[:TITLE], "emoji": False},
    }
