"""A file into a channel, read from the disk while it is sent: it may be larger than our memory."""

import asyncio
from pathlib import Path

from aiohttp import ClientSession, ClientTimeout
from slack_sdk.web.async_client import AsyncWebClient

_STALLED_SECONDS = 60.0


async def send_file(client: AsyncWebClient, channel: str, path: Path) -> None:
    """Upload a file in Slack's three steps. Raises SlackApiError, aiohttp's ClientError, OSError, TimeoutError."""
    size = (await asyncio.to_thread(path.stat)).st_size
    place = await client.files_getUploadURLExternal(filename=path.name, length=size)
    timeout = ClientTimeout(total=None, sock_read=_STALLED_SECONDS, sock_connect=_STALLED_SECONDS)
    file = await asyncio.to_thread(path.open, "rb")
    try:
        async with (
            ClientSession(timeout=timeout) as session,
            session.post(
                str(place["upload_url"]),
                data=file,
                proxy=client.proxy,
                ssl=True if client.ssl is None else client.ssl,
            ) as answer,
        ):
            answer.raise_for_status()
    finally:
        file.close()
    await client.files_completeUploadExternal(
        files=[{"id": str(place["file_id"]), "title": path.name}], channel_id=channel
    )
