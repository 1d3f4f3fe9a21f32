"""What a call of Slack's API can come to: what passes, what stays, and how long Slack asks to wait."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import aiohttp
import pytest

from bot.slack.faults import Fault, fault_of, reason_for, retry_after

NOW = datetime(2031, 5, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("30", 30.0),
        ("1.5", 1.5),
        ("0", 0.0),
        ("-3", 0.0),
        ("100000", 3600.0),
        ("inf", 3600.0),
        ("nan", None),
        ("soon", None),
        (format_datetime(NOW + timedelta(seconds=20), usegmt=True), 20.0),
        (format_datetime(NOW - timedelta(seconds=20), usegmt=True), 0.0),
        (["7"], 7.0),
    ],
)
def test_retry_after_is_a_number_a_fraction_or_a_date(
    header: object, seconds: float | None
) -> None:
    assert retry_after({"retry-after": header}, now=NOW) == seconds


def test_without_the_header_nothing_is_asked() -> None:
    assert retry_after({}) is None


@pytest.mark.parametrize(
    "error",
    [
        TimeoutError(),
        aiohttp.ClientPayloadError(),
        aiohttp.ServerDisconnectedError(),
        ConnectionResetError(),
        OSError(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_happens_on_the_way_passes(error: Exception) -> None:
    fault = fault_of(error)
    assert fault.passes
    assert not fault.stays


@pytest.mark.parametrize(
    ("code", "passes", "stays", "place"),
    [
        ("ratelimited", True, False, False),
        ("internal_error", True, False, False),
        ("http_502", True, False, False),
        ("is_archived", False, True, True),
        ("not_in_channel", False, True, True),
        ("edit_window_closed", False, True, True),
        ("token_revoked", False, True, False),
        ("invalid_blocks", False, True, False),
        ("moon_is_full", False, False, True),
    ],
)
def test_each_word_of_slacks_passes_stays_or_is_not_known(
    code: str, passes: bool, stays: bool, place: bool
) -> None:
    fault = Fault(code)
    assert (fault.passes, fault.stays, fault.is_about_the_place) == (passes, stays, place)


def test_the_reason_names_a_word_that_has_no_sentence() -> None:
    assert "(moon_is_full)" in reason_for("moon_is_full", "this training")
    assert "archived" in reason_for("is_archived", "this training")
