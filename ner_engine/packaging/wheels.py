"""Wheels of a model and of the engine, built without a network by spaCy's `package` and setuptools.

A wheel of a model has its encoder with it, so that an environment that has the two wheels and what they
require finds what nerbot finds; what the model was taught, even as hashes, is left out.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import warnings
from dataclasses import asdict, dataclass, replace
from importlib.metadata import EntryPoint, distribution
from importlib.metadata import version as version_of
from pathlib import Path

from spacy.util import load_config

import ner_engine
from ner_engine.encoder.card import CARD
from ner_engine.encoder.files import EncoderFiles, place_of, read_encoder
from ner_engine.encoder.installed import ENCODER_FOLDER, MODEL, TOKENIZER
from ner_engine.errors import NotPackaged
from ner_engine.model_files.manifest import MANIFEST, ModelFacts, write_manifest
from ner_engine.model_files.store import HELD_OUT, LEARNED, inventory, verify_model
from ner_engine.packaging.model_card import ModelStory, model_card
from ner_engine.pipeline.architectures import NEEDED
from ner_engine.recipes.encoder import VECTORS

ENGINE = "nerbot-engine"
#: What the engine itself imports: nothing of Slack, databases or pictures.
_ENGINE_REQUIRES = ("cachetools", "numpy", "onnxruntime", "platformdirs", "spacy", "tokenizers")
#: Files of a saved model that tell what it learned from.
_PRIVATE = (HELD_OUT, LEARNED)
#: The date of all files inside, so that the same model makes the same wheel: 1980, zip's first year.
_SOURCE_DATE = "315532800"
_BUILD_SECONDS = 300

_INIT = '''"""A named-entity recognizer that a team taught its own labels with nerbot: see the README beside it."""

from pathlib import Path
from typing import Any

try:
    import ner_engine  # noqa: F401 - spaCy finds the recognizer by this package's entry points
except ImportError as error:
    raise ImportError(
        "This model needs nerbot's engine: pip install the {engine} wheel that came with it"
    ) from error
from spacy.language import Language
from spacy.util import get_model_meta, load_model_from_init_py

__version__ = get_model_meta(Path(__file__).parent)["version"]


def load(**overrides: Any) -> Language:
    """The pipeline; see ``spacy.load``."""
    return load_model_from_init_py(__file__, **overrides)
'''

_ENGINE_PROJECT = """[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"

[project]
name = "{name}"
version = "{version}"
description = "The engine of nerbot: what its models need to run in spaCy."
requires-python = ">=3.11"
license = "MIT"
dependencies = {dependencies}

{entry_points}
[tool.setuptools.packages.find]
include = ["ner_engine*"]

[tool.setuptools.package-data]
"*" = ["py.typed", "*.json", "*.npz"]
"""


@dataclass(frozen=True, slots=True)
class Wheels:
    """Where the two files are, and the ``name`` by which ``spacy.load`` finds the model."""

    name: str
    model: Path
    engine: Path


def build_wheels(
    model_dir: str | Path,
    out: str | Path,
    *,
    name: str,
    version: str = "1.0.0",
    story: ModelStory | None = None,
) -> Wheels:
    """Write the wheel of a saved model and that of the engine into ``out``.

    ``name`` becomes the package's, behind the language's code: letters, digits and ``_``.
    Raises NotPackaged, a ModelStoreError where the model is not what was saved, and an EncoderError.
    """
    manifest = verify_model(Path(model_dir))
    target = Path(out)
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="nerbot-wheel-") as scratch:
        package = f"{manifest.facts.settings['language']}_{name}"
        source = Path(scratch) / "source"
        _stage(Path(model_dir), source, package, manifest.facts, story or ModelStory())
        project = _spacy_project(source, Path(scratch), name, version)
        (inside,) = project.glob("*/*/")
        # Building copies it there.
        shutil.copy(project / "meta.json", inside / "meta.json")
        write_manifest(inside, _to_be_told(manifest.facts), inventory(inside))
        model = _build(project, target)
    return Wheels(package, model, build_engine_wheel(target))


def build_engine_wheel(out: Path) -> Path:
    """The engine as a distribution of its own, from the one that runs. Raises NotPackaged."""
    with tempfile.TemporaryDirectory(prefix="nerbot-wheel-") as scratch:
        shutil.copytree(
            Path(ner_engine.__file__).parent,
            Path(scratch) / "ner_engine",
            ignore=shutil.ignore_patterns("__pycache__"),
        )
        project = _ENGINE_PROJECT.format(
            name=ENGINE,
            version=version_of("nerbot"),
            entry_points=_entry_points(),
            dependencies=json.dumps([_compatible(package) for package in _ENGINE_REQUIRES]),
        )
        (Path(scratch) / "pyproject.toml").write_text(project, "utf-8")
        return _build(Path(scratch), out)


def _entry_points() -> str:
    """How spaCy finds the engine, as the distribution that runs says it."""
    told = ""
    for group in sorted({each.group for each in _ours()}):
        lines = (f'"{each.name}" = "{each.value}"' for each in _ours() if each.group == group)
        told += "\n".join([f"[project.entry-points.{group}]", *lines, ""]) + "\n"
    return told


def _ours() -> list[EntryPoint]:
    found = distribution("nerbot").entry_points
    return sorted(each for each in found if each.value.startswith("ner_engine."))


def _compatible(package: str) -> str:
    """The versions of a package that go with the one that is here: spaCy's saved models are tied to a minor one."""
    release = version_of(package)
    if package != "spacy":
        return f"{package}>={release.split('.')[0]}"
    major, minor, *_ = release.split(".")
    return f"spacy>={major}.{minor},<{major}.{int(minor) + 1}"


def _stage(
    model_dir: Path, source: Path, package: str, facts: ModelFacts, story: ModelStory
) -> None:
    """The model's files as they are to be packaged, with its card and its encoder."""
    shutil.copytree(model_dir, source, ignore=shutil.ignore_patterns(MANIFEST, *_PRIVATE))
    encoder = _encoder_of(facts)
    if encoder is not None:
        _write_encoder(source / ENCODER_FOLDER, encoder)
    card = model_card(package, facts, story, encoder.card if encoder else None)
    (source / "README.md").write_text(card, "utf-8")
    scores = facts.scores.get("overall", {})
    performance = {f"ents_{part[0]}": scores.get(part, 0.0) for part in ("precision", "recall")}
    path = source / "meta.json"
    meta = json.loads(path.read_bytes()) | {
        "description": f"Finds {', '.join(facts.labels)}; taught with nerbot.",
        "performance": performance | {"ents_f": scores.get("f1", 0.0)},
        "requirements": [],
        "nerbot": story.to_json(),
    }
    path.write_text(json.dumps(meta, ensure_ascii=False, indent=1), "utf-8")


def _to_be_told(facts: ModelFacts) -> ModelFacts:
    """What a package says of itself, without our folders."""
    return replace(facts, settings={**facts.settings, "encoder_dir": None, "teacher_dir": None})


def _encoder_of(facts: ModelFacts) -> EncoderFiles | None:
    if not facts.encoder:
        return None
    directory = facts.settings.get("encoder_dir")
    return read_encoder(place_of(directory, facts.encoder["sha256"]))


def _write_encoder(folder: Path, encoder: EncoderFiles) -> None:
    folder.mkdir()
    (folder / MODEL).write_bytes(encoder.model)
    (folder / TOKENIZER).write_bytes(encoder.tokenizer)
    card = replace(encoder.card, sha256=encoder.sha256)
    (folder / CARD).write_text(json.dumps(asdict(card), indent=1), "utf-8")


def _spacy_project(source: Path, scratch: Path, name: str, version: str) -> Path:
    """The folder that spaCy's `package` makes of a pipeline, with requirements and a door of our own."""
    from spacy.cli.package import package  # noqa: PLC0415 - brings spaCy's whole command line

    if not name.isidentifier() or not name.isascii():
        raise NotPackaged(reason=f"“{name}” is not a valid package name: use letters, digits and _")
    made = scratch / "project"
    made.mkdir()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # spaCy leaves the files it writes open
        package(
            source,
            made,
            name=name,
            version=version,
            create_sdist=False,
            create_wheel=False,
            silent=True,
        )
    (project,) = made.iterdir()
    path = project / "meta.json"
    # spaCy would name the distribution that the recognizer is installed by here, which is the whole bot.
    meta = json.loads(path.read_bytes()) | {"requirements": [f"{ENGINE}>={version_of('nerbot')}"]}
    path.write_text(json.dumps(meta, ensure_ascii=False, indent=1), "utf-8")
    (config,) = project.glob("*/*/config.cfg")
    _say_what_is_needed(config)
    (init,) = project.glob("*/__init__.py")
    init.write_text(_INIT.replace("{engine}", ENGINE), "utf-8")
    return project


def _say_what_is_needed(path: Path) -> None:
    """Let a spaCy without the engine name it, where it would list its own factories, and forget our folders."""
    config = load_config(path)
    config["nlp"]["before_creation"] = {"@callbacks": NEEDED}
    for component in config["components"].values():
        tok2vec = component.get("model", {}).get("tok2vec", {})
        if tok2vec.get("@architectures") == VECTORS:
            tok2vec["directory"] = None
    config.to_disk(path)


def _build(project: Path, out: Path) -> Path:
    """Build a project's wheel by setuptools, in a process of its own since it changes the working directory."""
    call = "import sys, setuptools.build_meta as b; print(); print(b.build_wheel(sys.argv[1]))"
    built = Path(tempfile.mkdtemp(prefix=".building-", dir=out))
    try:
        done = subprocess.run(  # noqa: S603 our own files, no word of a user's
            [sys.executable, "-c", call, str(built.absolute())],
            cwd=project,
            env=os.environ | {"SOURCE_DATE_EPOCH": _SOURCE_DATE},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_BUILD_SECONDS,
            check=False,
        )
        if done.returncode:
            *_, last = done.stderr.strip().splitlines() or [
                "setuptools ended without an error message"
            ]
            raise NotPackaged(reason=last)
        (wheel,) = built.glob("*.whl")
        return Path(shutil.move(wheel, out / wheel.name))
    finally:
        shutil.rmtree(built, ignore_errors=True)
