"""How a run begins in this process."""

from bot.db.records.runs import Runs
from bot.db.transaction import Transaction
from bot.domain.runs import NewRun, Run
from bot.jobs.background import Background
from bot.training.run_executor import LEASE, RunExecutor


class RunStarter:
    """Queues runs as this process's own and carries them out beside all else."""

    def __init__(self, executor: RunExecutor, background: Background) -> None:
        self._executor = executor
        self._background = background

    async def claim(self, tx: Transaction, new: NewRun) -> Run | None:
        """Queue a run; None where the unique keys of the table say that it is another's."""
        return await Runs(tx).claim(new, owner=self._executor.owner, lease=LEASE)

    def start(self, workspace: str, run: Run) -> None:
        """Carry it out from now on."""
        self._background.start(self._executor.execute(workspace, run), name=f"run {run.id}")

    def show(self, workspace: str, run: Run) -> None:
        """Bring its message up to date."""
        self._background.start(self._show(workspace, run), name=f"show run {run.id}")

    async def _show(self, workspace: str, run: Run) -> None:
        await self._executor.show(workspace, run)
