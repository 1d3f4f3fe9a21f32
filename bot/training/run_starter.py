"""How a run begins in this process."""

import logging
from datetime import timedelta

from bot.db.records.runs import Runs
from bot.db.transaction import Transaction
from bot.domain.runs import NewRun, Run, RunReason
from bot.errors import LimitReached
from bot.jobs.background import Background
from bot.training.run_executor import LEASE, RunExecutor

_LIMITED = frozenset({RunReason.COMMAND, RunReason.SCHEDULE, RunReason.AUTO})
_DAY = timedelta(hours=24)
_TOO_MANY = (
    "This workspace may begin {most} in 24 hours, and it has. Try again later, or ask whoever runs nerbot for a higher "
    "NERBOT_WORKSPACE_TRAININGS."
)

log = logging.getLogger(__name__)


class RunStarter:
    """Queues runs as this process's own and carries them out beside all else."""

    def __init__(self, executor: RunExecutor, background: Background) -> None:
        self._executor = executor
        self._background = background

    async def claim(self, tx: Transaction, new: NewRun) -> Run | None:
        """Queue a run; None where the unique keys of the table say that it is another's. Raises LimitReached where a
        person wants more than the workspace may train; what nerbot begins itself waits for the next time."""
        if new.reason in _LIMITED and await _is_at_limit(tx):
            if new.reason is RunReason.COMMAND:
                most = tx.limits.trainings
                counted = "1 training" if most == 1 else f"{most} trainings"
                raise LimitReached(_TOO_MANY.format(most=counted))
            log.warning("%s may not begin another training today", tx.workspace)
            return None
        return await Runs(tx).claim(new, owner=self._executor.owner, lease=LEASE)

    def start(self, workspace: str, run: Run) -> None:
        """Carry it out from now on."""
        self._background.start(self._executor.execute(workspace, run), name=f"run {run.id}")

    def show(self, workspace: str, run: Run) -> None:
        """Bring its message up to date."""
        self._background.start(self._show(workspace, run), name=f"show run {run.id}")

    async def _show(self, workspace: str, run: Run) -> None:
        await self._executor.show(workspace, run)


async def _is_at_limit(tx: Transaction) -> bool:
    most = tx.limits.trainings
    return most is not None and await Runs(tx).begun_since(tx.clock() - _DAY) >= most
