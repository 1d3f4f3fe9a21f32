"""Copies of shared models on this machine: fetched when they go live, dropped when they are gone."""

import asyncio
import logging
from collections.abc import Mapping

from bot.engine.ports import Engine
from bot.errors import EngineUnavailable, NerbotError, ObjectsUnavailable
from bot.jobs.background import Background
from bot.jobs.scheduler import LOOK_EVERY_SECONDS
from bot.models.repositories.copies import ModelCopies
from bot.operations.logs import log_failure
from bot.shelf.ports import ModelShelf

_DROP_EVERY = 60 // LOOK_EVERY_SECONDS
"""Looks: about a minute."""
_SETTLED_SECONDS = 600.0
"""A folder without a row that is older than this is not about to get one."""

log = logging.getLogger(__name__)


class CopyKeeper:
    """Keeps this machine's copies as the database says. Where models are not shared there is nothing to do."""

    def __init__(
        self, shelf: ModelShelf, copies: ModelCopies, engine: Engine, background: Background
    ) -> None:
        self._shelf = shelf
        self._copies = copies
        self._engine = engine
        self._background = background
        self._live: dict[int, int] | None = None
        self._looks = 0
        self._dropping = False

    async def look(self) -> None:
        """Fetch and load what has gone live since the last look, by whichever bot; now and then drop what is gone."""
        if not self._shelf.is_shared:
            return
        live = await self._copies.live()
        is_first = self._live is None
        before = live if self._live is None else self._live
        self._live = live
        if self._engine.is_asleep and await self._copies.are_awaited():
            self._background.start(self._wake(), name="engine", droppable=True)
        new = [(project, n) for project, n in live.items() if before.get(project) != n]
        if new:
            self._background.start(self._fetch(new), name="fetch live models", droppable=True)
        if self._looks % _DROP_EVERY == 0 and not self._dropping:
            self._dropping = True
            self._background.start(
                self._set_right(share=is_first), name="copies of models", droppable=True
            )
        self._looks += 1

    async def _wake(self) -> None:
        """While the first model is made, whoever makes it: starting takes longer than fetching and loading it."""
        try:
            await self._engine.wake()
        except EngineUnavailable as error:
            log.warning("the engine was not started ahead: %s", error)

    async def _fetch(self, versions: list[tuple[int, int]]) -> None:
        for project_id, version in versions:
            try:
                await self._engine.load(project_id, version)
            except EngineUnavailable as error:
                # Whoever asks it first hears of it.
                log.warning("model %d of project %d: %s", version, project_id, error)

    async def _set_right(self, *, share: bool) -> None:
        try:
            if share:
                await self._try_the_store()
            for project_id, mine in (await drop_gone(self._shelf, self._copies)).items():
                if share:
                    await self._share(project_id, mine)
        finally:
            self._dropping = False

    async def _try_the_store(self) -> None:
        """A wrong address is told at the start, and not when the first training is over."""
        try:
            await self._shelf.is_empty()
        except ObjectsUnavailable as error:
            log.error(  # noqa: TRY400 - known, one line
                "NERBOT_MODELS: %s Models that are not here cannot be asked, and trainings fail.",
                error,
            )

    async def _share(self, project_id: int, versions: Mapping[int, str | None]) -> None:
        """What was trained here before models were shared becomes everybody's."""
        for version, learned in versions.items():
            try:
                if await self._shelf.share(project_id, version, learned=learned):
                    log.info("model %d of project %d is shared now", version, project_id)
            except NerbotError as error:
                log.warning("model %d of project %d: %s", version, project_id, error)
            except Exception as error:  # noqa: BLE001 - a folder that is not a model keeps no other from being shared
                name = f"model {version} of project {project_id} cannot be shared"
                log_failure(log, name, error)
            await asyncio.sleep(0)


async def drop_gone(shelf: ModelShelf, copies: ModelCopies) -> dict[int, Mapping[int, str | None]]:
    """Drop the copies on this machine of versions that are gone; the others, by project, with the fingerprints of what
    they learned. Raises StoreUnavailable."""
    here = await shelf.copies()
    kept = await copies.of(here) if here else {}
    left: dict[int, Mapping[int, str | None]] = {}
    for project_id, versions in here.items():
        mine = kept[project_id]
        gone = [
            version
            for version, seconds in versions.items()
            if version not in mine.kept and (version < mine.newest or seconds > _SETTLED_SECONDS)
        ]
        await shelf.drop(project_id, gone)
        left[project_id] = {n: f for n, f in mine.kept.items() if n in versions}
    return left
