import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ner_engine.scoring.learning_curve import (
    FARTHEST,
    Counts,
    LearningCurve,
    Outlook,
    Point,
    Sample,
    make_curve,
    words,
)

SIZES = (50, 100, 150, 200)
#: F1 by sentences learned from, a power law; with MORE than the last, it is 5 points higher.
LAW = {size: 0.9 - 1.9 * size**-0.4 for size in SIZES}
MORE = 171
ROWS = st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 3)).map(
    lambda row: (min(row), row[1], row[2])
)


def scored(f1: float, *, sentences: int = 200, entities: int = 2) -> Counts:
    """Sentences with as many entities each, of which a share of ``f1`` is right, evenly spread."""
    share = np.floor(np.arange(1, sentences + 1) * f1 * entities)
    right = np.diff(share, prepend=0)
    return np.stack([right, *[np.full(sentences, entities)] * 2], axis=1).astype(np.int64)


def samples(per_label: Mapping[str, Sequence[float]], **scoring: int) -> list[Sample]:
    return [
        Sample(size, {label: scored(f1s[place], **scoring) for label, f1s in per_label.items()})
        for place, size in enumerate(SIZES[: len(next(iter(per_label.values())))])
    ]


def simulated(f1: float, random: np.random.Generator) -> Counts:
    """200 sentences with two entities, found with chance ``f1``, which varies with the training."""
    chance = f1 + random.normal(0, 0.015)
    right = random.binomial(2, chance, 200)
    found = right + random.poisson(2 * (1 - chance), 200)
    return np.stack([right, found, np.full(200, 2)], axis=1)


RISING = [LAW[size] for size in SIZES]


def test_a_point_holds_f1_overall_and_for_each_label_with_an_entity() -> None:
    counts = {
        "DRUG": np.array([[1, 1, 1], [0, 0, 1]]),
        "SYMPTOM": np.array([[0, 1, 1], [0, 0, 0]]),
        "TEST": np.zeros((2, 3), dtype=np.int64),
    }
    (point,) = make_curve([Sample(10, counts)]).points
    assert point.sentences == 10
    assert point.f1 == pytest.approx(2 / 5)
    assert point.per_label == {"DRUG": pytest.approx(2 / 3), "SYMPTOM": 0}
    assert point.interval[0] <= point.f1 <= point.interval[1]


def test_a_rising_curve_promises_a_range_around_the_truth() -> None:
    outlook = make_curve(samples({"DRUG": RISING})).outlook
    assert outlook is not None
    assert outlook.gain == 0.05
    assert outlook.fewest < MORE < outlook.most


def test_less_gain_takes_fewer_sentences() -> None:
    curves = [make_curve(samples({"DRUG": RISING}), gain=gain) for gain in (0.03, 0.05)]
    less, more = (curve.outlook for curve in curves)
    assert less is not None
    assert more is not None
    assert (less.fewest, less.most) < (more.fewest, more.most)


def test_most_ranges_hold_the_truth() -> None:
    random = np.random.default_rng(0)
    outlooks = [
        make_curve([Sample(n, {"DRUG": simulated(LAW[n], random)}) for n in SIZES]).outlook
        for _ in range(40)
    ]
    told = [outlook for outlook in outlooks if outlook]
    assert len(told) >= 20
    assert np.mean([outlook.fewest <= MORE <= outlook.most for outlook in told]) >= 0.8


@pytest.mark.parametrize(
    "f1s",
    [
        pytest.param([0.7, 0.7, 0.7, 0.7], id="flat"),
        pytest.param([0.8, 0.75, 0.7, 0.65], id="falling"),
        pytest.param([0.4, 0.7, 0.42, 0.72], id="no curve but a zigzag"),
        pytest.param([0.7, 0.715, 0.725, 0.73], id="too far to look"),
        pytest.param([0.6, 0.8, 0.9, 0.97], id="no room above"),
        pytest.param([0.4, 0.6], id="two points"),
        pytest.param([0.0, 0.0, 0.0, 0.0], id="nothing found"),
    ],
)
def test_nothing_is_promised_where_the_curve_says_little(f1s: list[float]) -> None:
    assert make_curve(samples({"DRUG": f1s})).outlook is None


def test_few_scored_sentences_promise_nothing() -> None:
    assert make_curve(samples({"DRUG": RISING}, sentences=8, entities=1)).outlook is None


def test_nothing_scored_is_an_f1_of_zero_and_no_promise() -> None:
    curve = make_curve(samples({"DRUG": RISING, "TEST": RISING}, sentences=0))
    assert [point.f1 for point in curve.points] == [0, 0, 0, 0]
    assert words(curve) is None


