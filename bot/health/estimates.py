"""Precision and recall on the stream, from a stratified sample of its sentences. Pure.

A ratio of two weighted sums (Cochran 1977, chapter 6). Its variance is that of the sentences around the ratio within
their strata, so that entities of one sentence do not count as independent; where few or no mistakes were seen it would
be far too small, and the number of sentences that it is worth is bounded by that of the sentences that say something.
The interval is Wilson's (1927) for that many.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.health.sampling import Checked, Sampled

Z = 1.7
"""Nine in ten intervals hold the truth, by simulation; by the normal distribution it would be 1.645."""
_FEWEST = 3.0


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share in 0..1 with its interval, and how many entities in how many sentences it rests on."""

    share: float
    low: float
    high: float
    entities: int
    sentences: int


def precision(samples: Sequence[Sampled], *, out: bool = True) -> Estimate | None:
    """The share of what went out that is right, or of all that was found; None where nothing was."""
    if out:
        return _ratio(samples, lambda one: one.out_right, lambda one: one.out)
    return _ratio(samples, lambda one: one.right, lambda one: one.found)


def recall(samples: Sequence[Sampled]) -> Estimate | None:
    """The share of what there is that was found; None where nothing is."""
    return _ratio(samples, lambda one: one.right, lambda one: one.there)


def _ratio(
    samples: Sequence[Sampled],
    part: Callable[[Checked], int],
    whole: Callable[[Checked], int],
) -> Estimate | None:
    used = [sample for sample in samples if sample.checked]
    weights = [sample.passed / len(sample.checked) for sample in used]
    pairs = [[(part(one), whole(one)) for one in sample.checked] for sample in used]
    total = sum(w * sum(n for _, n in some) for w, some in zip(weights, pairs, strict=True))
    entities = sum(n for some in pairs for _, n in some)
    if not total:
        return None
    share = sum(w * sum(k for k, _ in some) for w, some in zip(weights, pairs, strict=True)) / total
    low, high = _wilson(share, _worth(share, weights, pairs, total))
    told = sum(1 for some in pairs for _, n in some if n)
    return Estimate(share, low, high, entities, told)


def _worth(
    share: float,
    weights: Sequence[float],
    pairs: Sequence[Sequence[tuple[int, int]]],
    total: float,
) -> float:
    """How many entities drawn one by one would say as much."""
    # By Kish (1965): unequal weights make a sample worth less; a sentence is worth its entities at most.
    squares = sum(w * w * n * n for w, some in zip(weights, pairs, strict=True) for _, n in some)
    sentences = total * total / squares
    entities = total / (
        sum(w * w * n for w, some in zip(weights, pairs, strict=True) for _, n in some) / total
    )
    variance = 0.0
    for w, some in zip(weights, pairs, strict=True):
        off = [k - share * n for k, n in some]
        mean = sum(off) / len(off)
        spread = sum((each - mean) ** 2 for each in off)
        variance += w * w * spread * len(off) / max(len(off) - 1, 1)
    variance /= total * total
    seen = share * (1 - share) / variance if variance > 0 else math.inf
    # Mistakes come together in a sentence, by how much few sentences do not say.
    return max(min(seen, entities, (sentences + entities) / 2), _FEWEST)


def _wilson(share: float, worth: float) -> tuple[float, float]:
    scale = 1 + Z * Z / worth
    middle = (share + Z * Z / (2 * worth)) / scale
    half = Z * math.sqrt(share * (1 - share) / worth + Z * Z / (4 * worth * worth)) / scale
    return max(0.0, middle - half), min(1.0, middle + half)
