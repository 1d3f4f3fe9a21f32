"""The database and the small Slack, opened so that a slow machine has the time it needs."""

from contextlib import AbstractAsyncContextManager

from bot.db.database import Database
from bot.db.transactions import PATIENCE
from bot.playground import Timing
from tests.support.patience import patient


def patient_timing() -> Timing:
    """A small Slack that gives the bot, and the test, more time than Slack does."""
    return Timing(ack=patient(3), trigger=patient(3), until=patient(5))


def open_database(url: str) -> AbstractAsyncContextManager[Database]:
    """A database whose transactions wait until they can begin."""
    return Database.open(url, patience=patient(PATIENCE))
