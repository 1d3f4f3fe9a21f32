"""Channels, their history and threads, and emoji under messages, called with slack_sdk's client."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground import Channel, Playground
from tests.playground.conftest import MANIFEST, Clock
from tests.playground.web_api.test_methods import error_of

SCOPES = (
    "commands",
    "chat:write",
    "channels:history",
    "channels:read",
    "channels:join",
    "reactions:write",
)


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    path = tmp_path / "manifest.yml"
    asked = f"[{', '.join(f'{scope!r}' for scope in SCOPES)}]"
    path.write_text(MANIFEST.replace('[commands, "chat:write"]', asked), "utf-8")
    return path


@pytest.fixture
def triage(slack: Playground) -> Channel:
    return slack.workspace.channel("triage")


def texts(messages: Sequence[dict[str, Any]]) -> list[str]:
    return [message["text"] for message in messages]


async def test_history_is_read_page_by_page_newest_first_and_without_replies(
    slack: Playground, client: AsyncWebClient, triage: Channel
) -> None:
    for number in range(5):
        slack.say("ada", "#triage", f"m{number}")
    slack.reply("grace", slack.messages("#triage")[-1], "a reply")
    first = await client.conversations_history(channel=triage.id, limit=3)
    cursor = first["response_metadata"]["next_cursor"]
    slack.say("ada", "#triage", "meanwhile")
    second = await client.conversations_history(channel=triage.id, limit=3, cursor=cursor)
    assert texts(first["messages"]) == ["m4", "m3", "m2"]
    assert texts(second["messages"])[:2] == ["m1", "m0"]
    assert (first["has_more"], second["has_more"]) == (True, False)
    assert first["messages"][0]["reply_count"] == 1


async def test_one_message_is_found_by_its_ts(
    slack: Playground, client: AsyncWebClient, triage: Channel
) -> None:
    said = [slack.say("ada", "#triage", f"m{number}") for number in range(3)]
    one = await client.conversations_history(
        channel=triage.id, latest=said[1].ts, inclusive=True, limit=1
    )
    before = await client.conversations_history(channel=triage.id, latest=said[1].ts, limit=1)
    between = await client.conversations_history(
        channel=triage.id, oldest=said[0].ts, latest=said[2].ts
    )
    assert texts(one["messages"]) == ["m1"]
    assert texts(before["messages"]) == ["m0"]
    assert texts(between["messages"]) == ["m1"]


async def test_a_thread_is_read_from_its_first_message(
    slack: Playground, client: AsyncWebClient, triage: Channel
) -> None:
    said = slack.say("ada", "#triage", "question")
    replies = [slack.reply("grace", said, f"r{number}") for number in range(3)]
    first = await client.conversations_replies(channel=triage.id, ts=said.ts, limit=2)
    cursor = first["response_metadata"]["next_cursor"]
    rest = await client.conversations_replies(channel=triage.id, ts=said.ts, limit=2, cursor=cursor)
    alone = await client.conversations_replies(channel=triage.id, ts=replies[1].ts)
    assert texts(first["messages"]) == ["question", "r0"]
    assert texts(rest["messages"]) == ["r1", "r2"]
    assert texts(alone["messages"]) == ["r1"]


@pytest.mark.parametrize(
    ("method", "args", "error"),
    [
        ("conversations.history", {"channel": "C1"}, "channel_not_found"),
        ("conversations.history", {"channel": "#random"}, "not_in_channel"),
        ("conversations.history", {"channel": "#ward"}, "channel_not_found"),
        ("conversations.history", {"channel": "#board"}, "missing_scope"),
        ("conversations.history", {"channel": "#triage", "limit": "x"}, "invalid_limit"),
        ("conversations.history", {"channel": "#triage", "cursor": "?"}, "invalid_cursor"),
        ("conversations.history", {"channel": "#triage", "latest": "x"}, "invalid_ts_latest"),
        ("conversations.replies", {"channel": "#triage", "ts": "1.2"}, "thread_not_found"),
        ("conversations.info", {"channel": "#ward"}, "channel_not_found"),
        ("conversations.join", {"channel": "#board"}, "method_not_supported_for_channel_type"),
        ("reactions.add", {"channel": "#triage", "timestamp": "1.2", "name": "eyes"}, "message_not_found"),
        ("reactions.get", {"channel": "#triage", "timestamp": "1.2"}, "missing_scope"),
    ],
)  # fmt: skip
async def test_a_bad_call_gets_slacks_error_code(
    slack: Playground, client: AsyncWebClient, method: str, args: dict[str, Any], error: str
) -> None:
    people = tuple(slack.workspace.people)
    app = slack.workspace.identity.bot_user_id
    slack.workspace.put_channel(Channel(id="C0WARD", name="ward", members=people, is_private=True))
    board = Channel(id="C0BOARD", name="board", members=(*people, app), is_private=True)
    slack.workspace.put_channel(board)
    with pytest.raises(SlackApiError) as caught:
        await client.api_call(method, json=args)
    assert error_of(caught) == error


async def test_an_app_joins_a_public_channel_and_sees_its_members(
    slack: Playground, client: AsyncWebClient
) -> None:
    random = slack.workspace.channel("random")
    await client.conversations_join(channel=random.id)
    found = await client.conversations_members(channel=random.id, limit=4)
    cursor = found["response_metadata"]["next_cursor"]
    rest = await client.conversations_members(channel=random.id, limit=4, cursor=cursor)
    us = slack.workspace.identity.bot_user_id
    assert [*found["members"], *rest["members"]] == [*random.members, us]


async def test_apps_outside_the_marketplace_can_get_small_pages(
    slack: Playground, client: AsyncWebClient, triage: Channel
) -> None:
    slack.channel_methods.largest_page = 15
    for number in range(20):
        slack.say("ada", "#triage", f"m{number}")
    page = await client.conversations_history(channel=triage.id, limit=200)
    assert (len(page["messages"]), page["has_more"]) == (15, True)


async def test_a_rate_limit_stays_until_time_has_passed(
    slack: Playground, client: AsyncWebClient, triage: Channel, clock: Clock
) -> None:
    slack.rates.limit("conversations.history", 2, 60)
    for _ in range(2):
        await client.conversations_history(channel=triage.id)
    with pytest.raises(SlackApiError) as caught:
        await client.conversations_history(channel=triage.id)
    assert error_of(caught) == "ratelimited"
    assert caught.value.response.headers["Retry-After"] == "60"
    clock.time += 60
    await client.conversations_history(channel=triage.id)
    slack.rates.limit("conversations.history", None)
    client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=1))
    for _ in range(3):
        await client.conversations_history(channel=triage.id)


async def test_a_reaction_is_added_once_and_taken_away_once(
    slack: Playground, client: AsyncWebClient, triage: Channel
) -> None:
    said = slack.say("ada", "#triage", "Fever.")
    where = {"channel": triage.id, "timestamp": said.ts, "name": "pill"}
    await client.reactions_add(**where)
    with pytest.raises(SlackApiError) as twice:
        await client.reactions_add(**where)
    us = slack.workspace.identity.bot_user_id
    history = await client.conversations_history(channel=triage.id, limit=1)
    assert history["messages"][0]["reactions"] == [{"name": "pill", "users": [us], "count": 1}]
    await client.reactions_remove(**where)
    with pytest.raises(SlackApiError) as gone:
        await client.reactions_remove(**where)
    assert (error_of(twice), error_of(gone)) == ("already_reacted", "no_reaction")
    assert slack.now(said) == replace(said, reactions=())


async def test_an_emoji_that_slack_does_not_have_is_refused(
    slack: Playground, client: AsyncWebClient, triage: Channel
) -> None:
    said = slack.say("ada", "#triage", "Fever.")
    with pytest.raises(SlackApiError) as caught:
        await client.reactions_add(channel=triage.id, timestamp=said.ts, name="no_such_emoji")
    assert error_of(caught) == "invalid_name"
