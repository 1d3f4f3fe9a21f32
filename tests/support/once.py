"""What takes long to make, made once in a run of the tests, by whichever of its workers comes first."""

import asyncio
import fcntl
import os
import shutil
from collections.abc import Callable, Coroutine
from pathlib import Path

import pytest


def made_once(
    factory: pytest.TempPathFactory, name: str, make: Callable[[Path], Coroutine[None, None, None]]
) -> Path:
    """The folder that `make` has filled; tests copy it before they change anything in it."""
    here = factory.getbasetemp()
    shared = here.parent if "PYTEST_XDIST_WORKER" in os.environ else here
    done = shared / name
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            making = factory.mktemp(name)
            asyncio.run(make(making))
            making.rename(done)
    return done


def copy_of(made: Path, folder: Path) -> Path:
    """Copy a workspace that was made once, its Slack and its bot; the bot's data folder in the copy."""
    shutil.copytree(made, folder, dirs_exist_ok=True)
    return folder / "data"
