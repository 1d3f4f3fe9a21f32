"""A modal that Slack does not open or change is told of, with the button again: never silence."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground import Message, Playground
from bot.slack import action_ids as ids
from bot.slack.faults import PassingFaults
from bot.slack.payloads import Payload
from bot.slack.reply_places import reply_place
from bot.slack.telling.modals import Modals, words_modal
from bot.slack.text import words_view
from tests.bot.slack.faults import FAULTS
from tests.bot.slack.test_answers import Sending, open_answers
from tests.support.opening import patient_timing
from tests.support.patience import patient

MODAL = words_modal("Edit", words_view("A patient with chest pain."))
REFUSALS: dict[str, dict[str, Any]] = {
    "a trigger that has expired": {"error": "expired_trigger_id"},
    "a trigger that was used": {"error": "exchanged_trigger_id"},
    "a trigger nobody knows": {"error": "invalid_trigger_id"},
    "arguments that are not valid": {"error": "invalid_arguments"},
    "a view that is too large": {"error": "view_too_large"},
    "a token that was revoked": {"error": "token_revoked"},
    "a word that is not known": {"error": "moon_is_full"},
}
EVERY = {**FAULTS, **REFUSALS}
TIMES = 9
"""More often than a call for which somebody waits is tried."""


@dataclass
class Opening:
    """A press of [Edit] by Ada, and what can open a modal for it."""

    sending: Sending
    client: AsyncWebClient
    modals: Modals
    body: dict[str, Any]

    @property
    def slack(self) -> Playground:
        return self.sending.bot.slack

    async def open(self) -> str | None:
        return await self.modals.open(self.client, self.body, MODAL)

    async def beside(self) -> Message:
        """What is said beside the card, to Ada alone."""
        [told] = self.sending.seen
        assert told.only_for == self.sending.place.person
        return told


def press(sending: Sending, *, in_home: bool = False) -> dict[str, Any]:
    slack, place = sending.bot.slack, sending.place
    pressed = {
        "type": "button",
        "action_id": ids.EDIT,
        "value": "7",
        "text": {"type": "plain_text", "text": "Edit"},
    }
    where = {} if in_home else {"response_url": place.url, "channel": {"id": place.channel}}
    return {
        "type": "block_actions",
        "team": {"id": place.workspace},
        "user": {"id": place.person},
        "trigger_id": slack.triggers.issue(place.person),
        "actions": [pressed],
        **where,
    }


@asynccontextmanager
async def open_modals(
    slack: Playground, folder: Path, *, within: float, in_home: bool = False
) -> AsyncIterator[Opening]:
    async with open_answers(slack, folder, within=patient(2)) as sending:
        client = AsyncWebClient(
            token=slack.bot_token,
            base_url=slack.api_url,
            retry_handlers=[PassingFaults(1, longest=0.1)],
        )
        modals = Modals(sending.answers, call_within=within)
        yield Opening(sending, client, modals, press(sending, in_home=in_home))


@pytest.fixture
async def slack(tmp_path: Path) -> AsyncIterator[Playground]:
    async with Playground.open(data=tmp_path / "slack", timing=patient_timing()) as opened:
        yield opened


@pytest.fixture
async def opening(slack: Playground, tmp_path: Path) -> AsyncIterator[Opening]:
    async with open_modals(slack, tmp_path, within=patient(2)) as opened:
        yield opened


async def test_a_modal_is_opened(opening: Opening) -> None:
    assert await opening.open() is not None
    assert opening.slack.view("ada")
    assert not opening.sending.seen


@pytest.mark.parametrize("fault", EVERY)
async def test_whatever_keeps_a_modal_shut_is_told_with_the_button_again(
    slack: Playground, tmp_path: Path, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "bot")
    within = 0.3 if fault == "no answer" else patient(2)
    async with open_modals(slack, tmp_path, within=within) as opening:
        slack.fail_next("views.open", **EVERY[fault], times=TIMES)
        assert await opening.open() is None
        told = await opening.beside()
        assert told.buttons == ["Edit"]
        assert "press the button again" in told.shown
        assert len(caplog.messages) == 1


async def test_the_button_is_the_one_that_was_pressed(opening: Opening) -> None:
    opening.slack.fail_next("views.open", error="expired_trigger_id")
    await opening.open()
    [row] = [each for each in (await opening.beside()).blocks if each["type"] == "actions"]
    [button] = row["elements"]
    assert (button["action_id"], button["value"]) == (ids.EDIT, "7")


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("a trigger that has expired", "within three seconds only"),
        ("503", "did not open the window just now"),
        ("arguments that are not valid", "(invalid_arguments)"),
    ],
)
async def test_the_reason_is_said(opening: Opening, fault: str, words: str) -> None:
    opening.slack.fail_next("views.open", **EVERY[fault], times=TIMES)
    await opening.open()
    assert words in (await opening.beside()).shown


async def test_a_modal_out_of_home_is_told_by_direct_message(
    slack: Playground, tmp_path: Path
) -> None:
    async with open_modals(slack, tmp_path, within=patient(2), in_home=True) as opening:
        slack.fail_next("views.open", error="expired_trigger_id")
        await opening.open()
        await opening.sending.bot.idle()
        [told] = opening.sending.told
        assert told.buttons == ["Edit"]


async def test_what_cannot_be_told_beside_the_card_either_is_a_direct_message(
    opening: Opening,
) -> None:
    opening.slack.fail_next("views.open", error="expired_trigger_id")
    opening.slack.fail_next("response_url", status=502, times=TIMES)
    await opening.open()
    await opening.sending.bot.idle()
    [told] = opening.sending.told
    assert told.buttons == ["Edit"]


@pytest.mark.parametrize("fault", EVERY)
async def test_a_modal_that_stays_empty_is_told(
    slack: Playground, tmp_path: Path, fault: str
) -> None:
    within = 0.3 if fault == "no answer" else patient(2)
    async with open_modals(slack, tmp_path, within=within) as opening:
        view_id = await opening.open()
        assert view_id is not None
        slack.fail_next("views.update", **EVERY[fault], times=TIMES)
        await opening.modals.fill(opening.client, opening.body, view_id, MODAL)
        told = await opening.beside()
        assert "could not be filled" in told.shown
        assert told.buttons == ["Edit"]


@pytest.mark.parametrize("fault", EVERY)
async def test_a_change_that_a_modal_does_not_show_is_told(
    slack: Playground, tmp_path: Path, fault: str
) -> None:
    within = 0.3 if fault == "no answer" else patient(2)
    async with open_modals(slack, tmp_path, within=within) as opening:
        view_id = await opening.open()
        assert view_id is not None
        slack.fail_next("views.update", **EVERY[fault], times=TIMES)
        place = reply_place(opening.body)
        assert await opening.modals.update(opening.client, place, MODAL, view_id=view_id)
        assert "The change is kept" in (await opening.beside()).shown


async def test_a_newer_state_of_a_modal_is_no_failure(opening: Opening) -> None:
    view_id = await opening.open()
    assert view_id is not None
    shows = await opening.modals.update(
        opening.client, reply_place(opening.body), MODAL, view_id=view_id, view_hash="older"
    )
    assert not shows
    assert not opening.sending.seen


@pytest.mark.parametrize("fault", EVERY)
async def test_words_that_no_modal_shows_are_told_where_it_was_opened(
    slack: Playground, tmp_path: Path, fault: str
) -> None:
    within = 0.3 if fault == "no answer" else patient(2)
    async with open_modals(slack, tmp_path, within=within) as opening:
        slack.fail_next("views.push", **EVERY[fault], times=TIMES)
        body: Payload = opening.body
        words = words_view("You have no such sentence.")
        await opening.modals.push(opening.client, body, reply_place(body), MODAL, otherwise=words)
        assert (await opening.beside()).shown == "You have no such sentence."
