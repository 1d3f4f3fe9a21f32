"""Answers over response_urls, whatever Slack says to them: tried again for a minute, and told elsewhere after that."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from aiohttp import ClientSession

from bot.jobs.background import Background
from bot.playground import Message, Playground
from bot.slack.reply_places import ReplyPlace
from bot.slack.telling.answers import LONGEST_SECONDS, PAUSES, Answers
from bot.slack.text import View, line, words_view
from tests.bot.slack.faults import FAULTS
from tests.bot.slack.test_messenger import Bot, Clock, open_sender
from tests.support.opening import patient_timing
from tests.support.patience import patient

SAVED = words_view("Saved: chest pain.")
NOT_TAKEN = "Slack did not take my answer in "


@dataclass
class Sending:
    """Answers to a press of Ada's in #triage, with pauses that take no time."""

    bot: Bot
    place: ReplyPlace
    answers: Answers
    stopping: asyncio.Event
    pauses: list[float] = field(default_factory=list)

    @property
    def seen(self) -> list[Message]:
        """What Ada sees in #triage, below the welcome."""
        return self.bot.slack.messages("#triage", viewer="ada")[1:]

    @property
    def told(self) -> list[Message]:
        """What Ada gets by direct message."""
        return self.bot.slack.messages("dm", viewer="ada")

    def tries(self) -> int:
        return self.bot.calls("response_url")


@asynccontextmanager
async def open_answers(slack: Playground, folder: Path, *, within: float) -> AsyncIterator[Sending]:
    async with (
        open_sender(slack, folder, Clock(), call_within=patient(2)) as bot,
        ClientSession() as session,
    ):
        ada, triage = slack.workspace.person("ada").id, slack.workspace.channel("#triage").id
        path = slack.response_urls.issue(ada, triage).path
        url = f"{slack.base_url}actions/{path}"
        stopping, pauses = asyncio.Event(), list[float]()

        async def pause(seconds: float) -> None:
            pauses.append(seconds)

        answers = Answers(
            session, bot.messenger, stopping=stopping, call_within=within, pause=pause
        )
        place = ReplyPlace(url, "T1", ada, triage, "1.2.abc")
        yield Sending(bot, place, answers, stopping, pauses)


@pytest.fixture
async def slack(tmp_path: Path) -> AsyncIterator[Playground]:
    async with Playground.open(data=tmp_path / "slack", timing=patient_timing()) as opened:
        yield opened


@pytest.fixture
async def sending(slack: Playground, tmp_path: Path) -> AsyncIterator[Sending]:
    async with open_answers(slack, tmp_path, within=patient(2)) as opened:
        yield opened


# --- what passes ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", FAULTS)
async def test_an_answer_that_meets_a_fault_is_sent_again(
    slack: Playground, tmp_path: Path, fault: str
) -> None:
    async with open_answers(slack, tmp_path, within=0.3 if fault == "no answer" else 20) as sending:
        slack.fail_next("response_url", **FAULTS[fault])
        assert await sending.answers.send(sending.place, SAVED)
        assert [message.shown for message in sending.seen] == ["Saved: chest pain."]
        assert len(sending.pauses) == 1
        assert not sending.told


async def test_what_slack_asks_to_wait_is_waited(sending: Sending) -> None:
    sending.bot.slack.fail_next("response_url", headers={"Retry-After": "30"})
    await sending.answers.send(sending.place, SAVED)
    assert sending.pauses == [30.0]


async def test_between_tries_there_is_a_minute_in_all(sending: Sending) -> None:
    sending.bot.slack.fail_next("response_url", status=503, times=9)
    assert not await sending.answers.send(sending.place, SAVED)
    assert sending.tries() == 5  # Slack lets it be used no more often
    assert sum(PAUSES) * 0.8 <= sum(sending.pauses) <= sum(PAUSES) * 1.2


# --- what does not ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", sorted(set(FAULTS) - {"no answer"}))
async def test_an_answer_that_slack_takes_at_no_try_is_a_direct_message(
    sending: Sending, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "bot")
    sending.bot.slack.fail_next("response_url", **FAULTS[fault], times=9)
    await sending.answers.send(sending.place, SAVED)
    await sending.bot.idle()
    assert len(sending.told) == 1
    assert NOT_TAKEN in sending.told[0].shown
    assert "Saved: chest pain." in sending.told[0].shown
    assert len(caplog.messages) == 1
    assert "chest" not in caplog.text


