"""When word forms are read: where labelled phrases return letter by letter."""

import pytest

from ner_engine import AnnotatedText, Span, TrainingSettings, train_model
from ner_engine.encoder.frozen_encoder import encoder_for
from ner_engine.pipeline.pipeline import Pipeline
from ner_engine.training.returning import FEW, share_returning, with_word_forms
from tests.ner_engine.data import make_gold


def names(*names: str, label: str = "PARTY") -> list[AnnotatedText]:
    """A sentence for each name."""
    return [
        AnnotatedText(f"{name} pays: clause {number}.", (Span(0, len(name), label),))
        for number, name in enumerate(names)
    ]


def reads_forms(pipeline: Pipeline) -> bool:
    config = pipeline.nlp.config["components"][pipeline.ours]["model"]["tok2vec"]
    return bool(config["forms"])


def test_the_share_counts_mentions_whose_phrase_another_sentence_has() -> None:
    assert share_returning(names("Borrower", "borrower", "Lender", "Acme")) == 0.5
    assert share_returning([]) == 0


def test_a_phrase_does_not_return_in_a_copy_of_its_sentence_or_under_another_label() -> None:
    assert share_returning(names("Borrower") * 3) == 0
    assert share_returning(names("Borrower") + names("x", "Borrower", label="ORG")) == 0


def test_word_forms_are_read_where_most_phrases_return() -> None:
    often, rarely = names(*["Borrower", "Lender"] * 3), names("Acme", "Ito", "Park", "Park")
    assert with_word_forms(TrainingSettings(), often).word_forms is True
    assert with_word_forms(TrainingSettings(), rarely).word_forms is False
    assert with_word_forms(TrainingSettings(preset="cnn"), often).word_forms is False


def test_word_forms_are_read_in_a_language_that_the_encoder_does_not_know() -> None:
    rarely = names("Acme", "Ito")
    assert with_word_forms(TrainingSettings(language="pt"), rarely).word_forms is True


@pytest.mark.parametrize("chosen", [True, False])
def test_what_the_settings_say_counts(*, chosen: bool) -> None:
    settings = TrainingSettings(word_forms=chosen, steps=20)
    assert with_word_forms(settings, names("Borrower", "Borrower")) == settings
    encoder = encoder_for(settings)
    assert encoder is not None
    assert bool(encoder.forms) == chosen
    assert reads_forms(train_model(make_gold(3), settings)) == chosen


def test_a_training_decides_by_what_it_learns() -> None:
    assert reads_forms(train_model(make_gold(3), TrainingSettings(steps=20)))


def test_with_many_sentences_the_vectors_have_learned_what_returns() -> None:
    many = names(*["Borrower", "Lender"] * (FEW // 2))
    assert with_word_forms(TrainingSettings(), many).word_forms is True
    assert with_word_forms(TrainingSettings(), [*many, many[0]]).word_forms is False
