"""A model that was trained again without a sentence is the one that never saw it."""

import json
from pathlib import Path

import pytest

from ner_engine import AnnotatedText, Span, TrainingSettings
from ner_engine.encoder.frozen_encoder import encoder_for
from ner_engine.encoder.vector_store import VectorStore
from ner_engine.model_files.manifest import MANIFEST, read_manifest
from ner_engine.processes.forgetting import remove_vectors, vector_keys, versions_that_learned
from ner_engine.training.returning import with_word_forms
from ner_engine.training.run import run_steps
from ner_engine.training.unlabelled import FEWEST
from tests.ner_engine.data import make_gold
from tests.ner_engine.encoder.test_columns import install_packaged

GOLD = make_gold()
SECRET = AnnotatedText("Zyxwquirk takes Qvorblat for years.", (Span(16, 24, "PLIMSECRET"),))
WORDS = (b"Zyxwquirk", b"Qvorblat", b"PLIMSECRET")


def train(folder: Path, gold: list[AnnotatedText], preset: str = "encoder") -> Path:
    folder.mkdir()
    steps = 20 if preset == "encoder" else 50
    settings = with_word_forms(TrainingSettings(preset=preset, steps=steps), gold)
    if encoder := encoder_for(settings):
        encoder.forget()  # a training is a process of its own
    for _ in run_steps(
        gold, settings, target=folder / "1", store=VectorStore(folder.parent / "vectors")
    ):
        pass
    return folder / "1"


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("preset", ["encoder", "cnn"])
def test_retrained_without_a_sentence_every_file_is_that_of_a_model_that_never_saw_it(
    tmp_path: Path, preset: str
) -> None:
    train(tmp_path / "had", [*GOLD[:5], SECRET, *GOLD[5:]], preset)
    after = files_of(train(tmp_path / "after", GOLD, preset))
    never = files_of(train(tmp_path / "never", GOLD, preset))
    assert after == never
    assert not any(word in content for word in WORDS for content in after.values())


def test_sentences_that_nobody_labelled_are_found_by_their_hashes_and_leave_no_word(
    tmp_path: Path,
) -> None:
    """Of the sentences a teacher labelled, too, a model trained again is the one that never saw them."""
    teacher = install_packaged(tmp_path / "large")
    settings = TrainingSettings(preset="fast", steps=20, word_forms=False).over(teacher)
    others = [f"Ward {number}: she had fever and took codeine." for number in range(FEWEST)]
    models = {}
    for name, texts in (("had", [SECRET.text, *others]), ("after", others), ("never", others)):
        (tmp_path / name).mkdir()
        for _ in run_steps(GOLD, settings, target=tmp_path / name / "1", unlabelled=texts):
            pass
        models[name] = files_of(tmp_path / name / "1")
    assert models["after"] == models["never"] != models["had"]
    assert not any(word in content for word in WORDS for content in models["had"].values())
    assert versions_that_learned(tmp_path / "had", [SECRET.text]) == {1}
    assert versions_that_learned(tmp_path / "after", [SECRET.text]) == frozenset()


def test_a_manifest_holds_no_sentence_of_the_team(tmp_path: Path) -> None:
    model = train(tmp_path / "had", [*GOLD, SECRET])
    manifest = (model / MANIFEST).read_bytes()
    texts = {canary.text for canary in read_manifest(model).facts.canaries}
    assert not texts & {annotated.text for annotated in [*GOLD, SECRET]}
    assert len(texts) == len(json.loads(manifest)["facts"]["canaries"]) == 5
    assert b"Zyxwquirk" not in manifest


def test_which_versions_learned_a_text_is_found_and_its_vectors_are_removed(
    tmp_path: Path,
) -> None:
    train(tmp_path / "models", [*GOLD, SECRET])
    assert versions_that_learned(tmp_path / "models", [SECRET.text]) == {1}
    assert versions_that_learned(tmp_path / "models", ["Never seen."]) == frozenset()
    kept = len(files_of(tmp_path / "vectors"))
    remove_vectors(tmp_path / "vectors", vector_keys([SECRET.text]))
    assert len(files_of(tmp_path / "vectors")) == kept - 1
