"""What `import ner_engine` offers is seen by whoever looks."""

from pathlib import Path

import pytest

import ner_engine
from ner_engine.errors import ModelAbsent


def test_dir_shows_what_is_loaded_when_it_is_asked_for() -> None:
    assert {"load_model", "train_model", "Predictor"} <= set(dir(ner_engine))
    assert all(hasattr(ner_engine, name) for name in ner_engine.__all__)


def test_a_folder_is_named_by_a_text_too(tmp_path: Path) -> None:
    with pytest.raises(ModelAbsent):
        ner_engine.load_model(str(tmp_path / "none"))
