"""Reviewers hear by direct message what waits for them: once a day at most, and only where something new does."""

import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from bot.db.database import Store
from bot.db.transaction import Transaction
from bot.digests.commands import ForReviewers, Reminders, SetReminders, ShowReminders
from bot.digests.repository import Digests
from bot.domain.project import Caller
from bot.domain.roles import Role
from bot.errors import NerbotError
from bot.labelling.repositories.flags import Flags
from bot.operations.logs import log_failure
from bot.projects.context import read_roles
from bot.projects.repositories.access import Access, alone
from bot.projects.repositories.every_project import EveryProject
from bot.projects.seeding import name_among_several
from bot.team.repositories.decisions import Decisions
from bot.team.repositories.visits import Visits

AGAIN = timedelta(days=1)
LOOKED_EVERY = timedelta(minutes=5)

TellReviewer = Callable[[Transaction, str, ForReviewers], Awaitable[None]]
"""Keeps a message to a person, in the transaction that notes that they are told."""

log = logging.getLogger(__name__)


class ReviewReminders:
    """Tells each reviewer who wishes it what waits, and keeps whether they do."""

    def __init__(
        self,
        store: Store,
        every_project: EveryProject,
        *,
        tell: TellReviewer,
        clock: Callable[[], datetime],
        owners: frozenset[str] = frozenset(),
    ) -> None:
        self._store = store
        self._every_project = every_project
        self._tell = tell
        self._clock = clock
        self._owners = owners
        self._looked = datetime.min.replace(tzinfo=UTC)

    async def handle(self, caller: Caller, command: ShowReminders | SetReminders) -> Reminders:
        """Whether a person is told, now and from now on."""
        async with self._store.reading(caller.workspace) as tx:
            was = (await Visits(tx).of(caller.person)).reminders
        if isinstance(command, ShowReminders) or command.on == was:
            return Reminders(was)
        async with self._store.writing(caller.workspace) as tx:
            await Visits(tx).set_reminders(caller.person, on=command.on)
        return Reminders(command.on, changed=True)

    async def look(self) -> None:
        """Tell those for whom something new waits; looks every few minutes, however often it is called."""
        now = self._clock()
        if abs(now - self._looked) < LOOKED_EVERY:
            return
        self._looked = now
        for workspace in dict.fromkeys(each for each, _ in await self._every_project.all()):
            try:
                await self._look_at(workspace)
            except NerbotError as error:
                log_failure(log, "reviewers could not be reminded", error)

    async def _look_at(self, workspace: str) -> None:
        async with self._store.reading(workspace) as tx:
            roles = await read_roles(tx, self._owners)
            deciding = [person for person, role in roles.items() if role is not Role.LABELLER]
            found = [(person, await self._waiting(tx, person)) for person in deciding]
        for person, waiting in found:
            if waiting is not None:
                async with self._store.writing(workspace) as tx:
                    await Visits(tx).note_reminded(person)
                    await self._tell(tx, person, waiting)

    async def _waiting(self, tx: Transaction, person: str) -> ForReviewers | None:
        """What a reviewer is to be told now; None where that is nothing."""
        visit, now = await Visits(tx).of(person), self._clock()
        last = visit.reminded_at
        if not visit.reminders or (last is not None and now - last < AGAIN):
            return None
        project = await Access(tx).of(alone(tx.workspace, person))
        if project is None:
            return None
        disputed = await Decisions(tx).waiting(project.id)
        flagged = await Flags(tx).count(project.id)
        if not disputed and not flagged:
            return None
        # Last, since it looks through the project's steps.
        newest = await Digests(tx).newest_work(project.id, besides=person)
        if newest is None or (last is not None and newest < last):
            return None
        return ForReviewers(disputed, flagged, await name_among_several(tx, project.id))
