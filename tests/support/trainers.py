"""The training processes of this machine's tests: found, and made to fail from the inside."""

from pathlib import Path

import psutil

_FIRST = """
import sys
if "ner_engine.processes.training_job" in sys.orig_argv:
"""


def trainers(pid: int | None = None) -> list[psutil.Process]:
    """The trainings under a process, this one by default."""
    children = psutil.Process(pid).children(recursive=True)
    found = {child.pid: child for child in children if is_trainer(child)}
    # Copies of one are part of it.
    return [child for child in found.values() if _parent(child) not in found]


def _parent(process: psutil.Process) -> int | None:
    try:
        return process.ppid()
    except psutil.NoSuchProcess:
        return None


def is_trainer(process: psutil.Process) -> bool:
    """Whether a process trains; one that is gone does not."""
    try:
        return "ner_engine.processes.training_job" in process.cmdline() and (
            process.status() != psutil.STATUS_ZOMBIE
        )
    except psutil.NoSuchProcess:
        return False


def fault_in_trainings(folder: Path, code: str) -> Path:
    """A folder for PYTHONPATH with which every training runs this code first."""
    folder.mkdir(exist_ok=True)
    indented = "".join(f"    {line}\n" for line in code.splitlines())
    (folder / "sitecustomize.py").write_text(_FIRST + indented)
    return folder
