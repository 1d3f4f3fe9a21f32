"""Jobs as tasks of a Ray cluster that a team has. A bot is a driver of it: its tasks end with it."""

import asyncio
import os
from typing import Any

from bot.errors import JobLost, SettingsError
from bot.workers.queues.ray_task import carry_out
from bot.workers.values import Job

NAMESPACE = "nerbot"


class RayQueue:
    """Implements `ports.JobQueue`: each job is a task of a processor, which Ray neither retries nor is asked for the
    outcome of."""

    def __init__(self) -> None:
        self._task = _ray().remote(num_cpus=1, max_retries=0)(carry_out)
        self._tasks: dict[int, Any] = {}

    async def put(self, connection: Any, job_id: int, *, urgent: bool) -> int | None:  # noqa: ARG002 - the port's
        """The cluster is not in our database: it is told after the commit."""
        return None

    async def hand_over(self, job_id: int) -> None:
        """Tell the cluster."""
        named = self._task.options(name=f"nerbot job {job_id}")
        try:
            self._tasks[job_id] = await asyncio.to_thread(named.remote, job_id)
        except (_ray().exceptions.RayError, ConnectionError) as error:
            raise JobLost(f"the Ray cluster takes no job: {error}") from error

    async def is_dropped(self, job: Job) -> bool:
        """Whether its task has ended, or was never one of this process's."""
        task = self._tasks.get(job.id)
        return task is None or await asyncio.to_thread(_has_ended, task)

    async def forget(self, job: Job) -> None:
        """End its task, if it is one of this process's; another one's ends with its row."""
        task = self._tasks.pop(job.id, None)
        if task is not None:
            await asyncio.to_thread(_cancel, task)


async def open_ray() -> RayQueue:
    """Become a driver of the cluster that RAY_ADDRESS names, else of the one on this machine; raises SettingsError."""
    ray = _ray()
    try:
        # Not in the main thread, where Ray would take the signals that tell a bot to stop.
        await asyncio.to_thread(_connect, ray)
    except (ConnectionError, ray.exceptions.RayError, RuntimeError) as error:
        raise SettingsError(f"RAY_ADDRESS: no Ray cluster answers there: {error}") from error
    return RayQueue()


def _ray() -> Any:
    import ray  # noqa: PLC0415 - an extra

    return ray


def _connect(ray: Any) -> None:
    if not ray.is_initialized():
        ray.init(
            address=os.environ.get("RAY_ADDRESS", "auto"),
            namespace=NAMESPACE,
            configure_logging=False,
            log_to_driver=False,
        )


def _has_ended(task: Any) -> bool:
    ray = _ray()
    try:
        ended, _ = ray.wait([task], timeout=0)
    except (ray.exceptions.RayError, ConnectionError):
        return True
    return bool(ended)


def _cancel(task: Any) -> None:
    ray = _ray()
    try:
        ray.cancel(task)
    except (ray.exceptions.RayError, ConnectionError):
        # Its row says that it is over: the process on the node reads it each second.
        return
