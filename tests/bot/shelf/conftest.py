"""Every test of the shelf that several machines share runs on a folder and on a bucket."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.objects.opening import open_objects
from bot.objects.ports import ObjectStore
from ner_engine.model_files.manifest import ModelFacts
from ner_engine.model_files.store import save_model
from tests.support.object_store import STORES, address_of

Save = Callable[[str], Path]


@pytest.fixture(params=STORES)
def address(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of an empty store."""
    return address_of(request.param, request, tmp_path, monkeypatch)


@pytest.fixture
def objects(address: str) -> ObjectStore:
    """A store with nothing in it."""
    return open_objects(address)


FACTS = ModelFacts(
    settings={},
    labels=("DRUG",),
    sentences=1,
    fingerprint="",
    scores={},
    canaries=(),
    versions={},
)


@pytest.fixture
def save(tmp_path: Path) -> Save:
    """Saves a model of a few files; what is in them depends on its name."""

    def write(folder: Path) -> None:
        words = folder.parent.name
        (folder / "parts").mkdir()
        (folder / "parts" / "weights").write_bytes(hashlib.sha256(words.encode()).digest() * 999)
        (folder / "config.json").write_text(json.dumps({"name": words}), "utf-8")
        (folder / "learned.txt").write_text(f"{words}\n", "utf-8")

    def save(name: str) -> Path:
        target = tmp_path / "data" / "jobs" / name / "model"
        save_model(target, write=write, facts=FACTS, verify=False)
        return target

    return save
