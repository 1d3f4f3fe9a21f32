"""Nothing is missed while nerbot is down, and older messages are read on request."""

from datetime import datetime
from pathlib import Path

from bot.watching.repositories.watches import Watches
from tests.bot.watching.conftest import Ward, add_output, open_slack, open_ward
from tests.bot.watching.test_watching import BOTH, TEXT


async def test_what_is_written_while_nerbot_is_down_is_read_when_it_is_back(
    trained_data: Path, tmp_path: Path
) -> None:
    async with open_slack(tmp_path) as slack:
        async with open_ward(slack, trained_data) as ward:
            await ward.types("/nerbot project settings confidence 20")
            await ward.types("/nerbot watch #triage")
            await add_output(ward, "file", str(ward.file))
            first = ward.writes(TEXT)
            await ward.until_rows(2)
        slack.say("ada", "#triage", "She has a cough.")
        slack.say("grace", "#triage", "A man with nausea.", thread_ts=first.ts)
        slack.edit("ada", first, "A man with fever goes home.")
        async with open_ward(slack, trained_data) as ward:
            await ward.until_rows(5)
            await ward.settles(seen=3)
        slack.problems.clear()  # nobody heard of some events, as it was meant
    assert ward.told()[:2] == BOTH
    assert sorted(ward.told()[2:]) == [
        ("found", "SYMPTOM", "a cough"),
        ("found", "SYMPTOM", "nausea"),
        ("retracted", "DRUG", ""),
    ]


async def test_older_messages_are_read_where_it_is_asked_for(
    trained_data: Path, tmp_path: Path
) -> None:
    async with open_slack(tmp_path) as slack, open_ward(slack, trained_data) as ward:
        await ward.types("/nerbot project settings confidence 20")
        for number in range(5):
            ward.writes(f"Patient {number} has a cough.")
        answer = await ward.types("/nerbot watch #triage since 2 days")
        assert "those of the last 2 days" in answer.text
        await add_output(ward, "file", str(ward.file))
        await ward.until_rows(5)
        async with ward.store.reading(ward.workspace) as tx:
            [watch] = await Watches(tx).all()
        assert watch.reached is None
        assert datetime.fromisoformat(ward.rows[0]["at"]).tzinfo


async def test_slacks_limit_is_kept_and_the_rest_is_read_after_it(
    trained_data: Path, tmp_path: Path
) -> None:
    async with open_slack(tmp_path) as slack, open_ward(slack, trained_data) as ward:
        await ward.types("/nerbot project settings confidence 20")
        for number in range(3):
            ward.writes(f"Patient {number} has a cough.")
        await ward.types("/nerbot watch #triage")
        await add_output(ward, "file", str(ward.file))
        slack.fail_next("conversations.history", status=429, headers={"Retry-After": "1"}, times=2)
        await ward.types("/nerbot watch #triage since 2 days")
        await ward.until(lambda: [row["text"] for row in ward.rows].count("a cough") == 3)


async def test_a_channel_that_nerbot_is_not_in_is_refused_with_what_to_do(ward: Ward) -> None:
    answer = await ward.types("/nerbot watch #random")
    assert "Type /invite @nerbot there" in answer.text


async def test_a_channel_is_watched_no_longer(ward: Ward) -> None:
    ward.writes(TEXT)
    await ward.until_rows(2)
    assert "1 message seen, 2 entities out" in (await ward.types("/nerbot watch")).text
    await ward.types("/nerbot watch stop #triage")
    ward.writes("She has a cough.")
    answer = await ward.types("/nerbot watch")
    assert "watches no channel" in answer.text
    assert ward.told() == BOTH


async def test_whoever_is_no_owner_lets_nothing_be_watched(ward: Ward) -> None:
    await ward.types("/nerbot roles")
    answer = await ward.types("/nerbot watch #random", person="grace")
    assert "Only an owner can watch a channel" in answer.text
