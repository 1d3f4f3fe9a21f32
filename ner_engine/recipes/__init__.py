"""Presets: each is a class in a module of its own here, registered by :func:`~ner_engine.recipes.recipe.preset`."""

import pkgutil
from collections.abc import Mapping
from importlib import import_module

from ner_engine.recipes.recipe import EncoderChoice, Features, Pooling, Recipe, preset, registered

__all__ = [
    "DEFAULT_PRESET",
    "FALLBACK_PRESET",
    "RECIPES",
    "EncoderChoice",
    "Features",
    "Pooling",
    "Recipe",
    "has_teacher",
    "preset",
]

#: What is trained where nobody chose a preset.
DEFAULT_PRESET = "encoder"
#: What is trained instead where the encoder of a preset is missing.
FALLBACK_PRESET = "cnn"


def _find_recipes() -> dict[str, Recipe]:
    """Every preset by its name, the default first."""
    for module in pkgutil.iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")
    return dict(sorted(registered().items(), key=lambda item: (item[0] != DEFAULT_PRESET, item[0])))


RECIPES: Mapping[str, Recipe] = _find_recipes()


def has_teacher(name: str) -> bool:
    """Whether models of a preset also learn what a larger one thinks of sentences that nobody labelled."""
    return name in RECIPES and RECIPES[name].taught_batch > 0
