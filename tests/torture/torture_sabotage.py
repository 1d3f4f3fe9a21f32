"""Each one-line fault of `sabotages.py` turns a test red; what none notices is a hole in the net."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.torture.sabotages import ROOT, SABOTAGES, Sabotage

_LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", "data", "__pycache__", ".*_cache", ".hypothesis"
)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project in a folder of its own."""
    folder = tmp_path_factory.mktemp("sabotage") / "nerbot"
    shutil.copytree(ROOT, folder, ignore=_LEFT_OUT)
    return folder


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("sabotage", SABOTAGES, ids=lambda each: each.what)
def test_the_fault_is_noticed(sabotage: Sabotage, copy: Path) -> None:
    file = copy / sabotage.file
    whole = file.read_text("utf-8")
    file.write_text(whole.replace(sabotage.before, sabotage.after), "utf-8")
    try:
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-x",
            "--no-header",
            *sabotage.tests.split(),
        ]
        environment = os.environ | {"PYTHONPATH": str(copy)}
        done = subprocess.run(
            command, cwd=copy, env=environment, capture_output=True, text=True, check=False
        )
    finally:
        file.write_text(whole, "utf-8")
    red = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    print(f"{sabotage.what}: {red[0] if red else 'NOT NOTICED'}")  # noqa: T201
    assert done.returncode == 1, done.stdout[-2000:]
