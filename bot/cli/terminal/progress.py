"""How far a long command is, on stderr: a bar on a terminal, elsewhere a line for each stage."""

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TextIO

if TYPE_CHECKING:
    from rich.progress import Progress


class Stages:
    """Shows one piece of work that goes through stages; the bar is gone at its end."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out or sys.stderr
        self._stage = ""
        self._bar: Progress | None = None
        self._task: Any = None

    def __enter__(self) -> Self:
        if self._out.isatty():
            self._bar = _bar(self._out)
            self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def tell(
        self, stage: str, share: float | None, *, line: str | None = None, note: str = ""
    ) -> None:
        """Where the work is: `share` from 0 to 1, None where nobody knows. `line` is for where there is no bar."""
        if self._bar is not None:
            if self._task is None:
                self._task = self._bar.add_task(stage, total=1.0, note=note)
            # A stage that nobody can measure moves to and fro.
            self._bar.update(
                self._task,
                description=stage,
                completed=share or 0.0,
                total=None if share is None else 1.0,
                note=note,
            )
        elif stage != self._stage:
            self._out.write(f"{line or stage}\n")
            self._out.flush()
        self._stage = stage


def _bar(out: TextIO) -> "Progress":
    from rich.console import Console  # noqa: PLC0415 - rich comes with the first bar
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[note]}", markup=False),
        console=Console(file=out, force_terminal=True),
        transient=True,
        refresh_per_second=4,
    )
