"""Digests: what happened in a project since the last one, told in the channels that asked for it."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.db.database import Store
from bot.db.records.idempotency import once
from bot.db.records.runs import Runs
from bot.db.transaction import Transaction
from bot.digests.commands import (
    ChooseDigestZone,
    Digest,
    DigestOff,
    DigestRemoved,
    DigestSet,
    DigestState,
    News,
    SetDigest,
    Told,
)
from bot.digests.repository import DigestMaintenance, Digests
from bot.domain.json_form import JsonForm
from bot.domain.project import Caller
from bot.domain.runs import Run
from bot.errors import InvalidSchedule, NerbotError, NotFound
from bot.jobs import calendar
from bot.labelling.repositories.annotations import Annotations
from bot.labelling.repositories.flags import Flags
from bot.models.repositories.models import Models
from bot.operations.logs import log_failure
from bot.projects.context import RequestContext
from bot.projects.repositories.access import Access
from bot.projects.seeding import name_among_several
from bot.team.timezones import TimeZones
from bot.training.schedule_parsing import names_zone
from bot.training.scheduling import OFTEN

FIRST = timedelta(days=1)
"""What a first digest looks back."""

_SET: JsonForm[DigestSet] = JsonForm(DigestSet)
_REMOVED: JsonForm[DigestRemoved] = JsonForm(DigestRemoved)

Tell = Callable[[Transaction, Digest, News, Told], Awaitable[None]]
"""Keeps a digest that is to be posted in its channel, in the transaction that notes how far it tells."""

log = logging.getLogger(__name__)


class DigestService:
    """Sets digests, and tells them when they are due."""

    def __init__(
        self,
        store: Store,
        maintenance: DigestMaintenance,
        zones: TimeZones,
        *,
        tell: Tell,
        clock: Callable[[], datetime],
        owners: frozenset[str] = frozenset(),
    ) -> None:
        self._owners = owners
        self._store = store
        self._maintenance = maintenance
        self._tell_digest = tell
        self._zones = zones
        self._clock = clock

    async def set(self, caller: Caller, wanted: SetDigest) -> DigestSet:
        """Tell the channel it is asked in from now on."""
        read_in, now = await self._zones.of(caller, wanted.timezone), self._clock()
        next_due = calendar.next_due(wanted.cron, read_in.zone, now)
        if calendar.shortest_gap(wanted.cron, read_in.zone, now) < OFTEN:
            raise InvalidSchedule(
                "A digest is posted once an hour at most. Try /train digest every day at 09:00"
            )

        async def work() -> DigestSet:
            await Access(tx).ensure(caller)
            await self._may_end(tx, caller, await Digests(tx).of(caller.room))
            digest = await Digests(tx).put(
                wanted,
                timezone=read_in.zone,
                person=caller.person,
                channel=caller.room,
                since=now - FIRST,
                next_due=next_due,
            )
            return DigestSet(digest, read_in.assumed)

        async with self._store.writing(caller.workspace) as tx:
            return await once(tx, caller.request, _SET, work)

    async def choose_zone(self, caller: Caller, command: ChooseDigestZone) -> DigestSet:
        """Read the person's times in this zone from now on, that of the digest they set here, too, unless it names
        a zone of its own."""
        async with self._store.writing(caller.workspace) as tx:
            await self._zones.choose(tx, caller, command.zone)
            there = await Digests(tx).of(caller.room)
            if there is None or there.person != caller.person or there.timezone == command.zone:
                return DigestSet(there)
            if names_zone(there.words):
                return DigestSet(there)
            next_due = calendar.next_due(there.cron, command.zone, self._clock())
            await Digests(tx).move(there.id, timezone=command.zone, next_due=next_due)
            return DigestSet(replace(there, timezone=command.zone, next_due=next_due))

    async def off(self, caller: Caller, command: DigestOff) -> DigestRemoved:
        """Tell a channel no more."""

        async def work() -> DigestRemoved:
            number = command.digest_id
            there = await (
                Digests(tx).of(caller.room) if number is None else Digests(tx).get(number)
            )
            await self._may_end(tx, caller, there)
            return DigestRemoved(await Digests(tx).off(there.id) if there else None)

        async with self._store.writing(caller.workspace) as tx:
            return await once(tx, caller.request, _REMOVED, work)

    async def _may_end(self, tx: Transaction, caller: Caller, digest: Digest | None) -> None:
        """Whoever asked for it, or an owner; raises NotAllowed, and NotFound for one of a project they do not see."""
        if digest is None or digest.person == caller.person:
            return
        project = await Access(tx).of(_reader(caller.workspace, digest))
        if project is None or not await Access(tx).sees(caller, project.id):
            raise NotFound("This digest is not here, or no longer.")
        context = RequestContext(tx, project, caller, self._owners)
        await context.require_behind(digest.person, "end a digest of somebody else")

    async def state(self, caller: Caller, _command: DigestState) -> DigestSet:
        """The digest of the channel it is asked in."""
        async with self._store.reading(caller.workspace) as tx:
            return DigestSet(await Digests(tx).of(caller.room))

    async def tell_what_is_due(self) -> None:
        """Tell each digest whose time has come; one that fails keeps no other from being told."""
        for workspace, digest in await self._maintenance.switched_on():
            try:
                await self._look_at(workspace, digest)
            except NerbotError as error:
                log_failure(log, f"digest {digest.id} could not be posted", error)

    async def _look_at(self, workspace: str, digest: Digest) -> None:
        now = self._clock()
        next_due = calendar.next_due(digest.cron, digest.timezone, now)
        if now < digest.next_due:
            if next_due < digest.next_due:  # the clock was ahead when it was noted
                async with self._store.writing(workspace) as tx:
                    since = min(digest.since, now)
                    await Digests(tx).advance(digest, since=since, next_due=next_due)
            return
        news, told = await self._news(workspace, digest)
        # Both or neither: a crash loses no digest and tells none twice.
        async with self._store.writing(workspace) as tx:
            ours = await Digests(tx).advance(digest, since=now, next_due=next_due, up_to=told)
            if ours and news.is_worth_telling:
                await self._tell_digest(tx, digest, news, told)

    async def _news(self, workspace: str, digest: Digest) -> tuple[News, Told]:
        """What happened since it was told, as one state of the database has it, and up to where that is."""
        async with self._store.reading(workspace) as tx:
            # The channel may use another project by now than when the digest was asked for.
            project = await Access(tx).of(_reader(workspace, digest))
            assert project is not None, "a digest was asked for in a project"
            told = await Digests(tx).told(digest.id)
            news = News(
                finished=await Digests(tx).finished(project.id, after=told),
                trainings=await Digests(tx).trainings(project.id, after=told),
                live=await Models(tx).live(project.id),
                before=await _live_at(tx, project.id, told),
                counts=await Annotations(tx).counts(project.id),
                project=await name_among_several(tx, project.id),
                flagged=await Flags(tx).count(project.id),
                newly_flagged=await Digests(tx).flagged(project.id, after=told),
                has_picture=len(await Models(tx).versions(project.id, limit=2)) > 1,
            )
            return news, await Digests(tx).up_to_now(project.id, told)


def _reader(workspace: str, digest: Digest) -> Caller:
    """Whoever reads a digest: the channel, or the person behind it in their direct messages."""
    is_direct = digest.channel == digest.person
    return Caller(workspace, digest.channel, digest.person, request="", is_direct=is_direct)


async def _live_at(tx: Transaction, project_id: int, told: Told) -> Run | None:
    """The training whose model was live then, where another one was later; however that came about."""
    moves = await Models(tx).moves(project_id, after=told.event)
    then = moves[-1].before if moves else None
    return await Runs(tx).that_made(project_id, then) if then else None
