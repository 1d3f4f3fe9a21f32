"""What is not here is told apart from what is wrong; and a manifest answers for every word of its own."""

import json
import shutil
from contextlib import suppress
from pathlib import Path

import pytest

from ner_engine.errors import ManifestInvalid, ModelAbsent, ModelDamaged
from ner_engine.model_files.manifest import MANIFEST, read_manifest
from ner_engine.model_files.store import save_model, verify_model
from ner_engine.prediction.predictor import load_model
from tests.ner_engine.data import FACTS, write

OLD = Path(__file__).parents[1] / "golden" / "MANIFEST.old.json"


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    save_model(tmp_path / "model", write=write, facts=FACTS, verify=False)
    return tmp_path / "model"


def test_a_model_whose_directory_is_gone_is_absent(saved: Path) -> None:
    shutil.rmtree(saved)
    with pytest.raises(ModelAbsent, match="no such directory"):
        load_model(saved)


def test_a_model_that_lacks_a_file_is_absent(saved: Path) -> None:
    (saved / "inner" / "weights").unlink()
    with pytest.raises(ModelAbsent, match="inner/weights is missing"):
        verify_model(saved)


def test_a_model_with_a_file_that_cannot_be_read_is_absent(saved: Path) -> None:
    (saved / "inner" / "weights").unlink()
    (saved / "inner" / "weights").symlink_to(saved / "nowhere")
    with pytest.raises(ModelAbsent):
        verify_model(saved)


def test_wrong_bytes_are_damage_even_where_another_file_is_missing(saved: Path) -> None:
    (saved / "held_out.jsonl").unlink()
    (saved / "inner" / "weights").write_bytes(b"other")
    with pytest.raises(ModelDamaged, match="inner/weights"):
        verify_model(saved)


def test_no_flipped_bit_of_a_manifest_changes_what_it_says(saved: Path) -> None:
    """Its scores and labels are covered, not only the files it lists."""
    path = saved / MANIFEST
    told, content = read_manifest(saved), path.read_bytes()
    for position in range(len(content)):
        for bit in (position % 8, 5):
            flipped = bytearray(content)
            flipped[position] ^= 1 << bit
            path.write_bytes(flipped)
            with suppress(ManifestInvalid):
                assert read_manifest(saved) == told, (position, bit)


def test_a_score_that_was_changed_in_a_manifest_is_noticed(saved: Path) -> None:
    values = json.loads((saved / MANIFEST).read_text("utf-8"))
    values["facts"]["scores"] = {"overall": {"f1": 1.0}}
    (saved / MANIFEST).write_text(json.dumps(values), "utf-8")
    with pytest.raises(ManifestInvalid):
        verify_model(saved)


def test_a_manifest_of_before_the_hash_is_read(tmp_path: Path) -> None:
    shutil.copy(OLD, tmp_path / MANIFEST)
    assert read_manifest(tmp_path).facts.labels == ("DRUG_2", "SYMPTOM")
