"""A text that is far too long is refused before anything reads it, wherever it comes from."""

import json
from typing import Any

import pytest
from slack_bolt.async_app import AsyncBoltRequest

from bot.slack.lengths import MAX_ASKED, MAX_MESSAGE, MAX_TYPED
from tests.bot.conftest import Team

HUGE = "a" + " " * MAX_ASKED + "b"


async def answer_to(team: Team, body: dict[str, Any]) -> str:
    """What the bot answers in its ack, with listeners that would have saved, asked or opened something."""
    request = AsyncBoltRequest(body=body, mode="socket_mode")
    return (await team.bot.app.async_dispatch(request)).body


def command(team: Team, name: str, text: str) -> dict[str, Any]:
    return {
        "command": name,
        "text": text,
        "team_id": team.bot.workspace,
        "channel_id": "C1",
        "user_id": "U1",
        "trigger_id": "1.1",
    }


@pytest.mark.parametrize("name", ["/label", "/train", "/ner", "/nerbot"])
async def test_a_command_is_refused_in_words(team: Team, name: str) -> None:
    said = await answer_to(team, command(team, name, HUGE))
    assert f"The text has {len(HUGE):,} characters" in said


async def test_twenty_sentences_of_full_length_are_not_too_long_to_ask(team: Team) -> None:
    lines = "\n".join(["word " * 399] * 20)
    assert "characters" not in await answer_to(team, command(team, "/ner", lines))


async def test_a_field_of_a_modal_is_refused_beside_it(team: Team) -> None:
    values = {"editor.markup": {"x": {"type": "plain_text_input", "value": "[" * (MAX_TYPED + 1)}}}
    body = {
        "type": "view_submission",
        "team": {"id": team.bot.workspace},
        "user": {"id": "U1"},
        "view": {"type": "modal", "callback_id": "editor", "state": {"values": values}},
    }
    said = json.loads(await answer_to(team, body))
    assert said["response_action"] == "errors"
    assert "20,001 characters" in said["errors"]["editor.markup"]


async def test_a_message_is_refused_and_that_is_told_although_slack_is_not_there_at_once(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(*_: object) -> None:
        raise AssertionError("it was read")

    monkeypatch.setattr("bot.labelling.handlers.read_message", read)
    body: dict[str, Any] = {
        "type": "message_action",
        "callback_id": "label_message",
        "team": {"id": team.bot.workspace},
        "user": {"id": team.slack.workspace.person("ada").id},
        "channel": {"id": team.slack.workspace.channel("triage").id},
        "trigger_id": "1.1",
        "message": {"text": "a" * (MAX_MESSAGE + 1), "ts": "1.1"},
    }
    url = team.slack.interactions._payloads.response_url(
        team.slack.workspace.person("ada"), body["channel"]["id"], None
    )
    team.slack.fail_next("response_url", status=503)
    assert await answer_to(team, body | {"response_url": url}) == ""
    told = "Send it in shorter pieces."
    await team.slack.until(lambda: told in str(team.slack.messages("#triage", viewer="ada")))
