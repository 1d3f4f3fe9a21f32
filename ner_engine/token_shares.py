"""How probable each label is at each word, in little room: what a promise of recall is made from."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

#: A probability is kept as its decimal logarithm in hundredths, rounded down; lower ones than 1e-6 say nothing more.
FLOOR = -600
_STEPS = 100

Row = tuple[int, ...]
"""The probability of each label at one word."""


def kept(probability: float) -> int:
    """A probability as it is kept."""
    return FLOOR if probability <= 0 else max(FLOOR, math.floor(_STEPS * math.log10(probability)))


def share_of(row: Sequence[int], places: Iterable[int]) -> float:
    """The probability that a word has one of some labels, by their places; 0 where it is as good as none."""
    return min(1.0, sum(10 ** (row[place] / _STEPS) for place in places if row[place] > FLOOR))


@dataclass(frozen=True, slots=True)
class TokenShares:
    """What models that never saw some sentences say of their words: a row a word, with a probability a label.

    ``entities`` are those of the gold with the rows of their words, ``others`` the rows of words in no entity. No word
    is in it.
    """

    labels: tuple[str, ...]
    entities: tuple[tuple[str, tuple[Row, ...]], ...]
    others: tuple[Row, ...]
    words: int = 0
    """How many words there were in no entity, where ``others`` are only some of them."""

    def under(self, labels: Sequence[str]) -> "TokenShares":
        """The same with the columns of these labels."""
        places = [self.labels.index(name) if name in self.labels else None for name in labels]

        def row(old: Row) -> Row:
            return tuple(FLOOR if place is None else old[place] for place in places)

        entities = tuple((label, tuple(map(row, rows))) for label, rows in self.entities)
        return TokenShares(tuple(labels), entities, tuple(map(row, self.others)), self.words)


def thinned(shares: TokenShares, *, entities: int, others: int) -> TokenShares:
    """Every second or third, and so on, where there are more: of each label's entities, and of the other words."""
    by_label: dict[str, list[tuple[str, tuple[Row, ...]]]] = {}
    for each in shares.entities:
        by_label.setdefault(each[0], []).append(each)
    return TokenShares(
        shares.labels,
        tuple(
            one
            for _, some in sorted(by_label.items())
            for one in some[:: math.ceil(len(some) / entities)]
        ),
        shares.others[:: math.ceil(len(shares.others) / others) or 1],
        len(shares.others),
    )


def joined(every: Iterable[TokenShares]) -> TokenShares:
    """The shares of several sentences."""
    every = tuple(every)
    labels = tuple(sorted({label for shares in every for label in shares.labels}))
    same = [shares.under(labels) for shares in every]
    return TokenShares(
        labels,
        tuple(one for shares in same for one in shares.entities),
        tuple(row for shares in same for row in shares.others),
    )
