"""Nothing that anybody wrote, and no secret, reaches the log, whatever its level."""

import io
import logging
import sqlite3
from collections.abc import Iterator

import pytest

from bot.errors import ModelUnsound, StoreUnavailable
from bot.operations.logs import SafeFormatter, is_worth_a_line, log_failure
from bot.operations.throttle import ThrottledLog


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What the log holds: our handler on loggers of ours and of a library."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(SafeFormatter(["signing-secret-1", "s"]))
    handler.addFilter(is_worth_a_line)
    loggers = [logging.getLogger(name) for name in ("bot.x", "slack_bolt.x")]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel(logging.DEBUG)
    yield stream
    for logger in loggers:
        logger.removeHandler(handler)
        logger.setLevel(logging.NOTSET)


ours, theirs = logging.getLogger("bot.x"), logging.getLogger("slack_bolt.x")


@pytest.mark.parametrize(
    "secret",
    [
        *("xoxb-12-canary", "xapp-1-A-canary", "xoxp-canary", "signing-secret-1"),
        "https://hooks.slack.com/commands/T1/2/canary",
        "https://files.slack.com/upload/v1/canary?x=1",
        "postgresql+asyncpg://ada:canary@db.canary:5432/nerbot",
        "v0=" + "0123456789abcdef" * 4,
    ],
)
def test_tokens_and_addresses_are_masked(written: io.StringIO, secret: str) -> None:
    ours.warning("it was %s here", secret)
    assert "it was" in written.getvalue()
    assert "…" in written.getvalue()
    for part in ("canary", "secret-1", "0123456789"):
        assert part not in written.getvalue()


def test_a_librarys_message_is_its_place(written: io.StringIO) -> None:
    theirs.warning("Unhandled request (canary)")
    theirs.error("%s", {"text": "canary"})
    assert "canary" not in written.getvalue()
    assert written.getvalue().count("test_logs.py:") == 2


def test_a_librarys_lower_messages_are_left_out(written: io.StringIO) -> None:
    theirs.debug("Received message canary")
    theirs.info("canary")
    assert written.getvalue() == ""


def test_a_text_cannot_forge_a_line(written: io.StringIO) -> None:
    ours.warning("run %s", "1\n2026-01-01 CRITICAL bot: forged\x1b[2J")
    assert written.getvalue().count("\n") == 1
    assert "\x1b" not in written.getvalue()


def test_an_exception_is_its_type_its_code_and_its_frames(written: io.StringIO) -> None:
    try:
        try:
            sqlite3.connect(":memory:").execute("SELECT canary")
        except sqlite3.Error as error:
            raise ValueError("canary") from error
    except ValueError as error:
        log_failure(ours, "a request failed", error)
    assert "canary" not in written.getvalue()
    assert "builtins.ValueError" in written.getvalue()
    assert "sqlite3.OperationalError (SQLITE_ERROR)" in written.getvalue()
    assert "in test_an_exception_is_its_type" in written.getvalue()


@pytest.mark.parametrize(
    "known", [StoreUnavailable("the database is busy"), ModelUnsound("Model 3 is damaged.")]
)
def test_a_known_condition_is_one_line(written: io.StringIO, known: Exception) -> None:
    log_failure(ours, "a request was not carried out", known)
    assert written.getvalue().count("\n") == 1
    assert str(known) in written.getvalue()


def test_what_strangers_cause_is_ten_lines_a_minute_and_a_number(written: io.StringIO) -> None:
    now = 0.0
    throttled = ThrottledLog(ours, clock=lambda: now)
    for _ in range(60):
        throttled.warning("refused a request: %s", "not signed")
    assert written.getvalue().count("refused") == 10
    now = 61.0
    throttled.warning("refused a request: %s", "not signed")
    assert "50 more like these within a minute" in written.getvalue()
    assert written.getvalue().count("refused") == 11
