"""Precision and recall of a stream, from a sample of its sentences."""

import random

import pytest

from bot.health.estimates import precision, recall
from bot.health.sampling import PLACES, SENTENCES, Checked, Sampled, Stratum, draw, stratum_of

RIGHT = Checked(found=1, right=1, out=1, out_right=1, there=1)
WRONG = Checked(found=1, right=0, out=1, out_right=0, there=0)
MISSED = Checked(found=0, right=0, out=0, out_right=0, there=1)


def test_strata_count_by_how_much_of_the_stream_they_are() -> None:
    """Ten right ones of 900 sentences and ten wrong ones of 100 are a precision of 90 %."""
    found = precision([Sampled(900, [RIGHT] * 10), Sampled(100, [WRONG] * 10)])
    assert found is not None
    assert found.share == pytest.approx(0.9)
    assert found.low < 0.9 < found.high


def test_what_was_missed_lowers_recall_and_not_precision() -> None:
    samples = [Sampled(100, [RIGHT] * 10), Sampled(100, [MISSED] * 5 + [RIGHT] * 5)]
    found, missed = precision(samples), recall(samples)
    assert found is not None
    assert missed is not None
    assert found.share == 1
    assert missed.share == pytest.approx(0.75)


def test_what_was_asked_about_first_is_no_part_of_what_went_out() -> None:
    asked = Checked(found=2, right=1, out=1, out_right=1, there=1)
    sample = [Sampled(50, [asked] * 6)]
    of_out, of_all = precision(sample), precision(sample, out=False)
    assert of_out is not None
    assert of_all is not None
    assert (of_out.share, of_all.share) == (1, 0.5)


def test_no_mistake_in_few_sentences_is_no_certainty() -> None:
    few, many = (precision([Sampled(500, [RIGHT] * count)]) for count in (5, 50))
    assert few is not None
    assert many is not None
    assert min(few.high, many.high) == pytest.approx(1)
    assert few.low < many.low < 1


def test_nothing_checked_or_found_measures_nothing() -> None:
    assert precision([]) is None
    assert precision([Sampled(10, [MISSED])]) is None
    assert recall([Sampled(10, [])]) is None


@pytest.mark.parametrize("truth", [0.7, 0.95])
def test_intervals_hold_the_truth_in_eighteen_of_twenty_weeks(truth: float) -> None:
    random_one, held, runs = random.Random(1), 0, 400
    for _ in range(runs):
        right = [random_one.random() < truth for _ in range(SENTENCES)]
        found = precision([Sampled(500, [RIGHT if each else WRONG for each in right])])
        assert found is not None
        held += found.low <= truth <= found.high
    assert held / runs >= 0.88


def test_a_stratum_is_known_before_anybody_looks() -> None:
    assert stratum_of(found=2, asked=1) is Stratum.ASKED
    assert stratum_of(found=2, asked=0) is Stratum.OUT
    assert stratum_of(found=0, asked=0) is Stratum.EMPTY
    assert sum(PLACES.values()) == SENTENCES


def test_each_sentence_of_a_stratum_is_as_likely_to_be_drawn() -> None:
    chance, times = random.Random(0), [0] * 30
    for _ in range(3_000):
        places: dict[int, int] = {}
        for seen in range(30):
            place = draw(seen, 6, chance).place
            if place is not None:
                places[place] = seen
        assert len(places) == 6
        for seen in places.values():
            times[seen] += 1
    assert all(abs(count - 600) < 130 for count in times)
