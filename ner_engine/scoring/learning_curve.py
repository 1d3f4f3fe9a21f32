"""What more finished sentences are likely to bring: a learning curve, and how it may go on.

Counts in, numbers out. F1 is a share from 0 to 1. Where a curve says little, nothing is said.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ner_engine.resampling import draw
from ner_engine.results import CurvePoint

Counts = NDArray[np.int64]
Floats = NDArray[np.float64]

#: How often sentences are drawn anew, and the share of resamples inside a point's interval.
RESAMPLES, CONFIDENCE = 1_000, 0.95
#: Curves bend differently, and four points cannot tell how: every resample draws its exponent.
#: Weighted by how well they fit, they gave ranges of which only two thirds held the truth.
EXPONENTS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6)
#: By how much F1 differs (standard deviation) between models learned from other sentences, as many.
TRAINING_NOISE = 0.02
#: The share of resamples inside an outlook's range.
INSIDE = 0.8
#: A range is told only up to so many times the present number of sentences, and so wide.
FARTHEST, WIDEST = 5, 4
#: A fit is poor where its errors are larger than noise alone leaves in this share of resamples.
NOISE_QUANTILE = 0.95
#: A label stands out if it is the one that helps most in this share of the resamples, and if
#: twice as many sentences would bring at least so much overall F1 through it.
STANDS_OUT, WORTH = 0.7, 0.01
#: Fewer points have no shape.
FEWEST_POINTS = 3


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """What a model that learned from so many ``sentences`` did on the scored sentences.

    ``counts`` holds for each label an int array (scored sentences, 3): entities found rightly,
    found, and to be found. Samples scored on equally many sentences were scored on the same ones,
    in the same order.
    """

    sentences: int
    counts: Mapping[str, Counts]


@dataclass(frozen=True, slots=True)
class Point(CurvePoint):
    """A point with each label's F1; labels that were neither found nor to be found are left out."""

    per_label: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Outlook:
    """How many more finished sentences are likely to bring ``gain`` more F1: a range."""

    gain: float
    fewest: int
    most: int


