"""From which confidence on a promised share of what goes out is right, and what that costs.

What fold models found in sentences they did not learn is right or wrong by the gold. A curve is laid through that: the
log odds that an entity is right, as a line over the log odds that the model gives it, with a step for each label. It
has a normal prior, so that few entities do not have to say everything: how much too sure such a network is was measured
on other corpora (`benchmarks/precision.py`), and labels are alike unless they show that they are not (a hierarchical
model: Gelman and Hill 2007, chapter 14). The threshold of a label is the lowest one above which the mean of the curve
is the promise. The spread of the curve (Laplace's approximation) says how far the precision may be from the promise,
and how many entities it would take to be near.

Counting alone (Clopper and Pearson 1934; learn then test, Angelopoulos and others 2021) needs several hundred entities
above the threshold for the same nearness, and goes far above the promise until then.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ner_engine.results import Contract, Outcomes, Threshold

Floats = NDArray[np.float64]

#: How much too sure the final model of such a training is: intercept and slope of the line, as they were in samples of
#: other corpora, and how far (standard deviation) another one may be from that.
LINE, LINE_SPREAD = (-0.3, 0.62), (0.3, 0.15)
#: A fold model has one network, the final one several, whose mean is less sure of itself: by so much.
OF_ONE_NETWORK = 0.87
#: How much one entity says: those of a sample are alike, and another sample makes another model. Without that, nine in
#: ten margins that were told held six in ten.
WORTH = 0.3
#: The same for what one label is more or less often right than others that are as sure.
LABEL_SPREAD = 0.25
#: A label with few entities is as sure as often as others are: they count as so many of its own.
BORROWED = 20.0
#: A promise is one where 18 of 20 such samples are this near to it, a share in 0..1, or nearer where it is a high one.
NEAR, OF_MISTAKES, ONE_SIDED = 0.02, 0.4, 1.645
_STEPS = 50
_LEAST = 1e-6


@dataclass(frozen=True, slots=True)
class _Curve:
    """The line and the steps of the labels, with their covariance."""

    labels: tuple[str, ...]
    weights: Floats
    covariance: Floats

    def inputs(self, odds: Floats, label: str) -> Floats:
        steps = np.zeros((len(odds), len(self.labels)))
        steps[:, self.labels.index(label)] = 1
        return np.column_stack((np.ones_like(odds), odds, steps))

    def right(self, odds: Floats, label: str) -> Floats:
        """How probably entities with these log odds are right."""
        return _logistic(self.inputs(odds, label) @ self.weights)


def make_contract(
    outcomes: Sequence[Outcomes], calibration: tuple[float, float], promise: float
) -> Contract:
    """The thresholds that keep a promise, a share in 0..1 of what goes out, and what they cost.

    ``calibration`` is the slope and the intercept by which the model's confidences follow from its log odds: thresholds
    are confidences.
    """
    known = [_of_several(each) for each in outcomes if each.right or each.wrong]
    entities = sum(len(each.right) + len(each.wrong) for each in known)
    if not known:
        return Contract(promise)
    curve, information = _fit(known)
    cuts = [_cut(curve, known, each, promise) for each in known]
    share = sum(cut.weight for cut in cuts)
    total = share / entities if entities else 0.0
    gradient = sum((cut.gradient for cut in cuts), np.zeros(len(curve.weights)))
    out = [cut for cut in cuts if cut.odds is not None]
    precision = sum(cut.expected for cut in out) / share if share else None
    margin = needed = None
    if share:
        gradient = gradient / share
        margin = ONE_SIDED * math.sqrt(float(gradient @ curve.covariance @ gradient))
        near = min(NEAR, OF_MISTAKES * (1 - promise))
        needed = _needed(gradient, information, entities, near)
    return Contract(
        promise,
        precision=precision,
        margin=margin,
        share=total,
        entities=entities,
        entities_needed=needed,
        thresholds=tuple(
            Threshold(
                each.label,
                None if cut.odds is None else _confidence(cut.odds, calibration),
                cut.share,
                len(each.right) + len(each.wrong),
            )
            for each, cut in zip(known, cuts, strict=True)
        ),
    )


def _of_several(each: Outcomes) -> Outcomes:
    """What the final model would say of the same entities."""
    return Outcomes(
        each.label,
        tuple(OF_ONE_NETWORK * odds for odds in each.right),
        tuple(OF_ONE_NETWORK * odds for odds in each.wrong),
    )


def _fit(outcomes: Sequence[Outcomes]) -> tuple[_Curve, tuple[Floats, Floats]]:
    """The most probable curve, and what is known of it: by the prior, and by the entities (precision matrices)."""
    labels = tuple(each.label for each in outcomes)
    mean = np.array([*LINE, *(0.0 for _ in labels)])
    spread = np.array([*LINE_SPREAD, *(LABEL_SPREAD for _ in labels)])
    prior = np.diag(spread**-2.0)
    start = _Curve(labels, mean, _inverse(prior))
    inputs = np.vstack(
        [start.inputs(np.array([*each.right, *each.wrong]), each.label) for each in outcomes]
    )
    right = np.concatenate([[1.0] * len(each.right) + [0.0] * len(each.wrong) for each in outcomes])
    weights = mean
    for _ in range(_STEPS):
        shares = _logistic(inputs @ weights)
        gradient = WORTH * inputs.T @ (shares - right) + prior @ (weights - mean)
        data = WORTH * (inputs.T * (shares * (1 - shares))) @ inputs
        step = np.linalg.solve(data + prior, gradient)
        while _cost(weights - step, inputs, right, mean, prior) > _cost(
            weights, inputs, right, mean, prior
        ):
            step = step / 2
            if np.abs(step).max() < _LEAST:
                break
        weights = weights - step
        if np.abs(step).max() < _LEAST:
            break
    return _Curve(labels, weights, _inverse(data + prior)), (prior, data)


def _inverse(matrix: Floats) -> Floats:
    return np.asarray(np.linalg.inv(matrix), dtype=np.float64)


def _cost(weights: Floats, inputs: Floats, right: Floats, mean: Floats, prior: Floats) -> float:
    odds, off = inputs @ weights, weights - mean
    return float(WORTH * (np.logaddexp(0, odds) - right * odds).sum() + off @ prior @ off / 2)


@dataclass(frozen=True, slots=True)
class _Cut:
    """Where a label is cut: in log odds, None where it never goes out; the share of its entities above, and how many
    of those seen that is, how many of them are right, and how that changes with the curve."""

    odds: float | None
    share: float
    weight: float
    expected: float
    gradient: Floats


def _cut(curve: _Curve, outcomes: Sequence[Outcomes], own: Outcomes, promise: float) -> _Cut:
    mine = np.array([*own.right, *own.wrong])
    theirs = np.array(
        [odds for each in outcomes if each is not own for odds in (*each.right, *each.wrong)]
    )
    borrowed = np.full(len(theirs), BORROWED / max(len(theirs), 1))
    odds = np.concatenate((mine, theirs))
    weights = np.concatenate((np.ones(len(mine)), borrowed))
    order = np.argsort(-odds, kind="stable")
    odds, weights = odds[order], weights[order]
    right = curve.right(odds, own.label)
    reached = np.nonzero(np.cumsum(right * weights) >= promise * np.cumsum(weights))[0]
    if not len(reached):
        return _Cut(None, 0.0, 0.0, 0.0, np.zeros(len(curve.weights)))
    last = int(reached[-1])
    above = slice(0, last + 1)
    at = float(odds[last] + odds[last + 1]) / 2 if last + 1 < len(odds) else -math.inf
    share = float(weights[above].sum() / weights.sum())
    weight = share * len(mine)
    chance = right[above] * weights[above] / weights[above].sum()
    slopes = (1 - right[above]) * chance
    return _Cut(
        at,
        share,
        weight,
        float(chance.sum()) * weight,
        (slopes @ curve.inputs(odds[above], own.label)) * weight,
    )


def _needed(
    gradient: Floats, information: tuple[Floats, Floats], entities: int, near: float
) -> int | None:
    """About how many entities make the promise one that is kept; None where millions would not."""
    prior, data = information
    wanted = (near / ONE_SIDED) ** 2
    times = 1.0
    while float(gradient @ np.linalg.solve(prior + times * data, gradient)) > wanted:
        times *= 1.1
        if times > 1_000:
            return None
    return math.ceil(entities * times)


def _logistic(values: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(values, -500, 500))))


def _confidence(odds: float, calibration: tuple[float, float]) -> float:
    slope, intercept = calibration
    return float(_logistic(np.array(slope * odds + intercept)))
