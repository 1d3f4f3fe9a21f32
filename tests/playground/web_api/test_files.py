"""Uploads by files_upload_v2, as slack_sdk does them."""

from pathlib import Path

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground import Playground
from tests.playground.conftest import MANIFEST

PIXEL = bytes.fromhex("89504e470d0a1a0a")


async def test_an_upload_is_shared_in_the_channel_and_kept(tmp_path: Path) -> None:
    manifest = tmp_path / "with_files.yml"
    manifest.write_text(MANIFEST.replace('"chat:write"', '"chat:write", "files:write"'), "utf-8")
    async with Playground.open(data=tmp_path / "data", manifest=manifest) as slack:
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
        await client.files_upload_v2(
            channel=slack.workspace.channel("#triage").id,
            content=PIXEL,
            filename="curve.png",
            title="Learning curve",
            alt_txt="F1 rises from 0.4 to 0.8",
            initial_comment="Model 3",
        )
        (file,) = slack.messages("#triage")[-1].files
        assert (file["title"], file["alt_txt"]) == ("Learning curve", "F1 rises from 0.4 to 0.8")
        url = f"{slack.base_url}files/{file['id']}"
        async with aiohttp.ClientSession() as session:
            asked = {"type": "image/png", "token": slack.control_token}
            async with session.get(url, params=asked) as answer:
                assert await answer.read() == PIXEL
            async with session.get(url) as answer:
                assert answer.status == 404


async def test_an_upload_without_the_scope_is_refused(client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError, match="missing_scope"):
        await client.files_getUploadURLExternal(filename="a.png", length=1)
