"""How presets are found, and what each of them has to bring."""

import subprocess
import sys
from pathlib import Path

import pytest

from ner_engine import TrainingSettings
from ner_engine.recipes import (
    DEFAULT_PRESET,
    FALLBACK_PRESET,
    RECIPES,
    EncoderChoice,
    Recipe,
    preset,
)

_MINE = """
from dataclasses import dataclass
from ner_engine.recipes import preset
from ner_engine.recipes.cnn import CnnRecipe

@preset("tiny")
@dataclass(frozen=True, slots=True)
class TinyRecipe(CnnRecipe):
    width: int = 8
"""


def test_the_default_is_the_first_preset_and_the_fallback_needs_no_encoder() -> None:
    assert next(iter(RECIPES)) == DEFAULT_PRESET
    assert not RECIPES[FALLBACK_PRESET].needs_encoder


def test_a_module_in_the_package_is_all_a_preset_takes(tmp_path: Path) -> None:
    """Settings and the command line know it without an edit elsewhere."""
    (tmp_path / "tiny.py").write_text(_MINE)
    code = (
        "import pkgutil; from ner_engine import recipes\n"
        f"recipes.__path__.append({str(tmp_path)!r}); recipes.RECIPES.update(recipes._find_recipes())\n"
        "from ner_engine import TrainingSettings\n"
        "assert TrainingSettings(preset='tiny').recipe.width == 8\n"
        "from bot.cli.main import main; main(['train', '--help'])"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "tiny" in done.stdout, done.stderr


def test_a_name_is_given_once() -> None:
    with pytest.raises(ValueError, match="two presets called cnn"):
        preset("cnn")(type(RECIPES["cnn"]))


@pytest.mark.parametrize("name", RECIPES)
def test_every_preset_builds_the_parts_of_a_tagger(name: str) -> None:
    recipe: Recipe = TrainingSettings(preset=name).recipe
    features = recipe.features
    parts = recipe.build(EncoderChoice(None, "0" * 64, features) if features else None)
    assert set(parts) == {"tok2vec", "head"}
    assert "@architectures" in parts["tok2vec"]
