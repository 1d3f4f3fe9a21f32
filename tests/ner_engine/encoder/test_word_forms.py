"""The columns that tell words apart by how they are written."""

import hashlib
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ner_engine.encoder.frozen_encoder import open_encoder
from ner_engine.encoder.vector_store import VectorStore
from ner_engine.encoder.word_forms import FORMS, HEIGHT, word_forms
from ner_engine.pipeline.architectures import frozen_encoder
from ner_engine.recipes import Features
from tests.ner_engine.encoder.test_frozen_encoder import words

WIDTH = 64
DRAWN = "072b039e3a5d2bb74c14fa5e3352c137be30376c39b98f2c62add0bc81a2cd35"
FEATURES = Features((4,), ("first", "last"), normalize=True, shapes=True)


def parts(word: str) -> list[list[float]]:
    """The columns of the word, of its first letters and of its last."""
    return word_forms([word], WIDTH).reshape(FORMS, WIDTH).tolist()


@given(st.lists(st.text(min_size=1)))
def test_a_word_has_the_same_columns_wherever_it_stands(words: list[str]) -> None:
    rows = word_forms(words, WIDTH)
    assert rows.shape == (len(words), FORMS * WIDTH)
    for word, row in zip(words, rows, strict=True):
        assert np.array_equal(row, word_forms([word], WIDTH)[0])


def test_each_number_is_one_height_up_or_down_and_about_as_many_are_up_as_down() -> None:
    rows = word_forms([f"word{number}" for number in range(100)], WIDTH)
    assert set(np.unique(rows)) == {-HEIGHT, HEIGHT}
    assert abs(float(rows.astype(np.float32).mean())) < 0.02


def test_words_that_begin_or_end_alike_share_the_columns_of_that_and_no_others() -> None:
    one, other = parts("Hyperthyroidism"), parts("hypothyroidism")
    assert one[0] != other[0]
    assert one[1] == other[1]
    assert one[2] == other[2]
    assert parts("hyperbole")[2] != one[2]


def test_columns_are_those_that_models_on_disk_learned_from() -> None:
    """Were they drawn otherwise, every saved model would read other words."""
    drawn = word_forms(["Borrower", "§", "Zürich"], WIDTH)
    assert drawn.dtype == np.float16
    assert (
        hashlib.sha256(drawn.tobytes()).hexdigest()
        == "072b039e3a5d2bb74c14fa5e3352c137be30376c39b98f2c62add0bc81a2cd35"
    )


def test_they_stand_behind_an_encoders_vectors_and_are_not_in_its_store(tmp_path: Path) -> None:
    plain, encoder = open_encoder(None, FEATURES), open_encoder(None, FEATURES, forms=WIDTH)
    encoder.store = VectorStore(tmp_path)
    asked = words("The Borrower pays")
    rows = encoder.halves(asked, remember=True)
    assert np.array_equal(rows[:, : plain.width], plain.halves(asked))
    assert np.array_equal(rows[:, plain.width :], word_forms(["The", "Borrower", "pays"], WIDTH))
    kept = encoder.store.read(encoder.key(asked))
    assert kept is not None
    assert kept.shape[1] == plain.width


def test_a_model_from_before_there_were_any_reads_none() -> None:
    made = frozen_encoder([4], pooling=["mean"])
    assert made.get_dim("nO") == open_encoder(None, Features((4,), ("mean",))).width
