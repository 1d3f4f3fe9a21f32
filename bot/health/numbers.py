"""Numbers for Prometheus of how live models do on what is watched."""

from bot.db.database import Store
from bot.db.served import Served
from bot.health.checks import read_brief
from bot.health.values import HealthBrief
from bot.operations.metrics import CHECKED, PRECISION
from bot.watching.repositories.watches import Watches


class WatchedNumbers:
    """Reads them when they are asked for."""

    def __init__(self, store: Store, serves: Served) -> None:
        self._store = store
        self._serves = serves

    async def refresh(self) -> None:
        """Read them now; raises StoreUnavailable. A project without a number has none."""
        briefs: dict[int, HealthBrief] = {}
        for workspace in self._serves:
            async with self._store.reporting(workspace) as tx:
                watching = {watch.project_id for watch in await Watches(tx).all()}
                briefs |= {each: await read_brief(tx, each) for each in watching}
        PRECISION.clear()
        CHECKED.clear()
        for project_id, brief in briefs.items():
            if brief.promise is not None:
                PRECISION.labels("promised", project_id).set(brief.promise)
            if brief.out is not None:
                PRECISION.labels("measured", project_id).set(brief.out.share)
            if brief.last is not None:
                CHECKED.labels(project_id).set(brief.last.timestamp())
