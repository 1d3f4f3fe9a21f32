"""From which probability on a word is masked, so that at most a promised share of entities slips through.

An entity slips through where a word of it can be read. Of those that models met that had not learned them, the least
probable word of each is looked at: the promise holds for a threshold below which so few of them are that, were the
share of such entities larger than promised, so few would be seen once in ten times at most (a one-sided tolerance
bound: Wilks 1941; the same as the calibration of a conformal risk controller, Bates and others 2021). Nothing is
assumed of the probabilities but that the same entities come again: what is written about otherwise is another matter.
"""

import math
from collections.abc import Sequence

from ner_engine.redaction.values import LabelSlip, Slip
from ner_engine.token_shares import TokenShares, share_of

#: How seldom a promise may be broken by the chance of which sentences were there.
BROKEN = 0.1
#: A word that is rather in an entity than not is masked whatever was promised.
HIGHEST = 0.5


def make_slip(shares: TokenShares, labels: Sequence[str], promise: float) -> Slip:
    """What a promise takes for these labels together: the lowest threshold of any of them."""
    places = [shares.labels.index(label) for label in labels if label in shares.labels]
    each = tuple(_of_label(shares, label, places, promise) for label in labels)
    found = [one.threshold for one in each]
    if not found or None in found:
        return Slip(promise, None, each)
    threshold = min([HIGHEST, *(one for one in found if one is not None)])
    chosen = frozenset(labels)
    inside = [
        share_of(row, places) >= threshold
        for label, rows in shares.entities
        for row in rows
        if label in chosen
    ]
    others = [share_of(row, places) >= threshold for row in shares.others]
    others += [
        share_of(row, places) >= threshold
        for label, rows in shares.entities
        for row in rows
        if label not in chosen
    ]
    times = (shares.words or len(shares.others)) / max(len(shares.others), 1)
    needlessly = sum(others) / max(len(others), 1)
    words = len(inside) + times * len(others)
    masked = (sum(inside) + times * sum(others)) / words if words else 0.0
    return Slip(promise, threshold, each, masked, needlessly)


def _of_label(shares: TokenShares, label: str, places: Sequence[int], promise: float) -> LabelSlip:
    least = sorted(
        min((share_of(row, places) for row in rows), default=0.0)
        for name, rows in shares.entities
        if name == label
    )
    may_slip = allowed(len(least), promise)
    if may_slip is None:
        return LabelSlip(label, None, len(least), fewest(promise))
    threshold = least[may_slip]
    return LabelSlip(label, threshold or None, len(least), len(least) if threshold else None)


def allowed(entities: int, promise: float) -> int | None:
    """How many of some entities may slip through where a promise is made; None where there are too few of them."""
    total, slipping = 0.0, None
    for number in range(entities):
        total += _binomial(number, entities, promise)
        if total > BROKEN:
            break
        slipping = number
    return slipping


def _binomial(number: int, entities: int, share: float) -> float:
    if not 0 < share < 1:
        return float(number == 0) if share <= 0 else 0.0
    ways = math.lgamma(entities + 1) - math.lgamma(number + 1) - math.lgamma(entities - number + 1)
    log = ways + number * math.log(share) + (entities - number) * math.log1p(-share)
    return math.exp(log)


def fewest(promise: float) -> int:
    """How many entities of a label it takes at least."""
    return math.ceil(math.log(BROKEN) / math.log1p(-promise))
