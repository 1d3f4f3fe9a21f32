"""The use cases of /nerbot watch."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from bot.db.database import Store
from bot.db.records.idempotency import once
from bot.db.transaction import Transaction
from bot.domain.json_form import JsonForm
from bot.domain.project import Caller, Project
from bot.domain.roles import Role
from bot.errors import NotAllowed, NotFound, NothingToDo
from bot.outputs.repository import Outputs
from bot.projects.context import RequestContext
from bot.projects.repositories.access import Access
from bot.projects.repositories.projects import Projects
from bot.slack.history import Histories, HistoryRefused, HistoryUnavailable
from bot.watching.catching_up import slack_time
from bot.watching.repositories.watches import Watches
from bot.watching.values import ShowWatches, StopWatching, WatchChannel, WatchesShown

_SHOWN: JsonForm[WatchesShown] = JsonForm(WatchesShown)
_OFF = "Channels are not watched here. Whoever runs nerbot can change that with NERBOT_WATCHING=on."
_NO_MODEL = "There is no model yet to read the channel with. Label some sentences, type /train, then watch it."
_NOT_IN = "nerbot is not in that channel. Type /invite @nerbot there, then watch it again."
_NOT_YOU = (
    "You are not in that channel, so you cannot let nerbot read it. Join it, then watch it again."
)
_SCOPES = (
    "Slack does not let nerbot read channels: the app lacks a scope ({code}). Whoever runs nerbot can install it "
    "again with what `nerbot manifest` prints."
)
_REFUSED = "Slack does not let nerbot read that channel ({code})."
_NOT_NOW = "Slack does not answer at the moment. Please try again in a minute."
_CODES = {"not_in_channel": _NOT_IN, "channel_not_found": _NOT_IN, "missing_scope": _SCOPES}


class Watching:
    """Watches channels for a project, and says which it does."""

    def __init__(
        self,
        store: Store,
        histories: Histories,
        *,
        is_on: bool,
        on_change: Callable[[str], Awaitable[None]],
        owners: frozenset[str] = frozenset(),
    ) -> None:
        """`on_change` is called with the workspace when channels are watched, or no longer."""
        self._store = store
        self._histories = histories
        self._is_on = is_on
        self._on_change = on_change
        self._owners = owners

    async def watch(self, caller: Caller, command: WatchChannel | ShowWatches) -> WatchesShown:
        """Watch a channel from now on, or show which are. Raises NothingToDo, NotFound, NotAllowed."""
        if isinstance(command, ShowWatches):
            return await self.show(caller, command)
        async with self._store.writing(caller.workspace) as tx:
            project = await self._project(tx, caller, "watch a channel")
            if not self._is_on:
                raise NothingToDo(_OFF)
            if await Projects(tx).live_version(project.id) is None:
                raise NothingToDo(_NO_MODEL)
        await self._check(caller, command.channel)

        async def work() -> WatchesShown:
            await self._begin(tx, project, caller, command)
            return await _shown(tx, project, "watching", command.channel, days=command.days)

        async with self._store.writing(caller.workspace) as tx:
            shown = await once(tx, caller.request, _SHOWN, work)
        await self._on_change(caller.workspace)
        return shown

    async def stop(self, caller: Caller, command: StopWatching) -> WatchesShown:
        """Watch a channel no longer. Raises NotFound, NotAllowed."""

        async def work() -> WatchesShown:
            project = await self._project(tx, caller, "stop watching a channel")
            found = await Watches(tx).find(project.id, command.channel)
            if found is None:
                raise NotFound(
                    "That channel is not watched here. /nerbot watch lists those that are."
                )
            await Watches(tx).remove(found)
            return await _shown(tx, project, "stopped", command.channel)

        async with self._store.writing(caller.workspace) as tx:
            shown = await once(tx, caller.request, _SHOWN, work)
        await self._on_change(caller.workspace)
        return shown

    async def show(self, caller: Caller, _: ShowWatches) -> WatchesShown:
        """The channels that the project watches."""
        async with self._store.writing(caller.workspace) as tx:
            project = await Access(tx).ensure(caller)
            return await _shown(tx, project, "shown")

    async def _project(self, tx: Transaction, caller: Caller, doing: str) -> Project:
        project = await Access(tx).ensure(caller)
        await RequestContext(tx, project, caller, self._owners).require(Role.OWNER, doing)
        return project

    async def _check(self, caller: Caller, channel: str) -> None:
        """See to it that nerbot and the person are in a channel."""
        try:
            history = await self._histories.of(caller.workspace)
            facts = await history.facts(channel)
            if not facts.is_member:
                raise NothingToDo(_NOT_IN)
            if facts.is_private and not await history.has_member(channel, caller.person):
                raise NotAllowed(_NOT_YOU)
        except HistoryRefused as error:
            raise NothingToDo(_CODES.get(str(error), _REFUSED).format(code=error)) from error
        except HistoryUnavailable as error:
            raise NothingToDo(_NOT_NOW) from error

    async def _begin(
        self, tx: Transaction, project: Project, caller: Caller, command: WatchChannel
    ) -> None:
        watches, now = Watches(tx), tx.clock()
        wanted = slack_time(now - timedelta(days=command.days))
        reached = slack_time(now) if command.days else None
        added = await watches.add(
            project.id, command.channel, person=caller.person, since=wanted, reached=reached
        )
        if added is not None:
            return
        found = await watches.find(project.id, command.channel)
        if found is None or not command.days:
            raise NothingToDo("That channel is already watched here.")
        if wanted >= found.since:
            raise NothingToDo("That far back its messages have already been read.")
        await watches.change(found.id, since=wanted, reached=found.reached or found.since)


async def _shown(
    tx: Transaction, project: Project, did: str, channel: str = "", *, days: int = 0
) -> WatchesShown:
    watches = await Watches(tx).shown(project.id)
    outputs = len(await Outputs(tx).of(project.id))
    return WatchesShown(project.name, watches, outputs, did, channel, days)  # type: ignore[arg-type]
