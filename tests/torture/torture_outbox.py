"""The outbox against a Slack at its worst: faults of every kind at 30 % of the calls, and senders that are killed."""

import random
from pathlib import Path

import pytest

from tests.bot.slack.test_outbox_under_faults import live_through
from tests.torture.options import SEED, number


@pytest.mark.timeout(4 * 3600)
async def test_no_message_is_lost(tmp_path: Path) -> None:
    """MESSAGES=10000 of them, the seed printed.

    By the rule of three, no loss among n messages bounds the share that is lost below 3/n with 95 % confidence: below
    0.03 % for 10,000 messages, and below 0.3 % for the 1,000 of each `make test`. That holds for these faults at this
    rate; a seed repeats which faults are drawn, but not how the calls of one moment follow each other.
    """
    seed = random.Random(SEED).randrange(2**32)
    print(f"SEED={SEED}")  # noqa: T201 - so that it can be lived again
    await live_through(tmp_path, messages=number("MESSAGES", 10_000), seed=seed)
