"""What a person wants labelled, with each answer given so far."""

from dataclasses import dataclass

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


Intent = LabelIntent | MarkedSentence | EverywhereIntent | MessageIntent
