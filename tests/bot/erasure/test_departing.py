"""nerbot is taken out of a workspace: it stops at once, and 30 days later nothing of it is left."""

import asyncio
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.app import open_bot
from bot.playground import Playground
from tests.bot.conftest import Team, settings_for
from tests.bot.erasure.test_forgetting import with_canaries
from tests.support.patience import patient

EVENTS = (
    {"type": "app_uninstalled"},
    {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": ["U0NERBOT"]}},
)


def left_days_ago(data: Path, days: int) -> None:
    since = (datetime.now(UTC) - timedelta(days=days)).replace(tzinfo=None).isoformat(" ")
    with sqlite3.connect(data / "nerbot.db") as connection:
        connection.execute("UPDATE departure SET since = ?", [since])


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: str(event["type"]))
async def test_taken_out_it_calls_slack_no_more_and_does_not_connect_again(
    slack: Playground, tmp_path: Path, event: dict[str, object]
) -> None:
    async with open_bot(settings_for(slack, tmp_path / "data")) as bot:
        await Team(slack, bot).types("/label none in: No complaints today.")
        await slack.event(event)
        await asyncio.sleep(1)
        calls = len(slack.calls)
        await asyncio.sleep(patient(0.2) + 6)
        assert list(slack.calls)[calls:] == []


async def test_tokens_of_people_are_no_reason_to_stop(team: Team) -> None:
    await team.slack.event({"type": "tokens_revoked", "tokens": {"oauth": ["U1"], "bot": []}})
    assert "Saved" in (await team.types("/label none in: No complaints today.")).text


@pytest.mark.parametrize(("days", "is_kept"), [(29, True), (31, False)])
async def test_within_30_days_everything_is_kept_and_later_nothing(
    slack: Playground, tmp_path: Path, *, days: int, is_kept: bool
) -> None:
    data = tmp_path / "data"
    async with open_bot(settings_for(slack, data)) as bot:
        await Team(slack, bot).types("/label A {zyxwquirk=SIGN} today.")
        await slack.event(EVENTS[0])
        await asyncio.sleep(1)
    left_days_ago(data, days)
    async with open_bot(settings_for(slack, data)) as bot:
        assert bool(with_canaries(data, ("zyxwquirk",))) is is_kept
        assert "Labels of default" in (await Team(slack, bot).types("/nerbot labels")).text or (
            not is_kept
        )
    with sqlite3.connect(data / "nerbot.db") as connection:
        assert connection.execute("SELECT count(*) FROM departure").fetchone() == (0,)


async def test_what_is_due_is_erased_even_where_slack_refuses_the_token(
    slack: Playground, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    async with open_bot(settings_for(slack, data)) as bot:
        await Team(slack, bot).types("/label A {zyxwquirk=SIGN} today.")
        await slack.event(EVENTS[0])
        await asyncio.sleep(1)
    left_days_ago(data, 31)
    wrong = settings_for(slack, data).model_copy(update={"api_url": "http://127.0.0.1:9/api/"})
    with pytest.raises(Exception, match="SLACK_API_URL"):
        async with open_bot(wrong):
            pass
    assert with_canaries(data, ("zyxwquirk",)) == []
