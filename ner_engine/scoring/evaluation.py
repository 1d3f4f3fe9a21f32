"""How good predictions are, and whether one model is better than another. Plain spans in and out.

Entities count strictly: start, end and label have to be the gold's. Scores are shares from 0 to 1.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ner_engine.annotation import Span
from ner_engine.resampling import draw
from ner_engine.results import Comparison, FinerScores, Score, Scores

Spans = Sequence[Span]
Counts = NDArray[np.int64]

#: How often sentences are drawn anew for an interval; more do not move its first two digits.
RESAMPLES = 1_000
#: The share of resamples inside an interval.
CONFIDENCE = 0.95


def evaluate(gold: Sequence[Spans], predicted: Sequence[Spans], *, seed: int = 0) -> Scores:
    """Score predictions, one sequence of spans a sentence.

    The interval is a percentile bootstrap over sentences (Efron 1979), seeded.
    """
    counts = _count(gold, predicted)
    by_label = count_by_label(gold, predicted)
    per_label = tuple((label, _score(some.sum(axis=0))) for label, some in by_label.items())
    resampled = _f1(_resample(counts, seed))
    return Scores(_score(counts.sum(axis=0)), per_label, _percentiles(resampled), len(counts))


def evaluate_finer(
    gold: Sequence[Spans],
    predicted: Sequence[Spans],
    is_seen: Callable[[int, Span], bool] | None = None,
) -> FinerScores:
    """Score the same predictions leniently, and apart for phrases that were learned and new ones.

    ``is_seen`` says whether the words under a span of a sentence, by its number, were labelled in what
    the model learned that predicted it.
    """
    labels = sorted({span.label for spans in (*gold, *predicted) for span in spans})
    per_label = tuple(
        (label, _lenient(_only(gold, label), _only(predicted, label))) for label in labels
    )
    seen = unseen = None
    if is_seen is not None:
        (seen_gold, new_gold), (seen_found, new_found) = (
            _part(sentences, is_seen) for sentences in (gold, predicted)
        )
        seen = _score(_count(seen_gold, seen_found).sum(axis=0))
        unseen = _score(_count(new_gold, new_found).sum(axis=0))
    return FinerScores(_lenient(gold, predicted), per_label, seen, unseen)


def _lenient(gold: Sequence[Spans], predicted: Sequence[Spans]) -> Score:
    wanted = sum(map(len, gold))
    found = sum(map(len, predicted))
    recalled = sum(
        _is_met(span, spans) for own, spans in zip(gold, predicted, strict=True) for span in own
    )
    precise = sum(
        _is_met(span, spans) for own, spans in zip(predicted, gold, strict=True) for span in own
    )
    precision = precise / found if found else 0.0
    recall = recalled / wanted if wanted else 0.0
    total = precision + recall
    return Score(precision, recall, 2 * precision * recall / total if total else 0.0, wanted)


def _is_met(span: Span, others: Spans) -> bool:
    return any(
        other.label == span.label and other.overlaps(span.start, span.end) for other in others
    )


def _part(
    sentences: Sequence[Spans], is_seen: Callable[[int, Span], bool]
) -> tuple[list[list[Span]], list[list[Span]]]:
    """The spans that were seen, and the others."""
    sides: tuple[list[list[Span]], list[list[Span]]] = ([], [])
    for number, spans in enumerate(sentences):
        known = [is_seen(number, span) for span in spans]
        for side, wanted in zip(sides, (True, False), strict=True):
            side.append([span for span, so in zip(spans, known, strict=True) if so == wanted])
    return sides


def compare(
    gold: Sequence[Spans],
    candidate: Sequence[Spans],
    live: Sequence[Spans],
    *,
    live_version: int = 0,
    seed: int = 0,
) -> Comparison:
    """Compare two models' predictions for the same sentences; ``live_version`` names the second.

    A paired bootstrap: each resample draws the same sentences for both (Berg-Kirkpatrick, Burkett
    and Klein 2012, https://aclanthology.org/D12-1091/).
    """
    ours, theirs = _count(gold, candidate), _count(gold, live)
    deltas = _f1(_resample(ours, seed)) - _f1(_resample(theirs, seed))
    candidate_f1, live_f1 = (float(_f1(counts.sum(axis=0))) for counts in (ours, theirs))
    return Comparison(
        live_version=live_version,
        candidate_f1=candidate_f1,
        live_f1=live_f1,
        sentences=len(ours),
        probability_better=float(np.mean(deltas > 0) + np.mean(deltas == 0) / 2),
        interval=_percentiles(deltas),
    )


def scores_to_json(scores: Scores) -> dict[str, Any]:
    """Scores as a JSON object with one member a label, the form in a model's manifest."""
    return {
        "overall": asdict(scores.overall),
        "per_label": {label: asdict(score) for label, score in scores.per_label},
        "interval": list(scores.interval),
        "sentences": scores.sentences,
    }


def scores_from_json(values: Mapping[str, Any]) -> Scores:
    """Read what :func:`scores_to_json` wrote. Raises ValueError, TypeError, KeyError."""
    low, high = map(_share, values["interval"])
    return Scores(
        overall=_score_from(values["overall"]),
        per_label=tuple(
            (label, _score_from(score)) for label, score in values["per_label"].items()
        ),
        interval=(low, high),
        sentences=int(values["sentences"]),
    )


def _score_from(values: Mapping[str, Any]) -> Score:
    return Score(
        precision=_share(values["precision"]),
        recall=_share(values["recall"]),
        f1=_share(values["f1"]),
        support=int(values["support"]),
    )


def _share(value: Any) -> float:
    # NaN is in no interval.
    if not 0 <= float(value) <= 1:
        raise ValueError(value)
    return float(value)


def count_by_label(gold: Sequence[Spans], predicted: Sequence[Spans]) -> dict[str, Counts]:
    """For each label one row a sentence: entities found rightly, found, and to be found."""
    labels = sorted({span.label for spans in (*gold, *predicted) for span in spans})
    return {label: _count(_only(gold, label), _only(predicted, label)) for label in labels}


def _count(gold: Sequence[Spans], predicted: Sequence[Spans]) -> Counts:
    """One row a sentence: entities found rightly, found, and to be found."""
    rows = [
        (len(set(right) & set(found)), len(set(found)), len(set(right)))
        for right, found in zip(gold, predicted, strict=True)
    ]
    return np.array(rows, dtype=np.int64).reshape(-1, 3)


def _only(sentences: Sequence[Spans], label: str) -> list[list[Span]]:
    return [[span for span in spans if span.label == label] for spans in sentences]


def _score(counts: Counts) -> Score:
    right, found, wanted = (int(count) for count in counts)
    return Score(
        precision=right / found if found else 0.0,
        recall=right / wanted if wanted else 0.0,
        f1=float(_f1(counts)),
        support=wanted,
    )


def _f1(counts: Counts) -> NDArray[np.float64]:
    total = counts[..., 1] + counts[..., 2]
    return np.asarray(2 * counts[..., 0] / np.maximum(total, 1), dtype=np.float64)


def _resample(counts: Counts, seed: int) -> Counts:
    """The summed counts of as many sentences, drawn with replacement, RESAMPLES times."""
    if not len(counts):
        return np.zeros((RESAMPLES, 3), dtype=np.int64)
    random = np.random.default_rng(seed)
    return np.concatenate([draws @ counts for draws in draw(random, len(counts), RESAMPLES)])


def _percentiles(values: NDArray[np.float64]) -> tuple[float, float]:
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(values, [tail, 1 - tail])
    return float(low), float(high)
