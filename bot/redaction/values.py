"""What is asked of a redaction, and what comes of it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ner_engine.redaction.replacing import Redacted as RedactedText
from ner_engine.redaction.styles import Style
from ner_engine.redaction.values import Slip


@dataclass(frozen=True, slots=True, kw_only=True)
class RedactTexts:
    """Texts, and what is masked in them."""

    texts: Sequence[str]
    labels: frozenset[str] | None = None
    """None: all that the model knows."""
    style: Style = "label"
    recurrences: bool = True
    """Whether a phrase that was found once is masked at every place of its document."""
    together: bool = False
    """Whether the texts are one document."""
    slip: float | None = None
    """The share of each label's entities that slips through at most, in 0..1; None: as many as the model misses."""


@dataclass(frozen=True, slots=True)
class Redacted:
    """The texts in their order, by the version that found what is masked."""

    version: int
    redacted: Sequence[RedactedText]
    counts: Counter[str]
    slip: Slip | None = None
    """What was promised, and what it costs."""
