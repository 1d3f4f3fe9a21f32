"""What watches channels, one for each workspace in which some are watched."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from bot.db.served import Served
from bot.slack.clients import NotInstalled
from bot.watching.receiving import Receiving
from bot.watching.repositories.workspaces import WatchedWorkspaces
from bot.watching.watcher import Watcher

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Watched:
    """What watches the channels of one workspace."""

    receiving: Receiving
    watcher: Watcher
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    """Ends it."""


Make = Callable[[str], Awaitable[Watched]]
"""Makes what watches a workspace; raises NotInstalled."""


class Watchers:
    """Begins to watch a workspace when a channel of it is watched, and ends it when nerbot leaves."""

    def __init__(
        self,
        make: Make,
        workspaces: WatchedWorkspaces,
        serves: Served,
        *,
        always: frozenset[str] = frozenset(),
    ) -> None:
        """In the workspaces `always` it runs whether channels are watched or not."""
        self._make = make
        self._workspaces = workspaces
        self._serves = serves
        self._always = always
        self._watched: dict[str, Watched] = {}
        self._turn = asyncio.Lock()
        self._is_open = False

    async def __aenter__(self) -> Self:
        self._is_open = True
        await self.look()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._is_open = False
        for workspace in tuple(self._watched):
            await self._end(workspace)

    def receiving_of(self, workspace: str) -> Receiving | None:
        """What notes the messages of a workspace; None where none of its channels is watched."""
        found = self._watched.get(workspace)
        return None if found is None else found.receiving

    async def look(self) -> None:
        """Begin in workspaces whose first channel is watched by now, and end where nerbot is no more."""
        if not self._is_open:
            return
        wanted = await self._workspaces.all() | self._always
        async with self._turn:
            for workspace in tuple(self._watched):
                if workspace not in self._serves:
                    await self._end(workspace)
            for workspace in sorted(wanted - self._watched.keys()):
                if workspace in self._serves:
                    await self._begin(workspace)

    async def changed(self, workspace: str) -> None:
        """A channel of a workspace is watched, or no longer."""
        await self.look()
        receiving = self.receiving_of(workspace)
        if receiving is not None:
            await receiving.refresh()

    def missed(self) -> None:
        """Slack may have told of messages while nobody heard: look for them."""
        for each in self._watched.values():
            each.watcher.missed()

    async def _begin(self, workspace: str) -> None:
        try:
            made = await self._make(workspace)
        except NotInstalled as error:
            log.info("its channels are not watched: %s", error)
            return
        await made.stack.enter_async_context(made.watcher)
        self._watched[workspace] = made

    async def _end(self, workspace: str) -> None:
        await self._watched.pop(workspace).stack.aclose()