def test_samples_scored_on_the_same_sentences_tell_more_than_on_different_ones() -> None:
    def width(lengths: Sequence[int]) -> float:
        random = np.random.default_rng(1)
        hard = random.permutation(200)
        counts = [scored(LAW[n])[hard][:length] for n, length in zip(SIZES, lengths, strict=True)]
        rows = zip(SIZES, counts, strict=True)
        outlook = make_curve([Sample(n, {"DRUG": count}) for n, count in rows]).outlook
        return outlook.most / outlook.fewest if outlook else float("inf")

    assert width([200, 200, 200, 200]) < width([200, 199, 198, 197])


def test_a_label_that_alone_goes_on_rising_helps_most() -> None:
    flat = [0.8, 0.8, 0.8, 0.8]
    assert make_curve(samples({"DRUG": RISING, "TEST": flat})).label == "DRUG"


@pytest.mark.parametrize(
    "per_label",
    [
        pytest.param({"DRUG": RISING}, id="a single one"),
        pytest.param({"DRUG": RISING, "TEST": RISING}, id="two alike"),
        pytest.param({"DRUG": [0.8] * 4, "TEST": [0.7] * 4}, id="none rises"),
        pytest.param({"DRUG": RISING[:2], "TEST": [0.7] * 2}, id="two points"),
    ],
)
def test_no_label_is_named_where_none_stands_out(per_label: dict[str, list[float]]) -> None:
    assert make_curve(samples(per_label)).label is None


def test_a_steep_label_that_hardly_occurs_is_not_named_before_a_frequent_one() -> None:
    both = [
        Sample(size, {"DRUG": scored(LAW[size], entities=3), "RARE": rare})
        for size, rare in zip(SIZES, map(rarely_found, RISING), strict=True)
    ]
    assert make_curve(both).label == "DRUG"


def rarely_found(f1: float) -> Counts:
    """One entity in 20 sentences."""
    counts = scored(f1, entities=1)
    counts[np.arange(200) % 20 > 0] = 0
    return counts


@given(st.lists(st.lists(ROWS, min_size=5, max_size=5), min_size=1, max_size=4))
@settings(max_examples=30)
def test_whatever_was_counted_the_numbers_are_in_order_and_within_reach(counted: Any) -> None:
    rows = [np.array(table, dtype=np.int64) for table in counted]
    curve = make_curve(
        [Sample(n, {"A": table[:3], "B": table[2:]}) for n, table in zip(SIZES, rows, strict=False)]
    )
    for point in curve.points:
        assert 0 <= point.interval[0] <= point.interval[1] <= 1
    if curve.outlook:
        assert 0 < curve.outlook.fewest <= curve.outlook.most <= 2 * FARTHEST * SIZES[-1]


def test_the_curve_is_the_same_every_time() -> None:
    once, twice = (make_curve(samples({"A": RISING, "B": [0.7] * 4}), seed=3) for _ in range(2))
    assert once == twice


def test_a_curve_is_json_and_back() -> None:
    for curve in (make_curve(samples({"A": RISING, "B": [0.7] * 4})), LearningCurve(())):
        assert LearningCurve.from_json(json.loads(json.dumps(curve.to_json()))) == curve


@pytest.mark.parametrize(
    ("outlook", "label", "expected"),
    [
        (
            Outlook(0.05, 60, 120),
            "DRUG",
            "About 60–120 more finished sentences would bring 5 points; more of DRUG helps most.",
        ),
        (
            Outlook(0.01, 900, 1_200),
            None,
            "About 900–1,200 more finished sentences would bring 1 point.",
        ),
        (None, "DRUG", "More of DRUG would help most."),
        (None, None, None),
    ],
)
def test_a_promise_is_a_plain_sentence_and_no_promise_is_none(
    outlook: Outlook | None, label: str | None, expected: str | None
) -> None:
    points = (Point(200, 0.7, (0.6, 0.8), {"DRUG": 0.7}),)
    assert words(LearningCurve(points, outlook, label)) == expected


@pytest.mark.parametrize("sizes", [(100, 50), (50, 50), (0, 50)])
def test_sizes_that_do_not_rise_are_refused(sizes: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="rise"):
        make_curve([Sample(size, {"DRUG": scored(0.5)}) for size in sizes])


@pytest.mark.parametrize("gain", [0, 1, -0.05, float("nan")])
def test_a_gain_that_is_no_share_is_refused(gain: float) -> None:
    with pytest.raises(ValueError, match="gain"):
        make_curve([], gain=gain)


@pytest.mark.parametrize(
    "counts",
    [
        pytest.param({}, id="no label"),
        pytest.param({"DRUG": np.zeros((4, 2), dtype=np.int64)}, id="two columns"),
        pytest.param({"DRUG": scored(0.5), "TEST": scored(0.5, sentences=3)}, id="two lengths"),
    ],
)
def test_counts_of_another_shape_are_refused(counts: dict[str, Counts]) -> None:
    with pytest.raises(ValueError, match="shape"):
        make_curve([Sample(10, counts)])
