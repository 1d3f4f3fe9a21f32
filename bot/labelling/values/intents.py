"""What a person wants labelled, with each answer given so far."""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.project import Offsets
from bot.labelling.values.bulk import EverywhereIntent
from bot.labelling.values.messages import MessageIntent
from ner_engine.annotation import Span


@dataclass(frozen=True, slots=True)
class LabelIntent:
    """The intent to label a phrase, with each answer given so far; what is None is still to be asked."""

    label: str
    phrase: str
    label_confirmed: bool = False
    sentence_id: int | None = None
    mentions: tuple[Offsets, ...] | None = None
    borders_confirmed: bool = False
    replace: bool | None = None


@dataclass(frozen=True, slots=True)
class MarkedSentence:
    """`/label A patient with {chest pain=SYMPTOM} …`: a whole finished sentence."""

    text: str
    spans: tuple[Span, ...]
    cleaned: bool = False
    labels_confirmed: bool = False
    borders_confirmed: bool = False
    not_in_capitals: tuple[str, ...] = ()
    """The labels among them that are typed in small letters: where they are new, they may be a slip."""


@dataclass(frozen=True, slots=True)
class MarkedSentences:
    """Several lines with braces: each is a whole finished sentence."""

    marked: tuple[MarkedSentence, ...]
    tokens: tuple[tuple[Offsets, ...], ...] = ()
    """Of each sentence."""
    labels_confirmed: bool = False


@dataclass(frozen=True, slots=True)
class UnlabelIntent:
    """The intent to take the label off a phrase of a sentence."""

    unlabel: str
    sentence_id: int


Intent = (
    LabelIntent
    | MarkedSentence
    | MarkedSentences
    | EverywhereIntent
    | MessageIntent
    | UnlabelIntent
)


class Form(StrEnum):
    """How a label and its phrase stand in a line."""

    EXPLICIT = "explicit"
    """`metformin = DRUG`, `DRUG: metformin`, `[metformin](DRUG)`."""
    SAID = "said"
    """`metformin is a DRUG`."""
    BEFORE = "before"
    """`DRUG metformin`."""
    BEHIND = "behind"
    """`metformin DRUG`."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a line: which words are the label, and which the phrase."""

    label: str
    phrase: str
    form: Form
    in_capitals: bool = False
    words: int = 1
    """Of the label."""
