"""What happens when nerbot is taken out of a workspace: it stops at once, and 30 days later all of it is erased."""

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from bot.db.database import Store
from bot.db.records.runs import Runs
from bot.domain.runs import RunState
from bot.erasure.commands import Forget, What
from bot.erasure.eraser import Eraser
from bot.erasure.repositories.departures import Departures
from bot.erasure.repositories.erasures import Erasures
from bot.erasure.repositories.maintenance import ErasureMaintenance
from bot.errors import ObjectsUnavailable
from bot.projects.repositories.projects import Projects

KEPT = timedelta(days=30)
"""How long everything is kept for whoever installs nerbot again."""

log = logging.getLogger(__name__)


class Departing:
    """Notes that nerbot was taken out, lets everything rest, and erases what nobody came back for."""

    def __init__(
        self,
        store: Store,
        eraser: Eraser,
        maintenance: ErasureMaintenance,
        *,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._eraser = eraser
        self._maintenance = maintenance
        self._clock = clock
        self._out: set[str] = set()
        self.on_out: list[Callable[[str], Awaitable[None]]] = []
        """Hear of the workspace: no call is made with its token any more."""

    async def leave(self, workspace: str) -> None:
        """The workspace took nerbot out, or its token: stop."""
        if workspace in self._out:
            return
        self._out.add(workspace)
        log.warning(
            "workspace %s took nerbot out; its data is erased in %d days unless it is installed again",
            workspace,
            KEPT.days,
        )
        async with self._store.writing(workspace) as tx:
            await Departures(tx).leave()
            for project in await Projects(tx).all():
                active = await Runs(tx).active(project.id)
                if active is not None:
                    await Runs(tx).end(active.id, RunState.CANCELLED)
        for stop in self.on_out:
            await stop(workspace)

    async def back(self, workspace: str) -> None:
        """The token holds: nothing will be erased."""
        self._out.discard(workspace)
        async with self._store.reading(workspace) as tx:
            if await Departures(tx).since() is None:
                return
        async with self._store.writing(workspace) as tx:
            await Departures(tx).back()
        log.info("workspace %s has nerbot again; everything is as it was", workspace)

    async def purge(self) -> None:
        """Erase the workspaces that took nerbot out 30 days ago."""
        for workspace in await self._maintenance.gone_since(self._clock() - KEPT):
            await self._purge(workspace)

    async def _purge(self, workspace: str) -> None:
        async with self._store.reading(workspace) as tx:
            projects = await Projects(tx).all(with_deleted=True)
        found = [
            (await self._eraser.find(workspace, project.id, Forget(What.PROJECT)))[0]
            for project in projects
        ]
        async with self._store.writing(workspace, alone=True) as tx:
            since = await Departures(tx).since()
            if since is None or since > self._clock() - KEPT:
                return
            await Departures(tx).erase_all()
            for each in found:
                await Erasures(tx).note(each.project_id, None, each.vectors)
        log.warning(
            "workspace %s took nerbot out %d days ago; its data is erased", workspace, KEPT.days
        )
        for erasure in await self._maintenance.open():
            if erasure.workspace == workspace and not erasure.cleaned:
                try:
                    await self._eraser.clean(erasure, frozenset())
                except ObjectsUnavailable as error:
                    log.warning("erasure %s goes on later: %s", erasure.id, error)
                    continue
                async with self._store.writing(workspace) as tx:
                    await Erasures(tx).advance(erasure.id, done=True)
