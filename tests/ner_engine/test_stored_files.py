"""The files of a model, letter for letter: models of years ago are loaded by these forms.

`NERBOT_WRITE_GOLDEN=1 pytest tests/ner_engine/test_stored_files.py` writes tests/ner_engine/golden anew.
"""

from dataclasses import MISSING, fields
from pathlib import Path

from ner_engine.annotation import AnnotatedText, Span
from ner_engine.formats.fingerprint import fingerprint
from ner_engine.formats.json_lines import from_json, to_json
from ner_engine.model_files.manifest import (
    MANIFEST,
    Manifest,
    ModelFacts,
    read_manifest,
    write_manifest,
)
from ner_engine.model_files.store import (
    HELD_OUT,
    LEARNED,
    read_held_out,
    read_learned,
    write_held_out,
)
from ner_engine.settings import TrainingSettings
from tests.support.golden import golden

GOLDEN = Path(__file__).parent / "golden"
SPANS = (Span(0, 4, "SYMPTOM"), Span(6, 7, "DRUG_2"))
CANARY = AnnotatedText("Pain “ü”.", SPANS, finished=False)
SETTINGS = TrainingSettings(
    preset="cnn",
    seed=7,
    language="de",
    base="en_core_web_sm",
    encoder_dir="/x",
    steps=80,
    word_forms=True,
    teacher_dir="/y",
)
FACTS = ModelFacts(
    settings=SETTINGS.to_json(),
    labels=("DRUG_2", "SYMPTOM"),
    sentences=12,
    fingerprint="ab12",
    scores={"overall": {"f1": 0.5, "support": 3}},
    canaries=(CANARY, AnnotatedText("No pain.")),
    versions={"spacy": "3.8.18"},
    encoder={"name": "minilm", "sha256": "cd34"},
)
FILES = {"ner/model": (120, "ef56"), HELD_OUT: (80, "0a78")}


def _same_as_golden(folder: Path, name: str) -> None:
    lines = (folder / name).read_text("utf-8").splitlines()
    assert lines == golden(GOLDEN / name, lines)


def test_a_manifest_is_written_and_read_letter_for_letter_as_before(tmp_path: Path) -> None:
    write_manifest(tmp_path, FACTS, FILES)
    _same_as_golden(tmp_path, MANIFEST)
    assert read_manifest(GOLDEN) == Manifest(FACTS, FILES)


def test_the_samples_leave_no_fact_and_no_setting_at_its_default() -> None:
    for value in (FACTS, SETTINGS):
        for field in fields(value):
            default = {} if field.default is MISSING else field.default
            assert getattr(value, field.name) != default, field.name


def test_settings_of_a_model_are_read_as_they_were_chosen() -> None:
    assert TrainingSettings.from_json(read_manifest(GOLDEN).facts.settings) == SETTINGS


def test_held_out_predictions_are_written_and_read_letter_for_letter_as_before(
    tmp_path: Path,
) -> None:
    write_held_out(tmp_path, {"k2": SPANS, "k1": ()}, learned=["k9", "k3"])
    for name in (HELD_OUT, LEARNED):
        _same_as_golden(tmp_path, name)
    assert read_held_out(GOLDEN) == {"k1": (), "k2": SPANS}
    assert read_learned(GOLDEN) == {"k3", "k9"}


def test_the_hash_of_what_a_run_learned_from_stays_the_same() -> None:
    """It is kept with each run: a schedule leaves out data that was learned from."""
    [kept] = golden(GOLDEN / "fingerprint.txt", [fingerprint([CANARY])])
    assert fingerprint([from_json(to_json(CANARY))]) == kept
