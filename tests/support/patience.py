"""How patient the tests are: NERBOT_TEST_PATIENCE times as long as a quiet machine needs.

Whatever waits here ends as soon as the thing happens, so that patience costs nothing where all is well. What is to be
seen before something slow is made to wait for that by an event, never by a time that is short.
"""

import os

PATIENCE = float(os.environ.get("NERBOT_TEST_PATIENCE", "10"))


def patient(seconds: float) -> float:
    """So long a test waits for what takes so many seconds at most on a quiet machine."""
    return seconds * PATIENCE
