"""What a trained model marks, and with which promise."""

from pathlib import Path

import pytest

from ner_engine.annotation import Span
from ner_engine.model_files.marginals import read_marginals, write_marginals
from ner_engine.prediction.predictor import Predictor, load_model
from ner_engine.redaction.marks import mark, slip_of
from ner_engine.token_shares import FLOOR, TokenShares, kept
from tests.ner_engine.conftest import SavedModel

TEXT = "Visit 3: He was treated with aspirin for   nausea."


@pytest.fixture(scope="module")
def model(encoder_model: SavedModel) -> Predictor:
    return load_model(encoder_model.directory)


def keep(folder: Path, least: float) -> Path:
    """Marginals in which every entity has a word that is so probable."""
    row = (kept(least), FLOOR)
    write_marginals(folder, TokenShares(("DRUG", "SYMPTOM"), (("DRUG", (row,)),) * 60, (row,)))
    return folder


def test_what_is_found_is_marked_under_the_labels_that_are_asked_for(
    model: Predictor, tmp_path: Path
) -> None:
    (drug, symptom), *_ = [each.found for each in mark(model, tmp_path, [TEXT]).texts]
    assert (TEXT[drug.start : drug.end], TEXT[symptom.start : symptom.end]) == ("aspirin", "nausea")
    assert mark(model, tmp_path, [TEXT], labels=["drug"]).texts[0].found == (drug,)


def test_below_what_is_found_words_are_marked_that_are_probable_enough(
    model: Predictor, tmp_path: Path
) -> None:
    """The lower the threshold, the more; each word is in one mark."""
    marked = []
    for least in (0.4, 1e-5):
        folder = tmp_path / str(least)
        folder.mkdir()
        marks = mark(model, keep(folder, least), [TEXT], labels=["DRUG"], promise=0.05)
        assert marks.slip is not None
        assert marks.slip.threshold == pytest.approx(least, rel=0.03)
        (one,) = marks.texts
        assert [TEXT[span.start : span.end] for span in one.found] == ["aspirin"]
        marked.append(sum(span.end - span.start for span in one.doubtful))
        places = [n for span in (*one.found, *one.doubtful) for n in range(span.start, span.end)]
        assert len(places) == len(set(places))
    assert marked[0] < marked[1]


def test_nothing_is_marked_where_nothing_can_be_promised(model: Predictor, tmp_path: Path) -> None:
    marks = mark(model, tmp_path, [TEXT], promise=0.05)
    assert marks.slip is not None
    assert marks.slip.threshold is None
    assert marks.texts[0].found == ()


def test_a_label_of_a_pretrained_base_can_be_promised_nothing(tmp_path: Path) -> None:
    folder = keep(tmp_path, 0.4)
    assert slip_of(folder, ("DRUG",), 0.05, ("DRUG",)).threshold is not None
    assert slip_of(folder, ("DRUG", "ORG"), 0.05, ("DRUG",)).threshold is None


def test_marginals_come_back_as_they_went(tmp_path: Path) -> None:
    assert read_marginals(tmp_path) is None
    shares = TokenShares(("A",), (("A", ((-3,), (FLOOR,))),), ((-7,),), 1)
    write_marginals(tmp_path, shares)
    assert read_marginals(tmp_path) == shares


def test_a_span_is_one_of_plain_numbers(model: Predictor, tmp_path: Path) -> None:
    """Marks go to other processes as JSON."""
    marks = mark(model, keep(tmp_path, 1e-5), [TEXT], labels=["DRUG"], promise=0.05)
    assert all(type(span) is Span and type(span.start) is int for span in marks.texts[0].doubtful)
