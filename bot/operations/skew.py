"""How far this machine's clock is from Slack's: beyond five minutes Slack's signatures no longer hold."""

import email.utils
import time
from collections.abc import Callable
from datetime import UTC

MOST_SECONDS = 300.0


class ClockSkew:
    """Remembers the `Date` of Slack's last answer, and follows what the machine's clock does since."""

    def __init__(
        self,
        *,
        wall: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._wall = wall
        self._monotonic = monotonic
        self._apart: float | None = None

    def heard(self, date: str | None) -> None:
        """An answer of Slack with this header."""
        try:
            said = email.utils.parsedate_to_datetime(date or "")
        except ValueError:
            return
        told = (said if said.tzinfo else said.replace(tzinfo=UTC)).timestamp()
        self._apart = told - self._monotonic()

    @property
    def seconds(self) -> float:
        """By how much our clock is ahead of Slack's; 0 as long as Slack has not answered."""
        return 0.0 if self._apart is None else self._wall() - self._monotonic() - self._apart

    async def check(self) -> str | None:
        """What is wrong, if something is."""
        if abs(self.seconds) < MOST_SECONDS:
            return None
        where = "ahead of" if self.seconds > 0 else "behind"
        return f"this machine's clock is {abs(self.seconds):.0f} s {where} Slack's"
