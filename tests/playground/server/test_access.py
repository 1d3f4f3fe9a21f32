"""Who can use the server: Host, Origin and the page's key."""

import aiohttp
import pytest

from bot.playground import Playground


@pytest.mark.parametrize("path", ["", "api/api.test", "control/do", "static/app.js"])
@pytest.mark.parametrize(
    "headers",
    [{"Host": "evil.example"}, {"Host": "127.0.0.1:1"}, {"Origin": "http://evil.example"},
     {"Origin": "null"}],
)  # fmt: skip
async def test_a_foreign_host_or_origin_is_refused(
    slack: Playground, path: str, headers: dict[str, str]
) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.get(slack.base_url + path, headers=headers) as answer,
    ):
        assert answer.status == 403


@pytest.mark.parametrize("token", ["", "wrong", "ü"])
async def test_the_control_api_needs_this_runs_token(slack: Playground, token: str) -> None:
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
            await session.ws_connect(f"{slack.base_url}control/live", params={"token": token})
        url, headers = f"{slack.base_url}control/do", {"Authorization": f"Bearer {token}"}
        async with session.post(url, json={"do": "calls"}, headers=headers) as answer:
            assert answer.status == 403


async def test_the_control_api_does_what_a_person_does(slack: Playground) -> None:
    headers = {"Authorization": f"Bearer {slack.control_token}"}
    async with aiohttp.ClientSession(slack.base_url, headers=headers) as session:
        said = {"do": "type", "user": "ada", "channel": "#triage", "text": "hello"}
        async with session.post("/control/do", json=said) as answer:
            assert (await answer.json())["message"]["text"] == "hello"
        typed = {"do": "type", "user": "ada", "channel": "#triage", "text": "/nope"}
        async with session.post("/control/do", json=typed) as answer:
            assert (await answer.json())["answer"]["error"] == "invalid_command"
        async with session.post("/control/do", json={"do": "fly"}) as answer:
            assert (await answer.json())["error"] == "unknown_action"


async def test_the_page_receives_changes_as_they_happen(slack: Playground) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(
            f"{slack.base_url}control/live", params={"token": slack.control_token}
        ) as page,
    ):
        state = await page.receive_json()
        said = slack.say("grace", "#triage", "new")
        change = await page.receive_json()
    assert [c["name"] for c in state["commands"]] == ["/label", "/raw", "/invite", "/remove"]
    assert (change["type"], change["value"]["ts"]) == ("message", said.ts)


async def test_the_page_allows_no_foreign_scripts(slack: Playground) -> None:
    async with aiohttp.ClientSession() as session, session.get(slack.page_url) as answer:
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Referrer-Policy"] == "no-referrer"
