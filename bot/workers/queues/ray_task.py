"""What a node of a Ray cluster does with a job: a process of nerbot's, which is gone when the task is."""

import os
import signal
import subprocess
import sys
from contextlib import suppress

LET_GO_SECONDS = 5.0
"""How long a process has to let go of its job when it is asked to."""


def carry_out(job_id: int) -> int:
    """Carry out one job; the exit status. Which database and which objects it is about is in the node's environment:
    arguments of tasks are shown to everybody who sees the cluster."""
    command = [sys.executable, "-m", "bot", "worker", "--job", str(job_id)]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)  # noqa: S603
    try:
        return process.wait()
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Where Ray cancels the task, a KeyboardInterrupt is raised in the middle of the waiting."""
    if process.poll() is None:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(LET_GO_SECONDS)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
