"""A model is verified by a copy of the process from before anything was learned."""

import os
import shutil
import signal
from pathlib import Path

import psutil
import pytest

from ner_engine.errors import VerificationFailed
from ner_engine.training.fork import CAN_FORK
from ner_engine.training.verifying import waiting_to_verify
from tests.ner_engine.conftest import SavedModel

pytestmark = pytest.mark.skipif(not CAN_FORK, reason="only Linux makes copies")


@pytest.fixture
def model(cnn_model: SavedModel, tmp_path: Path) -> Path:
    return Path(shutil.copytree(cnn_model.directory, tmp_path / "model"))


def copies() -> list[psutil.Process]:
    """Processes of this one that are copies of it."""
    ours = psutil.Process()
    return [child for child in ours.children() if child.cmdline() == ours.cmdline()]


def test_a_whole_model_passes_in_another_process_which_is_gone_afterwards(model: Path) -> None:
    with waiting_to_verify() as verify:
        assert len(copies()) == 1
        verify(model)
    assert copies() == []


def test_a_model_that_is_not_whole_is_refused_with_the_reason(model: Path) -> None:
    victim = model / "ner" / "model"
    victim.write_bytes(victim.read_bytes()[:-1] + b"?")
    with waiting_to_verify() as verify, pytest.raises(VerificationFailed, match="has changed"):
        verify(model)


def test_where_the_copy_was_killed_a_fresh_process_says_it(model: Path) -> None:
    """As where it was ended for its memory: nothing that is wrong passes, and nothing that is whole is refused."""
    with waiting_to_verify() as verify:
        os.kill(copies()[0].pid, signal.SIGKILL)
        verify(model)
    (model / "ner" / "model").unlink()
    with waiting_to_verify() as verify:
        os.kill(copies()[0].pid, signal.SIGKILL)
        with pytest.raises(VerificationFailed):
            verify(model)
