"""What to label next: plain numbers in, a ranking of indices out."""

import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]

#: How many sentences a choice has to stand for; more would only cost time.
AUDIENCE = 1_000


def rank(uncertainties: Sequence[float], *, random_share: float = 0.25, seed: int = 0) -> list[int]:
    """Order all sentences: the most uncertain first, and a share of random ones among them.

    Of the first k, ``floor(k * random_share)`` are drawn at random; equal ones keep their order.
    Random ones keep a model from seeing only what it finds hard. Raises ValueError if an
    uncertainty is not a number or the share is not between 0 and 1.
    """
    values = np.asarray(uncertainties, dtype=np.float64)
    if np.isnan(values).any():
        raise ValueError("An uncertainty is not a number")
    if not 0 <= random_share <= 1:
        raise ValueError(f"A share is between 0 and 1, not {random_share}")
    by_uncertainty = np.argsort(-values, kind="stable").tolist()
    by_chance = np.random.default_rng(seed).permutation(len(values)).tolist()
    return list(_mix(by_uncertainty, by_chance, random_share))


def diverse_first(vectors: Floats, count: int, *, seed: int = 0) -> list[int]:
    """Choose sentences that stand for all others, for a first batch before there is a model.

    ``vectors`` has the shape (sentences, dimensions); only directions count. Greedy facility
    location (Wei, Iyer and Bilmes 2015, https://proceedings.mlr.press/v37/wei15.html): each choice
    adds most to how near the others are to one chosen, so that the first ones are the most typical
    of their kind and odd ones out come late. A copy of a chosen sentence comes only when there is
    nothing else. Returns ``min(count, sentences)`` indices, best first; time grows with ``count``.
    Raises ValueError if a vector is not finite, the shape another, or ``count`` negative.
    """
    if vectors.ndim != 2 or not np.isfinite(vectors).all():
        raise ValueError("Vectors are finite, with the shape (sentences, dimensions)")
    if count < 0:
        raise ValueError(f"A count is not negative: {count}")
    units = _unit_length(vectors)
    firsts, copies = _tell_copies(units)
    chosen = _most_representative(units[firsts], min(count, len(firsts)), seed)
    return [firsts[index] for index in chosen] + copies[: count - len(chosen)]


def _mix(certain: Sequence[int], chance: Sequence[int], share: float) -> Iterator[int]:
    """All indices once; at every step from one of two orders of them."""
    taken: set[int] = set()
    orders = iter(certain), iter(chance)
    for step in range(len(certain)):
        at_random = math.floor((step + 1) * share) > math.floor(step * share)
        index = next(index for index in orders[at_random] if index not in taken)
        taken.add(index)
        yield index


def _unit_length(vectors: Floats) -> NDArray[np.float32]:
    """Vectors of length 1; those without a direction stay zero."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > 0, lengths, 1), dtype=np.float32)


def _tell_copies(units: NDArray[np.float32]) -> tuple[list[int], list[int]]:
    """The indices of each first vector of its kind, and of those that repeat one."""
    first: dict[bytes, int] = {}
    for index, unit in enumerate(units + np.float32(0)):  # which makes -0.0 of the same kind as 0.0
        first.setdefault(unit.tobytes(), index)
    firsts = list(first.values())
    return firsts, sorted(set(range(len(units))) - set(firsts))


def _most_representative(units: NDArray[np.float32], count: int, seed: int) -> list[int]:
    size = len(units)
    audience = np.random.default_rng(seed).permutation(size)[:AUDIENCE]
    nearness = units @ units[audience].T
    nearness[audience, np.arange(len(audience))] = 0  # nobody stands for itself alone
    reached = np.zeros(len(audience), dtype=np.float32)
    open_ones, chosen = np.ones(size, dtype=np.bool_), list[int]()
    for _ in range(count):
        gains = np.maximum(nearness - reached, 0).sum(axis=1)
        best = int(np.where(open_ones, gains, -1).argmax())
        reached = np.maximum(reached, nearness[best])
        reached[audience == best] = 1
        open_ones[best] = False
        chosen.append(best)
    return chosen
