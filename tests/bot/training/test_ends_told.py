"""Whoever asked for a training is told at its end by a message that notifies, with the pictures in it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.runs import Run, RunReason, RunState
from bot.playground import Message, Playground
from bot.slack.messenger import Picture
from bot.slack.telling import pictures
from bot.slack.telling.pictures import post_illustrated
from bot.training.views.ended import ended_view
from tests.bot.slack.test_messenger import Bot, bot, clock, running
from tests.bot.training.test_pictures import EVALUATION
from tests.support.opening import patient_timing

__all__ = ["bot", "clock"]
NOW = datetime(2031, 5, 4, tzinfo=UTC)
DONE = Run(
    1, 1, 7, RunState.SUCCEEDED, RunReason.COMMAND, "cnn", "U1", "C1", NOW,
    evaluation=EVALUATION, version=3, went_live=True,
)  # fmt: skip
PICTURE = Picture("curve", "curve.png", "The curve", "It goes up.", {})


@pytest.fixture
async def slack(tmp_path: Path) -> AsyncIterator[Playground]:
    async with Playground.open(data=tmp_path / "slack", timing=patient_timing()) as opened:
        yield opened


def test_the_end_names_the_person_the_score_and_what_is_live() -> None:
    text = ended_view(DONE).text
    assert text.startswith("<@U1> Training 7 is done: F1 80 (95 % interval 70 to 90).")
    assert "Model 3 is live: ask it with /ner." in text
    assert "Model 3 did not go live." in ended_view(replace(DONE, went_live=False)).text


def test_a_training_by_schedule_wakes_nobody_unless_it_failed() -> None:
    scheduled = replace(DONE, reason=RunReason.SCHEDULE)
    assert "<@" not in ended_view(scheduled).text
    failed = ended_view(replace(scheduled, state=RunState.FAILED, failure="The disk is full."))
    assert failed.text == "<@U1> Training 7 failed. The disk is full."


async def told(bot: Bot) -> list[Message]:
    """The messages about the training, but for the one that follows it."""
    return [m for m in bot.slack.messages("#triage") if m.text.startswith("<@")]


async def test_a_failure_is_told_once_however_often_it_is_shown(bot: Bot) -> None:
    run = replace(await running(bot), state=RunState.FAILED, failure="The disk is full.")
    await bot.shows(run)
    await bot.shows(run)
    [message] = await told(bot)
    assert message.text.startswith(f"<@{run.person}> Training 1 failed. The disk is full.")
    assert message.edited_ts is None


async def test_where_the_channel_takes_no_message_the_person_gets_it(bot: Bot) -> None:
    run = replace(await running(bot, channel="#random"), state=RunState.FAILED)
    await bot.shows(run)
    direct = bot.slack.messages("dm", viewer="ada")
    assert any(m.text.startswith(f"<@{run.person}> Training 1 failed.") for m in direct)


async def draw(_: Sequence[dict[str, Any]]) -> list[bytes]:
    return [b"\x89PNG"]


async def posted(slack: Playground) -> Message:
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
    channel = slack.workspace.channel("triage").id
    message = {"text": "Done.", "blocks": [{"type": "divider"}]}
    place = await post_illustrated(client, draw, channel, message, [PICTURE])
    found = slack.workspace.find(*place)
    assert found is not None
    return found


async def test_the_picture_is_in_the_message_itself(slack: Playground) -> None:
    message = await posted(slack)
    assert [block["type"] for block in message.blocks] == ["divider", "image"]
    assert message.blocks[1]["alt_text"] == "It goes up."


async def test_where_slack_shows_no_picture_in_a_message_it_is_in_its_thread(
    slack: Playground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "PAUSES", (0.0, 0.0))
    slack.fail_next("chat.postMessage", status=200, error="invalid_blocks", times=2)
    message = await posted(slack)
    assert [block["type"] for block in message.blocks] == ["divider"]
    [answer] = [each for each in slack.thread(message) if each.files]
    assert answer.files[0]["alt_txt"] == "It goes up."


async def test_what_cannot_be_drawn_is_told_in_words(slack: Playground) -> None:
    async def fails(_: Sequence[dict[str, Any]]) -> list[bytes]:
        raise OSError("no process")

    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
    channel = slack.workspace.channel("triage").id
    message = {"text": "Done.", "blocks": [{"type": "divider"}]}
    place = await post_illustrated(client, fails, channel, message, [PICTURE])
    assert slack.workspace.find(*place) is not None


async def test_where_slack_takes_no_files_the_message_is_told_without_its_pictures(
    slack: Playground,
) -> None:
    slack.fail_next(
        "files.getUploadURLExternal", status=200, error="storage_limit_reached", times=9
    )
    message = await posted(slack)
    assert [block["type"] for block in message.blocks] == ["divider"]


async def test_pictures_that_take_too_long_do_not_hold_the_message_up(slack: Playground) -> None:
    async def never(_: Sequence[dict[str, Any]]) -> list[bytes]:
        await asyncio.Event().wait()
        raise AssertionError

    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
    channel = slack.workspace.channel("triage").id
    message = {"text": "Done.", "blocks": [{"type": "divider"}]}
    place = await post_illustrated(client, never, channel, message, [PICTURE], within=0.05)
    assert slack.workspace.find(*place) is not None
