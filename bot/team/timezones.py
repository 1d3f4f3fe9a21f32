"""In which time zone a person's times are read: the one they name, the one they are in, else the bot's own."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.db.database import Store
from bot.db.transaction import Transaction
from bot.domain.project import Caller
from bot.team.repositories.visits import Visits

AskSlack = Callable[[str, str], Awaitable[str | None]]
"""The time zone Slack has of a person of a workspace; None where it does not say."""


@dataclass(frozen=True, slots=True)
class PersonZone:
    """The time zone a time is read in."""

    zone: str
    assumed: bool = False
    """Nobody said so: it is the bot's own."""


class TimeZones:
    """Finds a person's time zone, and keeps the one they choose."""

    def __init__(self, store: Store, ask_slack: AskSlack, *, default: str) -> None:
        self._store = store
        self._ask_slack = ask_slack
        self._default = default

    async def of(self, caller: Caller, named: str | None = None) -> PersonZone:
        """The one that is named; else the person's; else the bot's own, which is assumed."""
        if named is not None:
            return PersonZone(named)
        async with self._store.reading(caller.workspace) as tx:
            known = (await Visits(tx).of(caller.person)).timezone
        known = known or await self._ask_slack(caller.workspace, caller.person)
        return PersonZone(known) if known else PersonZone(self._default, assumed=True)

    async def choose(self, tx: Transaction, caller: Caller, zone: str) -> None:
        """The person is in this one from now on."""
        if (await Visits(tx).of(caller.person)).timezone != zone:
            await Visits(tx).set_timezone(caller.person, zone)
