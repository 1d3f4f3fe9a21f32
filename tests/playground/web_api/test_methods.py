"""The Web API, called with slack_sdk's client."""

from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground import Playground

SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "x"}}


def error_of(caught: pytest.ExceptionInfo[SlackApiError]) -> str:
    return str(caught.value.response["error"])


async def test_auth_test_says_who_the_bot_is(slack: Playground, client: AsyncWebClient) -> None:
    identity = await client.auth_test()
    assert identity["user"] == "toybot"
    assert identity["team_id"] == slack.workspace.identity.team_id


@pytest.mark.parametrize("how", ["get", "form", "json"])
async def test_arguments_are_read_from_query_form_or_json(slack: Playground, how: str) -> None:
    url, args = f"{slack.api_url}chat.postMessage", {"channel": "#triage", "text": "hi"}
    headers = {"Authorization": f"Bearer {slack.bot_token}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        ways = {
            "get": lambda: session.get(url, params=args),
            "form": lambda: session.post(url, data=args),
            "json": lambda: session.post(url, json=args),
        }
        async with ways[how]() as answer:
            assert (await answer.json())["ok"] is True
            assert "Date" in answer.headers
    assert slack.messages("#triage")[-1].text == "hi"


async def test_a_form_can_carry_the_token_and_json_cannot(slack: Playground) -> None:
    url, args = f"{slack.api_url}auth.test", {"token": slack.bot_token}
    async with aiohttp.ClientSession() as session:
        async with session.post(url, data=args) as answer:
            assert (await answer.json())["ok"] is True
        async with session.post(url, json=args) as answer:
            assert (await answer.json())["error"] == "not_authed"


@pytest.mark.parametrize(
    ("method", "args", "error"),
    [
        ("chat.nope", {}, "unknown_method"),
        ("blocks.validate", {}, "invalid_arguments"),
        ("blocks.validate", {"blocks": [SECTION], "view": {"type": "home"}}, "invalid_arguments"),
        ("blocks.validate", {"blocks": [{"type": "section"}]}, "invalid_blocks"),
        ("blocks.validate", {"message": {"blocks": [{"type": "x"}]}}, "invalid_message"),
        ("blocks.validate", {"view": {"type": "modal", "blocks": []}}, "invalid_view"),
        ("users.info", {"user": "U1"}, "missing_scope"),
        ("conversations.info", {"channel": "C1"}, "missing_scope"),
        ("apps.connections.open", {}, "not_allowed_token_type"),
        ("chat.postMessage", {"text": "x"}, "invalid_arguments"),
        ("chat.postMessage", {"channel": "C1", "text": "x"}, "channel_not_found"),
        ("chat.postMessage", {"channel": "#random", "text": "x"}, "not_in_channel"),
        ("chat.postMessage", {"channel": "#triage"}, "no_text"),
        ("chat.postMessage", {"channel": "#triage", "blocks": "["}, "invalid_blocks_format"),
        ("chat.postMessage", {"channel": "#triage", "blocks": [{"type": "x"}]}, "invalid_blocks"),
        ("chat.update", {"channel": "#triage", "ts": "1.2", "text": "x"}, "message_not_found"),
        ("views.open", {"trigger_id": "1.2.3", "view": {}}, "invalid_trigger_id"),
    ],
)
async def test_a_bad_call_gets_slacks_error_code(
    client: AsyncWebClient, method: str, args: dict[str, Any], error: str
) -> None:
    with pytest.raises(SlackApiError) as caught:
        await client.api_call(method, json=args)
    assert error_of(caught) == error


@pytest.mark.parametrize(("token", "error"), [("xoxb-wrong", "invalid_auth"), ("", "not_authed")])
async def test_a_call_needs_the_token(slack: Playground, token: str, error: str) -> None:
    with pytest.raises(SlackApiError) as caught:
        await AsyncWebClient(token=token, base_url=slack.api_url).auth_test()
    assert error_of(caught) == error


async def test_invalid_blocks_say_where(slack: Playground, client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel="#triage", text="x", blocks=[{"type": "section"}])
    metadata = caught.value.response["response_metadata"]
    assert metadata["messages"] == ["[ERROR] missing required field: text [json-pointer:/blocks/0]"]
    assert [p.what for p in slack.problems] == ["invalid_blocks"]


async def test_a_message_is_changed_and_deleted(slack: Playground, client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(channel="#triage", text="0 %", blocks=[SECTION])
    where = {"channel": posted["channel"], "ts": posted["ts"]}
    await client.chat_update(**where, text="100 %")
    (message,) = [m for m in slack.messages("#triage") if m.ts == posted["ts"]]
    assert (message.text, message.blocks) == ("100 %", ())
    await client.chat_delete(**where)
    assert slack.now(message) is None


async def test_only_the_apps_own_messages_can_be_changed(
    slack: Playground, client: AsyncWebClient
) -> None:
    said = slack.say("ada", "#triage", "mine")
    with pytest.raises(SlackApiError) as caught:
        await client.chat_update(channel=said.channel, ts=said.ts, text="x")
    assert error_of(caught) == "cant_update_message"


async def test_long_text_is_cut_when_posted_and_refused_when_updated(
    slack: Playground, client: AsyncWebClient
) -> None:
    posted = await client.chat_postMessage(channel="#triage", text="x" * 40_001)
    assert len(slack.messages("#triage")[-1].text) == 40_000
    with pytest.raises(SlackApiError) as caught:
        await client.chat_update(channel=posted["channel"], ts=posted["ts"], text="x" * 4_001)
    assert error_of(caught) == "msg_too_long"


async def test_an_ephemeral_message_is_for_one_person(
    slack: Playground, client: AsyncWebClient
) -> None:
    ada = slack.workspace.person("ada").id
    await client.chat_postEphemeral(channel="#triage", user=ada, text="psst")
    assert slack.messages("#triage", viewer="ada")[-1].text == "psst"
    assert slack.messages("#triage", viewer="grace")[-1].text != "psst"


async def test_posting_to_a_person_goes_to_their_direct_message(
    slack: Playground, client: AsyncWebClient
) -> None:
    await client.chat_postMessage(channel=slack.workspace.person("ada").id, text="hello")
    assert [m.text for m in slack.messages("dm", viewer="ada")] == ["hello"]


async def test_a_rate_limit_can_be_switched_on(slack: Playground, client: AsyncWebClient) -> None:
    slack.fail_next("chat.postMessage", headers={"Retry-After": "0"}, times=2)
    client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=2))
    await client.chat_postMessage(channel="#triage", text="third time lucky")
    assert [c.status for c in slack.calls if c.method == "chat.postMessage"] == [429, 429, 200]


async def test_calls_are_recorded_without_the_token(
    slack: Playground, client: AsyncWebClient
) -> None:
    await client.api_call("auth.test", params={"token": slack.bot_token})
    assert slack.bot_token not in repr(slack.calls)
