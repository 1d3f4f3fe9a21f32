"""Texts kept beside the tests, and changed on purpose only: NERBOT_WRITE_GOLDEN=1 pytest … writes them anew."""

import os
from collections.abc import Sequence
from pathlib import Path


def golden(file: Path, lines: Sequence[str]) -> list[str]:
    """The lines of a file, which is first written from `lines` where that is asked for."""
    if "NERBOT_WRITE_GOLDEN" in os.environ:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return file.read_text("utf-8").split("\n")[:-1]
