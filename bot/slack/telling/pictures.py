"""Pictures in Slack: each upload is several calls, which its client makes."""

from collections.abc import Sequence

from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.messenger import Picture


async def upload(
    client: AsyncWebClient,
    channel: str,
    pictures: Sequence[Picture],
    drawn: Sequence[bytes],
    *,
    thread: str | None = None,
) -> None:
    """Put drawn pictures into a channel or a thread."""
    files = [
        {"filename": p.name, "title": p.title, "alt_txt": p.alt, "content": content}
        for p, content in zip(pictures, drawn, strict=True)
    ]
    await client.files_upload_v2(
        channel=channel, thread_ts=thread, file_uploads=files, request_file_info=False
    )
