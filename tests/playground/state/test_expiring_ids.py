"""Trigger ids and response_urls: how often and how long they are valid."""

import pytest

from bot.playground.state.expiring_ids import ResponseUrls, Triggers
from bot.playground.values import SlackError, Timing
from tests.playground.conftest import Clock


def test_a_trigger_is_valid_once(clock: Clock) -> None:
    triggers = Triggers(Timing(now=clock))
    trigger = triggers.issue("U1")
    assert triggers.exchange(trigger) == ("U1", None)
    with pytest.raises(SlackError, match="exchanged_trigger_id"):
        triggers.exchange(trigger)


def test_a_trigger_is_valid_for_three_seconds(clock: Clock) -> None:
    triggers = Triggers(Timing(now=clock))
    trigger = triggers.issue("U1")
    clock.time += 3.1
    with pytest.raises(SlackError, match="expired_trigger_id"):
        triggers.exchange(trigger)


def test_a_made_up_trigger_is_refused(clock: Clock) -> None:
    with pytest.raises(SlackError, match="invalid_trigger_id"):
        Triggers(Timing(now=clock)).exchange("1.2.x")


def test_a_response_url_is_valid_five_times(clock: Clock) -> None:
    urls = ResponseUrls(Timing(now=clock))
    path = urls.issue("U1", "C1").path
    for _ in range(5):
        urls.use(path)
    with pytest.raises(SlackError, match="used_url"):
        urls.use(path)


def test_a_response_url_is_valid_for_thirty_minutes(clock: Clock) -> None:
    urls = ResponseUrls(Timing(now=clock))
    path = urls.issue("U1", "C1").path
    clock.time += 29 * 60
    urls.use(path)
    clock.time += 61
    with pytest.raises(SlackError, match="expired_url"):
        urls.use(path)
