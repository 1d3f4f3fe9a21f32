"""In which time zone a schedule is read, what is said of that, and how often a training may begin unasked."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.digests.commands import ChooseDigestZone, DigestSet, SetDigest
from bot.errors import InvalidSchedule
from bot.slack import action_ids as ids
from bot.slack.subcommands import Typed
from bot.slack.text import View
from bot.training.commands import (
    ChooseZone,
    ComingTrainings,
    ScheduleAsked,
    ScheduleSet,
    SetSchedule,
    TrainingTimes,
    ZoneShown,
)
from bot.training.schedule_parsing import read_often, read_schedule, read_zone
from bot.training.views.answers import schedule_view
from bot.training.views.zones import often_view, zone_view
from tests.bot.training.test_scheduling import HERE, Process, Time, process, time, url

__all__ = ["time", "url"]
DAILY = read_schedule("daily at 3am")


async def kolkata(_workspace: str, _person: str) -> str:
    return "Asia/Kolkata"


async def scheduled(bot: Process, wanted: SetSchedule = DAILY) -> ScheduleSet:
    answer = await bot.handle(wanted)
    assert isinstance(answer, ScheduleSet)
    return answer


def actions(view: View) -> list[str]:
    rows = [block.to_dict() for block in view.blocks if block.type == "actions"]
    return [each["action_id"] for row in rows for each in row["elements"]]


async def test_a_schedule_is_read_in_the_zone_slack_has_of_the_person(url: str, time: Time) -> None:
    async with process(url, time, ask_slack=kolkata) as bot:
        answer = await scheduled(bot)
        assert (answer.schedule.timezone, answer.assumed) == ("Asia/Kolkata", False)
        assert answer.schedule.next_due == datetime(2026, 1, 1, 21, 30, tzinfo=UTC)
        view = schedule_view(answer)
        assert "(Asia/Kolkata)" in view.text
        assert actions(view) == []


async def test_a_zone_that_is_named_is_not_asked_for(url: str, time: Time) -> None:
    async with process(url, time, ask_slack=kolkata) as bot:
        answer = await scheduled(bot, read_schedule("daily at 3am in Berlin"))
        assert (answer.schedule.timezone, answer.assumed) == ("Europe/Berlin", False)


async def test_where_nobody_knows_the_zone_it_is_asked_once(url: str, time: Time) -> None:
    async with process(url, time) as bot:
        answer = await scheduled(bot)
        assert (answer.schedule.timezone, answer.assumed) == ("UTC", True)
        view = schedule_view(answer)
        assert "does not know your time zone, so these are the times of UTC" in view.text
        assert actions(view) == [ids.SCHEDULE_ZONE]
        chosen = await bot.handle(ChooseZone("America/New_York"))
        assert isinstance(chosen, ZoneShown)
        assert chosen.schedule is not None
        assert chosen.schedule.next_due == datetime(2026, 1, 1, 8, tzinfo=UTC)
        assert "Your schedule, too: daily at 3am (America/New_York)" in zone_view(chosen).text
        again = await scheduled(bot, read_schedule("weekdays at 7"))
        assert (again.schedule.timezone, again.assumed) == ("America/New_York", False)


async def test_a_zone_is_a_persons_own_and_moves_no_schedule_of_others(
    url: str, time: Time
) -> None:
    async with process(url, time) as bot:
        await scheduled(bot)
        other = replace(HERE, person="U2")
        chosen = await bot.handle(ChooseZone("Asia/Tokyo"), other)
        assert chosen == ZoneShown("Asia/Tokyo")
        assert await bot.handle(ChooseZone(None), other) == ZoneShown("Asia/Tokyo")
        assert await bot.handle(ChooseZone(None)) == ZoneShown("UTC", assumed=True)


async def test_a_schedule_that_names_its_zone_stays_in_it_when_its_person_chooses_another(
    url: str, time: Time
) -> None:
    async with process(url, time) as bot:
        await scheduled(bot, read_schedule("every day at 03:00 Europe/Berlin"))
        assert await bot.handle(ChooseZone("Asia/Tokyo")) == ZoneShown("Asia/Tokyo")
        coming = await bot.handle(TrainingTimes())
        assert isinstance(coming, ComingTrainings)
        assert coming.schedule is not None
        assert coming.schedule.timezone == "Europe/Berlin"


async def test_a_digest_that_names_its_zone_stays_in_it(url: str, time: Time) -> None:
    async with process(url, time) as bot:
        words = "every day at 09:00 Europe/Berlin"
        await bot.handle(SetDigest("0 9 * * *", "Europe/Berlin", words))
        chosen = await bot.handle(ChooseDigestZone("Asia/Tokyo"))
        assert isinstance(chosen, DigestSet)
        assert chosen.digest is not None
        assert chosen.digest.timezone == "Europe/Berlin"


async def test_a_schedule_and_a_digest_are_the_same_ones_in_another_zone(
    url: str, time: Time
) -> None:
    async with process(url, time) as bot:
        schedule = (await scheduled(bot)).schedule
        moved = await bot.handle(ChooseZone("Asia/Tokyo"))
        assert isinstance(moved, ZoneShown)
        assert moved.schedule is not None
        assert moved.schedule.id == schedule.id
        told = await bot.handle(SetDigest("0 9 * * *", None, "every day at 09:00"))
        chosen = await bot.handle(ChooseDigestZone("America/New_York"))
        assert isinstance(told, DigestSet)
        assert isinstance(chosen, DigestSet)
        assert told.digest is not None
        assert chosen.digest is not None
        assert chosen.digest.id == told.digest.id


async def test_choosing_a_zone_twice_is_choosing_it_once(url: str, time: Time) -> None:
    async with process(url, time) as bot:
        await scheduled(bot)
        first = await bot.handle(ChooseZone("Asia/Tokyo"))
        assert await bot.handle(ChooseZone("Asia/Tokyo")) == first


async def test_a_digest_is_read_in_the_persons_zone_too(url: str, time: Time) -> None:
    async with process(url, time) as bot:
        answer = await bot.handle(SetDigest("0 9 * * *", None, "every day at 09:00"))
        assert isinstance(answer, DigestSet)
        assert answer.assumed
        chosen = await bot.handle(ChooseDigestZone("Asia/Tokyo"))
        assert isinstance(chosen, DigestSet)
        assert chosen.digest is not None
        assert chosen.digest.timezone == "Asia/Tokyo"
        assert chosen.digest.next_due == datetime(2026, 1, 2, tzinfo=UTC)


@pytest.mark.parametrize("words", ["*/5 * * * *", "every 5 minutes", "0,5 3 * * *"])
async def test_a_schedule_more_often_than_hourly_asks(url: str, time: Time, words: str) -> None:
    async with process(url, time) as bot:
        asked = await bot.handle(read_schedule(words))
        assert asked == ScheduleAsked(words, read_schedule(words).cron, "UTC", 5)
        view = often_view(asked)
        assert actions(view) == [ids.SCHEDULE_HOURLY, ids.SCHEDULE_OFTEN]
        hourly, often = (each["value"] for each in view.blocks[-1].to_dict()["elements"])
        assert read_schedule(hourly).cron == "0 */1 * * *"
        answer = await scheduled(bot, read_often(often))
        assert answer.schedule.cron == read_schedule(words).cron


async def test_hourly_asks_nothing(url: str, time: Time) -> None:
    async with process(url, time) as bot:
        answer = await scheduled(bot, read_schedule("hourly"))
        assert answer.schedule.next_due == time.now + timedelta(hours=1)


async def test_a_digest_comes_once_an_hour_at_most(url: str, time: Time) -> None:
    async with process(url, time) as bot:
        with pytest.raises(InvalidSchedule, match="once an hour at most"):
            await bot.handle(SetDigest("*/5 * * * *", None, "every 5 minutes"))


def test_a_zone_is_named_as_people_name_it() -> None:
    assert read_zone(Typed("new york")) == ChooseZone("America/New_York")
    assert read_zone(Typed("")) == ChooseZone(None)
