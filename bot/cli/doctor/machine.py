"""What the doctor looks at on this machine: the file of settings, the disk, the encoder."""

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from bot.cli.doctor.findings import Finding, failed, ok, warning
from bot.cli.encoders import chosen_encoder
from bot.cli.env_file import env_file
from bot.operations.health import ROOM_MB
from ner_engine.errors import EngineError

COMFORTABLE_MB = 1024
"""A training, its model and its vectors find room in it."""


def check_env_file() -> Iterator[Finding]:
    """Whether others can read the file that holds the tokens; nothing where there is none."""
    path = env_file()
    if path is None or not path.is_file():
        return
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        said = f"{path} holds tokens, and others on this machine can read it (mode {mode:o})"
        yield warning("file of settings", said, f"chmod 600 {path}")
    else:
        yield ok("file of settings", f"{path} is read, and only its owner can read it")


def check_disk(folder: Path) -> Finding:
    """Whether the data folder can be written to and has room."""
    there = next(each for each in (folder.absolute(), *folder.absolute().parents) if each.exists())
    if not os.access(there, os.W_OK | os.X_OK) or not there.is_dir():
        said = f"{folder.absolute()} cannot be written to"
        return failed("disk", said, "set NERBOT_DATA to a folder of whoever runs nerbot")
    free = shutil.disk_usage(there).free // 2**20
    told = f"{free:,} MB are free at {folder.absolute()}"
    if free < ROOM_MB:
        return failed("disk", told, f"free some space: {ROOM_MB} MB are needed for labels")
    if free < COMFORTABLE_MB:
        return warning("disk", told, f"free some space: {COMFORTABLE_MB:,} MB are comfortable")
    return ok("disk", told)


def check_encoder() -> Finding:
    """Whether the encoder that new models learn over is there, and is what it says it is."""
    from ner_engine.encoder.files import read_encoder  # noqa: PLC0415 - numpy comes here

    try:
        chosen = chosen_encoder()
        read_encoder(chosen.directory)
    except (EngineError, OSError) as error:
        return failed("encoder", str(error), "nerbot encoders lists those that are there")
    if chosen.advice:
        first, _, then = chosen.advice.partition(" To install it: ")
        return warning("encoder", first, then)
    return ok("encoder", f"new models learn over {chosen.name}")
