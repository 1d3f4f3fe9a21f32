import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
import spacy

from ner_engine import Span
from ner_engine.encoder.frozen_encoder import open_encoder
from ner_engine.errors import EncoderChanged, ManifestMissing, RunTooLong
from ner_engine.prediction.predictor import WORDS_KEPT, Tokenizer, load_model
from ner_engine.recipes import Features
from tests.ner_engine.conftest import SavedModel
from tests.ner_engine.data import make_gold

GOLD = make_gold()
TEXTS = [annotated.text for annotated in GOLD]


def test_a_saved_model_finds_what_it_learned(model: SavedModel) -> None:
    assert load_model(model.directory).predict(TEXTS) == [annotated.spans for annotated in GOLD]


def test_a_saved_model_is_an_ordinary_directory_for_spacy(model: SavedModel) -> None:
    nlp = spacy.load(model.directory)
    found = {(ent.text, ent.label_) for ent in nlp(TEXTS[0]).ents}
    assert found == {("chest pain", "SYMPTOM"), ("aspirin", "DRUG")}


def test_a_saved_model_is_loaded_without_naming_us(model: SavedModel) -> None:
    code = "import sys, spacy; print(len(spacy.load(sys.argv[1])(sys.argv[2]).ents))"
    command = [sys.executable, "-c", code, str(model.directory), TEXTS[0]]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "2\n"


def test_each_entity_has_a_confidence_and_each_text_an_uncertainty(model: SavedModel) -> None:
    known, strange = load_model(model.directory).read(
        [TEXTS[0], "Colourless ideas sleep furiously."]
    )
    assert len(known.confidences) == len(known.spans) == 2
    assert all(sure is not None and 0.5 < sure <= 1 for sure in known.confidences)
    assert 0 <= known.uncertainty < strange.uncertainty


def test_a_hint_is_as_probable_as_what_is_found_is_sure(model: SavedModel) -> None:
    """One number, whether a phrase is found or only thought possible."""
    predictor = load_model(model.directory)
    (found,) = predictor.read(TEXTS[:1])
    hints = {hint.span: hint.probability for hint in predictor.hints(TEXTS[0])}
    for span, sure in zip(found.spans, found.confidences, strict=True):
        assert hints[span] == pytest.approx(sure)


def test_every_word_that_means_something_has_a_hint(model: SavedModel) -> None:
    """However improbable: a person may point at it, and its likeliest label goes with it."""
    text = "Colourless ideas and sleep."
    hints = load_model(model.directory).hints(text)
    words = {text[hint.span.start : hint.span.end] for hint in hints}
    assert {"Colourless", "ideas", "sleep"} <= words
    assert "and" not in words
    probable = [hint.probability for hint in hints]
    assert probable == sorted(probable, reverse=True)


def test_a_bases_entities_have_no_confidence_of_ours(beside_model: SavedModel) -> None:
    (found,) = load_model(beside_model.directory).read(["Tim Cook takes aspirin."])
    sure = dict(zip((span.label for span in found.spans), found.confidences, strict=True))
    assert sure["PERSON"] is None
    assert sure["DRUG"] is not None


def test_a_model_beside_a_base_comes_back_with_both(beside_model: SavedModel) -> None:
    predictor = load_model(beside_model.directory)
    assert predictor.labels == ("DRUG", "SYMPTOM")
    assert "PERSON" in predictor.base_labels
    assert predictor.predict(TEXTS) == beside_model.pipeline.find(TEXTS)


def test_a_texts_neighbours_change_nothing(model: SavedModel) -> None:
    predictor = load_model(model.directory)
    assert predictor.predict(TEXTS) == [predictor.predict([text])[0] for text in TEXTS]


def test_nothing_to_predict_is_nothing_predicted(model: SavedModel) -> None:
    assert load_model(model.directory).predict([]) == []


def test_a_text_the_engine_cannot_bear_is_refused(cnn_model: SavedModel) -> None:
    with pytest.raises(RunTooLong):
        load_model(cnn_model.directory).predict(["fine", "$" * 300])


@pytest.mark.parametrize(
    "text", ["🤕 chest pain, né 39C…", "x", "ﷺ ﷺ", "a\u0301 \u00a0 b", "\u200b"]
)
def test_spans_lie_inside_any_text(encoder_model: SavedModel, text: str) -> None:
    [spans] = load_model(encoder_model.directory).predict([text])
    assert all(0 <= span.start < span.end <= len(text) for span in spans)


def test_a_text_longer_than_the_encoders_window_is_not_cut(encoder_model: SavedModel) -> None:
    text = "The report was sent again. " * 65 + "The patient has chest pain and takes aspirin."
    [spans] = load_model(encoder_model.directory).predict([text])
    assert Span(len(text) - 8, len(text) - 1, "DRUG") in spans


def test_a_directory_without_our_manifest_is_never_loaded(tmp_path: Path) -> None:
    spacy.blank("en").to_disk(tmp_path)
    with pytest.raises(ManifestMissing):
        load_model(tmp_path)


def test_a_model_refuses_an_encoder_it_was_not_trained_on() -> None:
    with pytest.raises(EncoderChanged):
        open_encoder(None, Features((4,)), "0" * 64)


def test_new_words_leave_no_memory_behind(cnn_model: SavedModel) -> None:
    predictor, process = load_model(cnn_model.directory), psutil.Process(os.getpid())

    def predict(start: int) -> int:
        for number in range(start, start + 4_000, 100):
            predictor.predict(
                [f"Word{n} and other{n} again{n}." for n in range(number, number + 100)]
            )
        return int(process.memory_info().rss)

    before = predict(0)
    assert predict(10_000) - before < 2 * 2**20


def test_a_model_keeps_a_bounded_number_of_words_however_many_it_is_asked_of(
    cnn_model: SavedModel,
) -> None:
    predictor = load_model(cnn_model.directory)
    known = predictor.pipeline.nlp.vocab
    for start in range(0, WORDS_KEPT + 2_000, 500):
        predictor.predict([f"sole{number}" for number in range(start, start + 500)])
    # Not its length, which also counts those that are gone again.
    assert WORDS_KEPT <= sum(1 for _ in known) < WORDS_KEPT + 600


def test_tokens_are_told_without_a_model_and_without_blanks() -> None:
    assert Tokenizer().token_offsets("39C  now.") == ((0, 3), (5, 8), (8, 9))


def test_sentences_end_by_rules_and_not_within_abbreviations_or_numbers() -> None:
    text = "  Dr. Lee gave 0.5 mg.  Better? Yes!  "
    found = [text[start:end] for start, end in Tokenizer().sentence_offsets(text)]
    assert found == ["Dr. Lee gave 0.5 mg.", "Better?", "Yes!"]
