"""What is promised about messages is true wherever nerbot is not allowed to post."""

from datetime import UTC, datetime

import pytest

from bot.home import handlers as home
from bot.training.commands import (
    AutoTraining,
    AutoTrainingSet,
    Schedule,
    ScheduleSet,
    Whereabouts,
)
from bot.training.views import answers
from bot.training.views.answers import auto_view, schedule_view
from tests.bot.conftest import Team
from tests.bot.home.test_home import opened, shown

DUE = datetime(2031, 5, 4, 3, tzinfo=UTC)
SET = (
    schedule_view(ScheduleSet(Schedule(1, 1, "0 3 * * *", "UTC", "daily", "U1", "C1", DUE))),
    auto_view(AutoTrainingSet(AutoTraining(1, 1, 50, 0, "U1", "C1", 0))),
)


@pytest.mark.parametrize("view", SET)
def test_what_is_set_for_later_says_where_its_message_is_if_not_in_the_channel(
    view: object,
) -> None:
    assert "or in a direct message to you if nerbot cannot post here" in str(
        getattr(view, "text", "")
    )


def test_wherever_a_message_is_there_are_words_for_it() -> None:
    assert set(answers._FOLLOWED) == set(home._FOLLOWED) == set(Whereabouts)


async def test_a_digest_that_is_set_says_what_happens_where_nerbot_cannot_post(team: Team) -> None:
    answer = await team.types("/train digest every day at 09:00", channel="#random")
    assert "If nerbot cannot post here by then, the digest is switched off" in answer.text


async def test_home_promises_no_direct_message_that_slack_does_not_take(labelled: Team) -> None:
    await opened(labelled)
    labelled.slack.fail_next("chat.postMessage", error="messages_tab_disabled", times=9)
    await labelled.slack.press("ada", "Train")
    await labelled.slack.until(
        lambda: "Slack takes no direct message to you" in shown(labelled.slack)
    )
    await labelled.types("/train cancel")


async def test_where_a_training_is_told_nowhere_its_start_says_so(labelled: Team) -> None:
    labelled.slack.fail_next("chat.postMessage", error="messages_tab_disabled", times=9)
    answer = await labelled.types("/train", channel="#random")
    assert "neither in this channel nor in a direct message" in answer.text
    await labelled.types("/train cancel", channel="#random")
    labelled.slack.problems.clear()
