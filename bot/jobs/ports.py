"""What use cases need from the clock, as protocols."""

from datetime import datetime
from typing import Protocol


class Calendar(Protocol):
    """Reads cron lines."""

    def next_due(self, cron: str, timezone: str, after: datetime) -> datetime:
        """The next due time in UTC; raises InvalidSchedule."""