@dataclass(frozen=True, slots=True)
class LearningCurve:
    """The points, how the curve may go on, and the label of which more examples help most."""

    points: tuple[Point, ...]
    outlook: Outlook | None = None
    label: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The curve as a JSON object."""
        points = [asdict(point) | {"interval": list(point.interval)} for point in self.points]
        return asdict(self) | {"points": points}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "LearningCurve":
        """The curve that :meth:`to_json` wrote."""
        points = (Point(**p | {"interval": tuple(p["interval"])}) for p in value["points"])
        outlook = value["outlook"] and Outlook(**value["outlook"])
        return cls(tuple(points), outlook, value["label"])


def make_curve(samples: Sequence[Sample], *, gain: float = 0.05, seed: int = 0) -> LearningCurve:
    """Make the curve of samples in the order of their sizes, and look ahead where it can be done.

    The scored sentences are drawn anew (bootstrap); to each resample a power law is fitted by least
    squares, ``ceiling - b * n ** -c`` (Viering and Loog 2022, https://arxiv.org/abs/2103.10948;
    for sizes of samples: Figueroa and others 2012, https://doi.org/10.1186/1472-6947-12-8).
    Raises ValueError if sizes do not rise, arrays have another shape, or ``gain`` is not a share.
    """
    _check(samples, gain)
    resampled = [_resample(sample, seed) for sample in samples]
    points = tuple(map(_point, samples, resampled))
    if len(samples) < FEWEST_POINTS:
        return LearningCurve(points)
    random = np.random.default_rng(seed)
    sizes = np.array([sample.sentences for sample in samples], dtype=np.float64)
    f1s = np.stack([_f1(_overall(totals)) for totals in resampled], axis=1)
    f1s += _noise(random, len(samples))
    if _is_poor(sizes, np.array([point.f1 for point in points]), f1s):
        return LearningCurve(points)
    outlook = _outlook(sizes, f1s, gain, random)
    return LearningCurve(points, outlook, _best_label(sizes, resampled, random))


def words(curve: LearningCurve) -> str | None:
    """What the curve promises, in a sentence; None where it promises nothing."""
    if curve.outlook is None:
        return f"More of {curve.label} would help most." if curve.label else None
    points = f"{curve.outlook.gain * 100:.3g}"
    helps = f"; more of {curve.label} helps most" if curve.label else ""
    return (
        f"About {curve.outlook.fewest:,}–{curve.outlook.most:,} more finished sentences would bring "
        f"{points} point{'' if points == '1' else 's'}{helps}."
    )


def _check(samples: Sequence[Sample], gain: float) -> None:
    sizes = [0, *(sample.sentences for sample in samples)]
    if any(after <= before for before, after in pairwise(sizes)):
        raise ValueError(f"The numbers of sentences have to rise: {sizes[1:]}")
    if not 0 < gain < 1:
        raise ValueError(f"A gain of F1 is a share between 0 and 1, not {gain}")
    for sample in samples:
        shapes = {counts.shape for counts in sample.counts.values()}
        if len(shapes) != 1 or not all(len(shape) == 2 and shape[1] == 3 for shape in shapes):
            raise ValueError(f"Counts have one shape, (sentences, 3), for all labels: {shapes}")


def _resample(sample: Sample, seed: int) -> dict[str, Floats]:
    """Each label's counts summed over as many sentences, drawn with replacement: (RESAMPLES, 3).

    The draw depends on the seed and the number of sentences alone, so equal ones are paired.
    """
    size = len(next(iter(sample.counts.values())))
    if not size:
        return {label: np.zeros((RESAMPLES, 3)) for label in sample.counts}
    random = np.random.default_rng([seed, size])
    parts = [
        {label: floats @ counts for label, counts in sample.counts.items()}
        for floats in (draws.astype(np.float64) for draws in draw(random, size, RESAMPLES))
    ]
    return {label: np.concatenate([part[label] for part in parts]) for label in sample.counts}


def _point(sample: Sample, resampled: Mapping[str, Floats]) -> Point:
    totals = {label: counts.sum(axis=0) for label, counts in sorted(sample.counts.items())}
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(_f1(_overall(resampled)), [tail, 1 - tail])
    per_label = {label: float(_f1(total)) for label, total in totals.items() if total[1:].any()}
    return Point(
        sample.sentences, float(_f1(_overall(totals))), (float(low), float(high)), per_label
    )


def _f1(totals: NDArray[Any]) -> Floats:
    return np.asarray(2 * totals[..., 0] / _entities(totals), dtype=np.float64)


def _overall(totals: Mapping[str, NDArray[Any]]) -> NDArray[Any]:
    return np.asarray(sum(totals.values()))


def _noise(random: np.random.Generator, points: int, *, share: Floats | float = 1.0) -> Floats:
    """Differences between models that learned from other sentences: (RESAMPLES, points).

    A label that makes up a ``share`` of the entities differs more; together the labels differ by
    TRAINING_NOISE.
    """
    deviation = TRAINING_NOISE / np.sqrt(share)
    return np.asarray(random.normal(size=(points, RESAMPLES)) * deviation).T


def _line(sizes: Floats, f1s: Floats, exponents: Floats) -> tuple[Floats, Floats, Floats]:
    """Least squares with known exponents: F1 now, the room above it, and the errors that remain.

    Equal weights: on the same sentences all points are equally noisy, and weights by size covered
    no better.
    """
    shape = 1 - (sizes / sizes[-1]) ** -exponents[:, None]
    centred = shape - shape.mean(axis=1, keepdims=True)
    room = (centred * f1s).sum(axis=1) / (centred**2).sum(axis=1)
    now = f1s.mean(axis=1) - room * shape.mean(axis=1)
    return now, room, f1s - now[:, None] - room[:, None] * shape


def _fit(sizes: Floats, f1s: Floats, random: np.random.Generator) -> tuple[Floats, Floats]:
    """A curve for each row, ``f1(n) = now + room * (1 - (n / last) ** -exponent)``: its room, exponent.

    One that would pass an F1 of 1 bends more, and is as steep as before at the last point.
    """
    exponent = random.choice(EXPONENTS, len(f1s))
    now, room, _ = _line(sizes, f1s, exponent)
    bend = np.maximum(room / np.maximum(1 - now, 1e-3), 1)
    return room / bend, exponent * bend


def _is_poor(sizes: Floats, measured: Floats, f1s: Floats) -> bool:
    """Whether the measured points lie farther from a curve than noise alone would put them."""

    def errors(rows: Floats) -> Floats:
        middle = np.full(len(rows), np.mean(EXPONENTS))
        return np.asarray((_line(sizes, rows, middle)[2] ** 2).sum(axis=1), dtype=np.float64)

    noise = np.quantile(errors(f1s - measured), NOISE_QUANTILE)
    return bool(errors(measured[None, :])[0] > noise)


def _outlook(
    sizes: Floats, f1s: Floats, gain: float, random: np.random.Generator
) -> Outlook | None:
    """The middle of what the resamples need, or None if it is too wide, too far, or out of reach.

    Simulated with six measured curves (BC5CDR by four recipes, NCBI disease, WNUT), 60 to 400
    scored sentences and 100 to 400 to learn from: half of the time there was a range, and it held
    the truth in 84 to 91 %; the misses were mostly too hopeful, on curves that soon go flat. Flat
    ones got no range.
    """
    last = sizes[-1]
    room, exponent = _fit(sizes, f1s, random)
    with np.errstate(divide="ignore", over="ignore"):
        times = (1 - gain / np.maximum(room, gain)) ** (-1 / exponent)
    more = np.sort(last * (times - 1))
    tail = round(RESAMPLES * (1 - INSIDE) / 2)
    fewest, most = more[tail], more[-tail - 1]
    if most > FARTHEST * last or most > WIDEST * fewest:
        return None
    return Outlook(gain, _friendly(fewest, up=False), _friendly(most, up=True))


def _friendly(sentences: float, *, up: bool) -> int:
    """A number people would say, rounded away from the middle of its range."""
    step = 5 if sentences < 50 else 10 if sentences < 200 else 50 if sentences < 1_000 else 100
    steps = np.ceil(sentences / step) if up else np.floor(sentences / step)
    return max(int(steps), 1) * step


def _best_label(
    sizes: Floats, resampled: Sequence[Mapping[str, Floats]], random: np.random.Generator
) -> str | None:
    """The label through which twice as many sentences raise the overall F1 most, if one stands out.

    Overall F1 is the mean of the labels' F1, each weighted with its entities, found and wanted.
    """
    labels = sorted(set.intersection(*(set(totals) for totals in resampled)))
    if len(labels) < 2:
        return None
    gains = np.stack([_gain_through(label, sizes, resampled, random) for label in labels])
    wins = np.bincount(gains.argmax(axis=0), gains.max(axis=0) >= WORTH, len(labels)) / RESAMPLES
    return labels[int(wins.argmax())] if wins.max() >= STANDS_OUT else None


def _gain_through(
    label: str,
    sizes: Floats,
    resampled: Sequence[Mapping[str, Floats]],
    random: np.random.Generator,
) -> Floats:
    """The overall F1 that twice as many sentences bring if this label's curve alone goes on."""
    f1s = np.stack([_f1(totals[label]) for totals in resampled], axis=1)
    share = _entities(resampled[-1][label]) / _entities(_overall(resampled[-1]))
    f1s += _noise(random, len(sizes), share=share)
    room, exponent = _fit(sizes, f1s, random)
    return np.asarray(share * room * (1 - 2**-exponent), dtype=np.float64)


def _entities(totals: NDArray[Any]) -> Floats:
    """Found and wanted ones; never none."""
    return np.asarray(np.maximum(totals[..., 1] + totals[..., 2], 1), dtype=np.float64)
