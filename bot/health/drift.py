"""Whether a stream has become another one: a sequential test of vocabulary, confidence and labels. Pure.

Each value of a message gets its rank among those before it, which is uniform as long as nothing changes, however the
values are distributed (a conformal test martingale; Vovk and others 2021, "Retrain or not retrain"). Bets against that
multiply where ranks are too often high or low, and begin again at 1 where they lost everything (an e-detector; Shin,
Ramdas and Rinaldo 2022): while nothing changes it takes LIMIT messages on average, or more, until they reach LIMIT.
"""

import math
import random
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

LIMIT = 10_000.0
"""One false alarm in so many messages at most, on average."""
_BETS = (-1.8, -0.9, 0.0, 0.9, 1.8)
"""Slopes of the bets: below 0 they win where values are high."""
_JUMP = 0.01
"""The share of a bet's capital that goes to the others after each message."""
REFERENCE = 1_000
"""So many values are kept to rank the next ones by."""
LATELY = 20
"""What is said of a change is the mean of so many values."""
_FIRST = 100
"""What it was before is that of so many."""
SUSPICIOUS = 100.0
"""From this on a change is likely enough to look at what comes."""

_DIGITS = 4
"""Of a value that is kept."""

Side = Literal["both", "high"]
Part = Literal["vocabulary", "confidence", "density", "labels"]


@dataclass(slots=True)
class Detector:
    """The bets on one kind of value; ``seen`` is in order, ``capitals`` are those of the bets, ``wealth`` the statistic
    that reaches LIMIT."""

    side: Side = "both"
    seen: list[float] = field(default_factory=list)
    capitals: list[float] = field(default_factory=list)
    wealth: float = 1.0
    first: float = 0.0
    """The sum of the first values, and how many they are."""
    firsts: int = 0
    lately: list[float] = field(default_factory=list)

    def begin(self, values: Iterable[float]) -> None:
        """Rank by these from the start."""
        known = [round(value, _DIGITS) for value in values]
        # Of many every second one, or every third: all of the training set is as likely to be among them.
        known = known[:: math.ceil(len(known) / REFERENCE) or 1]
        self.seen = sorted(known)
        if known:
            self.first, self.firsts = _FIRST * sum(known) / len(known), _FIRST

    def add(self, value: float, chance: random.Random) -> None:
        """Take the next value."""
        value = round(value, _DIGITS)
        if self.seen:
            self._bet(self._rank(value, chance))
        if len(self.seen) < REFERENCE:
            insort(self.seen, value)
        if self.firsts < _FIRST:
            self.first, self.firsts = self.first + value, self.firsts + 1
        self.lately = [*self.lately, value][-LATELY:]

    @property
    def usual(self) -> float:
        """The mean at the beginning."""
        return self.first / max(self.firsts, 1)

    @property
    def now(self) -> float:
        """The mean of the last values."""
        return sum(self.lately) / max(len(self.lately), 1)

    def _rank(self, value: float, chance: random.Random) -> float:
        """The share of values that are higher, in 0..1; of equal ones a random share."""
        below, up_to = bisect_left(self.seen, value), bisect_right(self.seen, value)
        higher, equal = len(self.seen) - up_to, up_to - below + 1
        return (higher + chance.random() * equal) / (len(self.seen) + 1)

    def _bet(self, rank: float) -> None:
        bets = [bet for bet in _BETS if self.side == "both" or bet <= 0]
        before = self.capitals or [1 / len(bets)] * len(bets)
        total = sum(before)
        kept = [(1 - _JUMP) * each + _JUMP * total / len(bets) for each in before]
        after = [each * (1 + bet * (rank - 0.5)) for bet, each in zip(bets, kept, strict=True)]
        self.wealth = max(self.wealth, 1.0) * sum(after) / total
        # Only their shares matter from here on.
        self.capitals = [each / sum(after) for each in after]


@dataclass(frozen=True, slots=True)
class Message:
    """What is looked at of one message: the share of its words that the training set has not, None where that is not
    known, the least confidence of what was found, None where nothing was, how much was found for each ten words, and
    the labels."""

    unknown: float | None
    confidence: float | None
    density: float
    labels: tuple[str, ...] = ()


@dataclass(slots=True)
class Drift:
    """The state of the test, without a text; ``common`` is the label that was found most often at the beginning."""

    vocabulary: Detector = field(default_factory=lambda: Detector("high"))
    confidence: Detector = field(default_factory=Detector)
    density: Detector = field(default_factory=Detector)
    labels: Detector = field(default_factory=Detector)
    common: str | None = None
    messages: int = 0
    channels: list[str] = field(default_factory=list)
    """Where the last messages were written."""
    type: Literal["drift"] = "drift"

    @classmethod
    def against(cls, unknown: Iterable[float], common: str | None) -> "Drift":
        """A test against a training set: the share of each of its sentences' words that the others have not, and the
        label that it has most often."""
        drift = cls(common=common)
        drift.vocabulary.begin(unknown)
        return drift

    def add(self, message: Message, chance: random.Random, *, channel: str = "") -> None:
        """Take the next message."""
        self.messages += 1
        self.channels = [*self.channels, channel][-LATELY:]
        if message.unknown is not None:
            self.vocabulary.add(message.unknown, chance)
        self.density.add(message.density, chance)
        if message.confidence is not None:
            self.confidence.add(message.confidence, chance)
        for label in message.labels[:1]:
            self.labels.add(float(label == self.common), chance)

    @property
    def wealths(self) -> dict[Part, float]:
        """The statistic of each part, by its name."""
        return {
            "vocabulary": self.vocabulary.wealth,
            "confidence": self.confidence.wealth,
            "density": self.density.wealth,
            "labels": self.labels.wealth,
        }

    @property
    def has_changed(self) -> bool:
        """Whether that is very improbable while nothing has changed: the mean of several such tests is one, too."""
        return self._mean >= LIMIT

    @property
    def is_suspicious(self) -> bool:
        """Whether it may have changed."""
        return self._mean >= SUSPICIOUS

    @property
    def _mean(self) -> float:
        return sum(self.wealths.values()) / 4

    @property
    def changed(self) -> Detector:
        """The part that has changed most."""
        found: Detector = getattr(self, self.what)
        return found

    @property
    def channel(self) -> str | None:
        """Where nearly all of the last messages were written; None where they come from several channels."""
        most = max(set(self.channels), key=self.channels.count, default=None)
        return most if self.channels.count(most or "") >= 0.8 * len(self.channels) else None

    @property
    def what(self) -> Part:
        """What has changed most."""
        return max(self.wealths, key=lambda name: self.wealths[name])


def words_of(text: str, tokens: Sequence[tuple[int, int]]) -> tuple[str, ...]:
    """The words of a text, small letters, without what has none."""
    pieces = (text[start:end].casefold() for start, end in tokens)
    return tuple(piece for piece in pieces if any(map(str.isalpha, piece)))


def unknown_share(words: Sequence[str], known: frozenset[str] | set[str]) -> float:
    """The share of words that are not known, in 0..1."""
    return sum(word not in known for word in words) / len(words) if words else 0.0


def unknown_in_training(sentences: Sequence[Sequence[str]]) -> list[float]:
    """For each sentence the share of its words that no other one has: what a stream of the same kind would show."""
    owners: dict[str, int | None] = {}
    for number, words in enumerate(sentences):
        for word in words:
            owners[word] = number if owners.get(word, number) == number else None
    return [
        sum(owners[word] == number for word in words) / len(words) if words else 0.0
        for number, words in enumerate(sentences)
    ]
