"""What somebody began is ended by them or by an owner: trainings, digests, schedules, automatic trainings."""

import pytest

from bot.playground import Message
from bot.slack import action_ids as ids
from tests.bot.conftest import GOLD, Team
from tests.bot.projects.people import with_button
from tests.support.patience import patient

NO_TRAINING = "Only an owner can stop a training of somebody else."
NO_DIGEST = "Only an owner can end a digest of somebody else."


@pytest.fixture
async def owned(team: Team) -> Team:
    """Ada is the owner; Grace and Linus label."""
    await team.types("/nerbot")
    return team


@pytest.fixture
async def training(owned: Team) -> Message:
    """The message of a training that Grace began."""
    for line in GOLD:
        await owned.types(line)
    await owned.types("/train", person="grace")
    slack = owned.slack
    await slack.until(lambda: any("Cancel" in m.buttons for m in slack.messages("#triage")))
    return next(m for m in slack.messages("#triage") if "Cancel" in m.buttons)


async def reads(team: Team, person: str, words: str) -> None:
    slack = team.slack
    await slack.until(
        lambda: any(words in m.shown for m in slack.messages("#triage", viewer=person)),
        timeout=patient(12),
    )


async def test_a_training_is_cancelled_by_who_began_it_or_an_owner(
    owned: Team, training: Message
) -> None:
    await owned.slack.click("linus", training, "Cancel")
    await reads(owned, "linus", NO_TRAINING)
    assert NO_TRAINING in (await owned.types("/train cancel", person="linus")).text
    assert "cancelled" in (await owned.types("/train cancel", person="grace")).text


async def test_an_owner_cancels_a_training_of_somebody_else(owned: Team, training: Message) -> None:
    assert "cancelled" in (await owned.types("/train cancel", person="ada")).text


async def test_a_digest_is_ended_by_who_asked_for_it_or_an_owner(owned: Team) -> None:
    set_by = await owned.types("/train digest every day at 09:00", person="grace")
    assert "09:00" in set_by.text
    assert NO_DIGEST in (await owned.types("/train digest off", person="linus")).text
    message = owned.slack.messages("#triage")[0]
    await owned.slack.click("linus", with_button(message, ids.DIGEST_OFF, "1"), ids.DIGEST_OFF)
    await reads(owned, "linus", NO_DIGEST)
    assert NO_DIGEST in (await owned.types("/train digest every day at 10:00", person="linus")).text
    assert "09:00" in (await owned.types("/train digest", person="linus")).text
    assert "switches one on again" in (await owned.types("/train digest off", person="grace")).text
    await owned.types("/train digest every day at 09:00", person="grace")
    assert "switches one on again" in (await owned.types("/train digest off", person="ada")).text


@pytest.mark.parametrize(
    ("begins", "ends"),
    [
        ("/train schedule every day at 03:00", "/train schedule off"),
        ("/train auto 50", "/train auto off"),
    ],
)
async def test_what_trains_automatically_is_ended_by_who_is_behind_it_or_an_owner(
    owned: Team, begins: str, ends: str
) -> None:
    await owned.types("/nerbot roles owner @grace")
    await owned.types(begins, person="grace")
    await owned.types("/nerbot roles remove @grace")
    refused = "Only an owner can change when trainings begin."
    assert refused in (await owned.types(ends, person="linus")).text
    assert refused not in (await owned.types(ends, person="grace")).text
    assert refused in (await owned.types(begins, person="grace")).text
