"""Nothing of this machine or its models is reported to whoever makes our libraries."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

#: What keeps onnxruntime from reporting by itself, as on most machines where tests run.
_QUIET = ("CI", "ORT_DISABLE_TELEMETRY", "ORT_RUNNING_UNIT_TESTS", "DO_NOT_TRACK")
_TELL = "import os, sys\nprint('onnxruntime' in sys.modules, len(os.listdir('/proc/self/task')))"


def told(code: str, home: Path) -> tuple[list[str], list[str]]:
    """What a process says that runs the code on a machine that is nobody's, and the files in its home then."""
    mine = {name: value for name, value in os.environ.items() if name not in _QUIET}
    mine |= {"HOME": str(home), "OPENBLAS_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    mine.pop("XDG_CACHE_HOME", None)
    command = [sys.executable, "-c", f"{code}\n{_TELL}"]
    done = subprocess.run(command, env=mine, capture_output=True, text=True, check=True)
    files = [path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file()]
    return done.stdout.split(), files


@pytest.mark.skipif(sys.platform != "linux", reason="threads are counted by /proc")
@pytest.mark.parametrize(
    "code",
    [
        "import ner_engine.encoder.session",
        "import ner_engine.packaging.reader",
        (
            "from ner_engine.encoder.frozen_encoder import encoder_for\n"
            "from ner_engine import TrainingSettings\nencoder_for(TrainingSettings())"
        ),
    ],
    ids=["session", "reader of a folder", "an encoder"],
)
def test_onnxruntime_keeps_no_reports_and_has_no_thread_that_sends_them(
    code: str, tmp_path: Path
) -> None:
    (imported, threads), files = told(code, tmp_path)
    assert imported == "True"
    assert files == []
    (_, without), _ = told("import ner_engine.encoder, onnxruntime", tmp_path)
    assert threads == without


@pytest.mark.skipif(sys.platform != "linux", reason="where it keeps reports differs")
def test_by_itself_it_would_report(tmp_path: Path) -> None:
    """Once it does not, what we say to it can go."""
    _, files = told("import onnxruntime", tmp_path)
    assert any("onnxruntime" in name for name in files)
