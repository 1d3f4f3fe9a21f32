"""What an assistant can do in a project, by the SDK's own client over real sockets and a real process."""

import asyncio
import io
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import httpx2
import pytest
from mcp import Client, MCPError
from mcp.client.stdio import StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp_types import TextContent, TextResourceContents

from bot.api.repositories.tokens import Tokens
from bot.api.values import Scope
from bot.app import open_bot
from bot.errors import SettingsError
from bot.playground import Playground
from tests.bot.api.conftest import Program, Served, serving
from tests.bot.conftest import settings_for

TOOLS = {
    "find_entities",
    "next_sentence",
    "suggest_labels",
    "training_status",
    "search_sentences",
}


@pytest.fixture
async def assisted(trained_data: Path, slack: Playground) -> AsyncIterator[Served]:
    """A workspace with a live model that assistants may ask."""
    async with serving(slack, trained_data, mcp=True) as opened:
        yield opened


@asynccontextmanager
async def over_http(program: Program) -> AsyncIterator[Client]:
    """An assistant with a token."""
    headers = {"Authorization": f"Bearer {program.secret}"}
    async with (
        httpx2.AsyncClient(headers=headers) as http,
        Client(streamable_http_client(f"{program.address}/mcp", http_client=http)) as client,
    ):
        yield client


@asynccontextmanager
async def over_stdio(program: Program) -> AsyncIterator[Client]:
    """An assistant that starts `nerbot mcp`."""
    environment = {
        **os.environ,
        "NERBOT_URL": program.address,
        "NERBOT_TOKEN": str(program.secret),
    }
    started = StdioServerParameters(
        command=sys.executable, args=["-m", "bot", "mcp"], env=environment
    )
    async with Client(started) as client:
        yield client


async def call(client: Client, name: str, **arguments: Any) -> Any:
    """What a tool answers."""
    told = await client.call_tool(name, arguments)
    assert not told.is_error, told
    return told.structured_content


async def refused(client: Client, name: str, **arguments: Any) -> str:
    """The words with which a tool refuses."""
    told = await client.call_tool(name, arguments)
    assert told.is_error, told
    (content,) = told.content
    assert isinstance(content, TextContent)
    return content.text


async def read(client: Client, uri: str) -> str:
    """The text of a resource."""
    (content,) = (await client.read_resource(uri)).contents
    assert isinstance(content, TextResourceContents)
    return content.text


@pytest.mark.parametrize("over", [over_http, over_stdio])
async def test_an_assistant_finds_takes_searches_and_reads(assisted: Served, over: Any) -> None:
    program = await assisted.program()
    added = await program.posts("/sentences", {"texts": ["A Cough, and fever."]})
    number = added["sentences"][0]["id"]
    async with over(program) as client:
        assert {tool.name for tool in (await client.list_tools()).tools} == TOOLS
        told = await call(client, "find_entities", texts=["She takes aspirin."])
        (entity,) = told["predictions"][0]["entities"]
        assert (entity["label"], entity["text"]) == ("DRUG", "aspirin")
        taken = await call(client, "next_sentence")
        assert (taken["sentence"], taken["text"]) == (number, "A Cough, and fever.")
        suggested = await call(client, "suggest_labels", sentence=number)
        assert suggested["model"] == 1
        assert "fever" in {each["text"] for each in suggested["found"]}
        assert all(each["confidence"] > 0 for each in suggested["possible"])
        status = await call(client, "training_status")
        assert (status["live_model"], status["training"]["state"]) == (1, "succeeded")
        found = await call(client, "search_sentences", words="A COUGH, and")
        assert [each["id"] for each in found["sentences"]] == [number]
        assert "## DRUG" in await read(client, "nerbot://guidelines")
        labels = json.loads(await read(client, "nerbot://labels"))["labels"]
        assert {each["name"] for each in labels} >= {"DRUG", "SYMPTOM"}


async def test_the_scopes_of_the_token_hold(assisted: Served) -> None:
    program = await assisted.program(frozenset({Scope.READ}))
    async with over_http(program) as client:
        assert "no scope “write”" in await refused(client, "next_sentence")
        assert "no sentence 99" in await refused(client, "suggest_labels", sentence=99)
        assert (await call(client, "training_status"))["project"] == "default"


async def test_assistants_that_ask_at_once_each_see_their_own_project(assisted: Served) -> None:
    names = ("default", "cars", "bikes")
    programs = [await assisted.program(project=name) for name in names]

    async def project_of(program: Program) -> list[str]:
        async with over_http(program) as client:
            told = await asyncio.gather(*(call(client, "training_status") for _ in range(3)))
        return [each["project"] for each in told]

    told = await asyncio.gather(*map(project_of, programs))
    assert told == [[name] * 3 for name in names]


@pytest.mark.parametrize("path", ["/mcp", "/mcp/", "/mcp/openapi.json", "/mcp/elsewhere"])
async def test_without_a_token_nothing_is_answered(assisted: Served, path: str) -> None:
    async with aiohttp.ClientSession() as session:
        for secret in (None, "nerbot_unknown"):
            headers = {"Authorization": f"Bearer {secret}"} if secret else {}
            async with session.post(f"{assisted.bot.api}{path}", headers=headers) as answer:
                assert answer.status == 401
                assert answer.headers["WWW-Authenticate"].startswith("Bearer")


async def test_what_is_none_of_the_protocol_is_refused(assisted: Served) -> None:
    program = await assisted.program()
    headers = {"Authorization": f"Bearer {program.secret}", "Accept": "text/event-stream"}
    async with aiohttp.ClientSession(headers=headers) as session:
        async with session.get(f"{assisted.bot.api}/mcp") as answer:
            assert (answer.status, answer.headers["Allow"]) == (405, "POST")
        async with session.post(f"{assisted.bot.api}/mcp/elsewhere") as answer:
            assert answer.status == 404
        async with session.post(
            f"{assisted.bot.api}/mcp", data=io.BytesIO(b"x" * (2**21 + 1))
        ) as answer:
            assert answer.status == 413


async def test_a_revoked_token_opens_nothing(assisted: Served) -> None:
    program = await assisted.program()
    assert program.token is not None
    async with over_http(program) as client:
        await call(client, "training_status")
        async with assisted.store.writing(assisted.bot.workspace) as tx:
            await Tokens(tx).revoke(program.token.id)
        with pytest.raises(MCPError, match="error response"):
            await client.call_tool("training_status", {})


async def test_it_is_off_unless_it_is_switched_on(served: Served, slack: Playground) -> None:
    async with aiohttp.ClientSession() as session, session.post(f"{served.bot.api}/mcp") as answer:
        assert answer.status == 404


async def test_it_needs_the_api(slack: Playground, tmp_path: Path) -> None:
    settings = settings_for(slack, tmp_path / "data").model_copy(update={"mcp": True})
    with pytest.raises(SettingsError, match="NERBOT_API=on"):
        async with open_bot(settings):
            pass


def test_nothing_of_it_is_imported_with_the_bot() -> None:
    code = "import sys, bot.app; print([m for m in ('mcp', 'bot.mcp.server') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
