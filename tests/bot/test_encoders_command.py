"""`nerbot encoders`: what is there, which one serves, and how one is installed."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ner_engine.encoder.test_choice import put
from tests.support.patience import patient

NOWHERE = {"PIP_INDEX_URL": "http://127.0.0.1:9", "PIP_CONFIG_FILE": os.devnull}


def encoders(cache: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("NERBOT_", "PIP_"))
    }
    return subprocess.run(
        [sys.executable, "-m", "bot", "encoders", *arguments],
        env={**kept, "NERBOT_ENV_FILE": "", "XDG_CACHE_HOME": str(cache), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=patient(60),
    )


def test_the_list_says_what_is_there_which_one_serves_and_what_can_be_had(tmp_path: Path) -> None:
    put(tmp_path / "nerbot" / "encoders" / "ours", sha256="ab" * 32)
    told = encoders(tmp_path).stdout
    assert "* minilm" in told
    assert re.search(r"  ours +abababababab +4 +\d+ unknown, ", told)
    assert "mpnet        to be had: nerbot encoders install mpnet" in told
    assert "* ours" in encoders(tmp_path, NERBOT_ENCODER="ours").stdout


def test_a_name_that_cannot_be_installed_is_told_in_one_line(tmp_path: Path) -> None:
    ended = encoders(tmp_path, "install", "theirs")
    assert ended.returncode == 2
    assert "no encoder called theirs" in ended.stderr
    assert ended.stderr.count("\n") == 1


def test_an_encoder_that_cannot_be_fetched_is_told_with_the_command_to_try_again(
    tmp_path: Path,
) -> None:
    ended = encoders(tmp_path, "install", "mpnet", "--if-missing", **NOWHERE)
    assert ended.returncode == 2
    assert ended.stderr.splitlines()[-1].startswith(
        "nerbot: The encoder mpnet could not be fetched: "
    )
    assert "nerbot encoders install mpnet" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("chosen", ["minilm", "mpnet"])
def test_nothing_is_fetched_where_it_is_there_or_another_one_is_chosen(
    tmp_path: Path, chosen: str
) -> None:
    if chosen == "mpnet":
        put(tmp_path / "nerbot" / "encoders" / "mpnet")
    ended = encoders(tmp_path, "install", "mpnet", "--if-missing", NERBOT_ENCODER=chosen, **NOWHERE)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