async def test_a_wait_beyond_the_life_of_the_url_is_not_waited(sending: Sending) -> None:
    sending.bot.slack.fail_next("response_url", headers={"Retry-After": str(LONGEST_SECONDS + 1)})
    await sending.answers.send(sending.place, SAVED)
    await sending.bot.idle()
    assert (sending.pauses, len(sending.told)) == ([], 1)


async def test_a_url_that_has_expired_is_asked_once(sending: Sending) -> None:
    gone = replace(sending.place, url=f"{sending.bot.slack.base_url}actions/T0/gone")
    await sending.answers.send(gone, SAVED)
    await sending.bot.idle()
    assert (sending.tries(), len(sending.told)) == (1, 1)


async def test_an_answer_that_slack_does_not_accept_is_told_in_plain_words(
    sending: Sending,
) -> None:
    """The direct message would be refused, too, if it showed the same blocks."""
    sending.bot.slack.fail_next("response_url", error="invalid_blocks")
    await sending.answers.send(sending.place, SAVED)
    await sending.bot.idle()
    assert sending.tries() == 1
    assert "did not accept the answer nerbot made (invalid_blocks)" in sending.told[0].shown


async def test_a_word_of_slacks_that_is_not_known_is_a_refusal_after_its_tries(
    sending: Sending,
) -> None:
    sending.bot.slack.fail_next("response_url", error="moon_is_full", times=9)
    await sending.answers.send(sending.place, SAVED)
    await sending.bot.idle()
    assert (sending.tries(), len(sending.told)) == (5, 1)


async def test_the_direct_message_survives_a_slack_that_is_down(sending: Sending) -> None:
    sending.bot.slack.fail_next("*", status=502, times=7)
    await sending.answers.send(sending.place, SAVED)
    await sending.bot.idle()
    assert not sending.told
    for _ in range(3):
        await sending.bot.wait(hours=1)
    assert len(sending.told) == 1


async def test_what_was_for_everyone_is_posted_in_its_channel_later(sending: Sending) -> None:
    sending.bot.slack.fail_next("response_url", status=502, times=9)
    await sending.answers.send(sending.place, SAVED, everyone=True)
    await sending.bot.idle()
    assert [message.only_for for message in sending.seen] == [None]
    assert not sending.told


async def test_what_was_for_everyone_goes_to_the_person_where_nerbot_may_not_post(
    sending: Sending,
) -> None:
    sending.bot.slack.fail_next("response_url", status=502, times=9)
    place = replace(sending.place, channel=sending.bot.slack.workspace.channel("#random").id)
    await sending.answers.send(place, SAVED, everyone=True)
    await sending.bot.idle()
    assert "what you shared" in sending.told[0].shown


async def test_a_long_answer_fits_into_the_direct_message(sending: Sending) -> None:
    sending.bot.slack.fail_next("response_url", status=502, times=9)
    long = View("Many.", tuple(line(str(number)) for number in range(50)))
    await sending.answers.send(sending.place, long)
    await sending.bot.idle()
    assert len(sending.told) == 1


# --- a bot that stops -------------------------------------------------------------------------------------------


async def test_a_bot_that_stops_keeps_the_answer(sending: Sending) -> None:
    """It does not wait for the next try."""
    sending.stopping.set()
    sending.bot.slack.fail_next("response_url", status=502)
    await sending.answers.send(sending.place, SAVED)
    await sending.bot.idle()
    assert (sending.tries(), len(sending.told)) == (1, 1)


async def test_an_answer_that_is_cut_off_by_the_stop_is_kept(
    slack: Playground, tmp_path: Path
) -> None:
    async with open_answers(slack, tmp_path, within=patient(5)) as sending:
        slack.fail_next("response_url", broken="silent")

        async def work() -> None:
            await sending.answers.send(sending.place, SAVED)

        async with Background(grace=0.0) as background:
            background.start(work(), name="answer")
            await slack.until(lambda: sending.tries() == 1)
        await sending.bot.idle()
        assert len(sending.told) == 1
