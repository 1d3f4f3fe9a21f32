"""Uploads by files_upload_v2, as slack_sdk does them."""

from pathlib import Path

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground import Playground
from bot.playground.state.message_payload import message_payload
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


async def test_the_bytes_of_a_file_want_the_token_and_the_scope(tmp_path: Path) -> None:
    """As in Slack, whoever may not read it is sent to the page for signing in."""
    manifest = tmp_path / "with_files.yml"
    for scope, status in (("files:write", 302), ("files:read", 200)):
        manifest.write_text(MANIFEST.replace('"chat:write"', f'"chat:write", "{scope}"'), "utf-8")
        async with (
            Playground.open(data=tmp_path / scope, manifest=manifest) as slack,
            aiohttp.ClientSession() as session,
        ):
            token = {"Authorization": f"Bearer {slack.bot_token}"}
            for channel, headers, wanted in (
                ("#triage", token, status),
                ("#triage", {}, 302),
                ("#random", token, 302),
            ):
                message = slack.share("ada", channel, "notes.txt", b"Fever.")
                (file,) = message_payload(message, slack.workspace)["files"]
                url = file["url_private_download"]
                async with session.get(url, headers=headers, allow_redirects=False) as answer:
                    assert answer.status == wanted
                    assert (await answer.read() == b"Fever.") is (wanted == 200)
