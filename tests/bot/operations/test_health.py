"""How nerbot is, told to whoever asks: what does not work is named, and nothing of anybody is shown."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from pydantic import SecretStr

from bot.app import open_bot
from bot.db.records.totals import Totals
from bot.errors import SettingsError, StoreUnavailable
from bot.operations.health import disk_check
from bot.operations.link import LinkWatch
from bot.operations.metrics import kind_of
from bot.operations.skew import ClockSkew
from bot.playground import Playground
from bot.settings import Settings
from tests.bot.conftest import GOLD, Team, settings_for


@pytest.fixture
def settings(slack: Playground, tmp_path: Path) -> Settings:
    return settings_for(slack, tmp_path / "data").model_copy(update={"health_port": 0})


@pytest.fixture
async def watched(slack: Playground, settings: Settings) -> AsyncIterator[Team]:
    """The bot in Socket Mode with a health port."""
    async with open_bot(settings) as bot:
        yield Team(slack, bot)


async def told(team: Team, path: str) -> tuple[int, str]:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{team.bot.health}{path}") as answer,
    ):
        return answer.status, await answer.text()


async def test_all_is_well(watched: Team) -> None:
    assert await told(watched, "/readyz") == (200, "database: ok\ndisk: ok\nclock: ok\nslack: ok\n")
    assert (await told(watched, "/healthz"))[0] == 200


async def test_a_bot_that_is_to_stop_is_not_ready_but_works(watched: Team) -> None:
    """A load balancer sends it nothing new, and it goes on answering."""
    await told(watched, "/readyz")
    watched.bot.leave()
    assert await told(watched, "/readyz") == (
        503,
        "database: ok\ndisk: ok\nclock: ok\nslack: ok\nprocess: stopping\n",
    )
    assert (await told(watched, "/healthz"))[0] == 200
    answer = await watched.slack.command("ada", "#triage", "/label", "He takes {aspirin=DRUG}.")
    assert "Saved" in answer.text


async def test_it_is_off_where_no_port_is_set(team: Team) -> None:
    assert team.bot.health is None


async def test_a_database_that_does_not_answer_is_named(
    watched: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def down(_: Totals) -> None:
        raise StoreUnavailable("the database cannot be reached")

    monkeypatch.setattr(Totals, "ping", down)
    status, body = await told(watched, "/readyz")
    assert (status, body.splitlines()[0]) == (503, "database: the database cannot be reached")
    status, body = await told(watched, "/healthz")
    assert (status, body.splitlines()[0]) == (200, "database: the database cannot be reached")


async def test_a_lost_link_is_named(watched: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LinkWatch, "up", property(lambda _: False))
    status, body = await told(watched, "/readyz")
    assert (status, body.splitlines()[-1]) == (503, "slack: the Socket Mode link is lost")


async def test_a_full_disk_is_named(tmp_path: Path) -> None:
    assert await disk_check(tmp_path, least_mb=0)() is None
    assert "MB are free" in str(await disk_check(tmp_path, least_mb=2**40)())


class Clocks:
    def __init__(self) -> None:
        self.wall, self.monotonic = 1_700_000_000.0, 5.0

    def skew(self) -> ClockSkew:
        return ClockSkew(wall=lambda: self.wall, monotonic=lambda: self.monotonic)


DATE = "Tue, 14 Nov 2023 22:13:20 GMT"


@pytest.mark.parametrize(("jump", "is_well"), [(299, True), (301, False), (-301, False)])
async def test_a_clock_that_jumps_after_slack_answered_is_named(jump: int, is_well: bool) -> None:
    clocks = Clocks()
    skew = clocks.skew()
    skew.heard(DATE)
    clocks.wall += 3600 + jump
    clocks.monotonic += 3600
    assert (await skew.check() is None) is is_well


@pytest.mark.parametrize("date", [None, "", "yesterday"])
async def test_an_answer_without_a_time_says_nothing(date: str | None) -> None:
    skew = Clocks().skew()
    skew.heard(date)
    assert await skew.check() is None


async def test_slacks_answers_are_heard(watched: Team) -> None:
    """The simulator's answers carry a Date, as Slack's do."""
    body = (await told(watched, "/metrics"))[1]
    assert 'nerbot_check_ok{check="clock"} 1.0' in body


async def test_the_numbers_are_there_and_hold_no_text(watched: Team) -> None:
    for line in GOLD:
        await watched.types(line)
    await watched.types("/train cnn")
    body = (await told(watched, "/metrics"))[1]
    for name in (
        'nerbot_ack_seconds_count{command="/label"}',
        "nerbot_event_loop_lag_seconds_count",
        'nerbot_outbox_messages{state="waiting"}',
        'nerbot_outbox_messages{state="dead"} 0.0',
        'nerbot_trainings{state="running"}',
        "nerbot_prediction_queue",
        "nerbot_predictions_total",
        'nerbot_check_ok{check="database"} 1.0',
    ):
        assert name in body
    for text in ("aspirin", "SYMPTOM", "triage", watched.bot.workspace):
        assert text not in body


def test_a_request_of_no_known_kind_makes_no_label() -> None:
    assert kind_of("/label", None) == "/label"
    assert kind_of("/canary", None) == "other"
    assert kind_of(None, "canary") == "other"


async def test_the_numbers_are_not_where_strangers_come(slack: Playground, tmp_path: Path) -> None:
    settings = settings_for(slack, tmp_path / "data").model_copy(
        update={"app_token": None, "signing_secret": SecretStr(slack.signing_secret), "port": 0}
    )
    async with (
        open_bot(settings) as bot,
        aiohttp.ClientSession() as session,
        session.get(f"{bot.address}/metrics") as answer,
    ):
        assert answer.status == 404


async def test_an_empty_database_beside_models_is_no_fresh_start(settings: Settings) -> None:
    (settings.data / "models" / "1" / "1").mkdir(parents=True)
    with pytest.raises(SettingsError, match="NERBOT_EMPTY_DATABASE=true"):
        async with open_bot(settings):
            pass
    async with open_bot(settings.model_copy(update={"empty_database": True})):
        pass
