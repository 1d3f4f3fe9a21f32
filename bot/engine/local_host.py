"""Trainings as processes of this machine."""

import asyncio
import logging
import re
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.engine.job_host import PlacedJob
from bot.engine.process import start_engine, stop_engine
from bot.engine.protocol import read_event
from ner_engine.errors import TrainingTooLong
from ner_engine.results import TrainingEvent, TrainingFailed

log = logging.getLogger(__name__)

_UNSURE = frozenset({"died", "unexpected", "encoder_unreadable"})
_NO_MEMORY = re.compile(
    r"bad_alloc|MemoryError|memory allocation|cannot allocate memory", re.IGNORECASE
)
_PATIENT, _HURRIED = 10.0, 4.0
"""Seconds a training has to stop when asked."""
_LATE = 10.0
"""Seconds a training may take to notice that its time is over."""

_LOG_LINES, _LOG_LINE, _LOG_BYTES = 50, 300, 64 * 1024
"""How much of a training's log is kept."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """A training gives way to answers, and ends automatically before it takes the machine."""

    memory_mb: int = 4096
    minutes: float = 60
    processes: int = 2

    def options(self) -> tuple[str, ...]:
        """As the training's process is told."""
        return (
            *("--nice", "10"),
            *("--memory-mb", str(self.memory_mb)),
            *("--minutes", str(self.minutes)),
            *("--processes", str(self.processes)),
        )


USUAL = Bounds()


class LocalHost:
    """Implements `job_host.JobHost` by a process group of its own for each training, without our secrets: asked to end
    first, and ended ten seconds later (sooner where `hurry` is set)."""

    def __init__(self, bounds: Bounds = USUAL) -> None:
        self._bounds = bounds

    @asynccontextmanager
    async def start(
        self, job: PlacedJob, *, hurry: asyncio.Event
    ) -> AsyncIterator[AsyncIterator[TrainingEvent]]:
        """One training; it is gone when the block is left."""
        process = await start_engine(
            "ner_engine.processes.training_job",
            str(job.folder),
            *self._bounds.options(),
            errors=job.folder / "log",
        )
        try:
            yield _events(process, job.folder / "log", self._bounds.minutes)
        finally:
            await stop_engine(process, within=_HURRIED if hurry.is_set() else _PATIENT)

    async def leftovers(self) -> frozenset[int]:
        """There is no elsewhere."""
        return frozenset()

    async def discard(self, run_id: int) -> None:
        """There is nothing elsewhere."""


async def _events(
    process: asyncio.subprocess.Process, log_file: Path, minutes: float
) -> AsyncIterator[TrainingEvent]:
    assert process.stdout is not None
    # The process keeps to its time by itself, unless it hangs.
    overdue = asyncio.get_running_loop().time() + 60 * minutes + _LATE
    while True:
        try:
            async with asyncio.timeout_at(overdue):
                raw = await process.stdout.readline()
        except TimeoutError:
            yield TrainingFailed(str(TrainingTooLong(minutes=minutes)), TrainingTooLong.code)
            return
        if not raw:
            break
        event = read_event(raw)
        if isinstance(event, TrainingFailed):
            event = _with_cause(event, log_file)
        if event is not None:
            yield event
    code = await process.wait()
    if code:
        log.warning("a training process ended with %s", code)
    # Told only where the process said nothing better: whoever listens leaves at the first end.
    told = "killed" if code in {-signal.SIGKILL, -signal.SIGTERM} else "died"
    yield _with_cause(TrainingFailed(f"The training's process ended with {code}.", told), log_file)


def _with_cause(failed: TrainingFailed, log_file: Path) -> TrainingFailed:
    """Libraries in C say on stderr alone that memory ran out, and fail as if something else had happened."""
    if failed.code in _UNSURE and _NO_MEMORY.search(log_tail(log_file)):
        return TrainingFailed(failed.words, "out_of_memory")
    return failed


def log_tail(file: Path) -> str:
    """The last lines of a training's log, printable and short; nothing where there is none."""
    try:
        with file.open("rb") as log_file:
            log_file.seek(max(0, file.stat().st_size - _LOG_BYTES))
            lines = log_file.read().decode(errors="replace").splitlines()[-_LOG_LINES:]
    except OSError:
        return ""
    printable = ("".join(c if c.isprintable() else " " for c in line) for line in lines)
    return "\n".join(line[:_LOG_LINE] for line in printable)
