"""Labelling: intents, questions, steps, cards, and the commands of /label."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from enum import StrEnum
from typing import Literal, TypeVar, cast

from bot.domain.everywhere import (
    EverywhereIntent,
    LabelledEverywhere,
    Survey,
    UndoneEverywhere,
    UndoTogether,
)
from bot.domain.project import Annotation, DescribedLabel, Offsets, Precedent, Sentence
from bot.domain.quoting import MessageIntent, Queued, TakeMessage, Withdraw, Withdrawn
from ner_engine.annotation import Span

T = TypeVar("T")


class StepKind(StrEnum):
    """What one event did to an annotation."""

    LABELLED = "labelled"
    FINISHED = "finished"
    NO_ENTITIES = "no_entities"
    SKIPPED = "skipped"
    FLAGGED = "flagged"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class AnnotationState:
    """The part of an annotation that events change."""

    spans: tuple[Span, ...] = ()
    finished: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One person's step on one sentence, as an event keeps it: what stood before and what stands after."""

    id: int
    kind: StepKind
    sentence_id: int
    person: str
    before: AnnotationState
    after: AnnotationState
    request: str = ""
    """The request it was made in; steps made in one request are one step to the person."""
    together: int = 1
    """How many sentences that step changed."""


@dataclass(frozen=True, slots=True)
class LabelIntent:
    """A wish to label a phrase, with each answer given so far; what is None is still to be asked."""

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


class QuestionKind(StrEnum):
    """What nerbot asks before it stores anything."""

    LABEL = "label"
    MENTIONS = "mentions"
    BORDERS = "borders"
    OVERLAP = "overlap"
    CLOSEST = "closest"
    EVERYWHERE = "everywhere"
    MESSAGE = "message"


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to a question: the words on its button and the intent that goes on; None leaves all as it is."""

    words: str
    intent: Intent | None


@dataclass(frozen=True, slots=True)
class Question:
    """Something only the person can decide; nothing is stored until they do."""

    kind: QuestionKind
    intent: Intent
    choices: tuple[Choice, ...]
    sentence: Sentence | None = None
    spans: tuple[Span, ...] = ()
    """The spans to show marked in the sentence while asking."""
    offer: str = ""
    """The opaque id under which the choices are kept."""
    survey: Survey | None = None
    """Where the phrase stands in the project, when it is asked about all of its sentences."""
    type: Literal["question"] = "question"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Spans proposed for a sentence, just as they were shown, so that accepting takes these and no others."""

    sentence_id: int
    spans: tuple[Span, ...]
    confidences: tuple[float | None, ...]
    model: int | None
    """The version that proposes them; None: phrases labelled earlier."""
    offer: str = ""
    """The opaque id under which it is kept."""
    type: Literal["suggestion"] = "suggestion"


@dataclass(frozen=True, slots=True)
class Done:
    """The step on the sentence before, told on the card of the next one, where it can be undone."""

    sentence_id: int
    kind: StepKind
    phrases: int = 0


@dataclass(frozen=True, slots=True)
class Card:
    """A sentence as it stands for a person, after what they just did; `step` is None when it was only taken in hand."""

    annotation: Annotation
    step: StepKind | None = None
    changed: tuple[Span, ...] = ()
    """The spans this step added (or, undone, took back)."""
    already: tuple[Span, ...] = ()
    """The spans asked for that stood there before."""
    new_label: str | None = None
    new_sentence: bool = False
    cleaned: bool = False
    """Invisible characters were taken out of the text that was typed."""
    done: Done | None = None
    """What was done to the sentence before this one."""
    stale: int | None = None
    """The sentence of an old card that was pressed though it is finished by now."""
    undone: StepKind | None = None
    """What an undo took back."""
    waiting: int = 0
    """Sentences that still wait for this person."""
    today: int = 0
    """Sentences this person finished today."""
    suggestion: Suggestion | None = None
    guide: tuple[DescribedLabel, ...] = ()
    """What the labels mean and phrases that carry them, where somebody said or labelled so."""
    precedents: tuple[Precedent, ...] = ()
    """What reviewers decided on phrases of this sentence."""
    type: Literal["card"] = "card"


@dataclass(frozen=True, slots=True)
class QueueEmpty:
    """No sentence waits for this person."""

    finished: int
    done: Done | None = None
    stale: int | None = None
    today: int = 0
    type: Literal["queue_empty"] = "queue_empty"


Outcome = Card | Question | QueueEmpty | LabelledEverywhere | UndoneEverywhere | Queued | Withdrawn

# The commands of /label, as payloads.py reads them.


@dataclass(frozen=True, slots=True)
class NextSentence:
    """`/label`: the next sentence of the queue."""


@dataclass(frozen=True, slots=True)
class LabelPhrase:
    """`/label SYMPTOM chest pain [in: sentence | everywhere]`."""

    label: str
    phrase: str
    sentence: str | None = None
    cleaned: bool = False
    everywhere: bool = False


@dataclass(frozen=True, slots=True)
class NoEntities:
    """`/label none`; `sentence_id` where a button names the sentence, which then goes on to the next one."""

    sentence_id: int | None = None


@dataclass(frozen=True, slots=True)
class Finish:
    """`/label done` and [Finished]."""

    sentence_id: int | None = None


@dataclass(frozen=True, slots=True)
class Accept:
    """[Accept]: the sentence is finished with the spans that were suggested, and the next one comes."""

    suggestion: str


@dataclass(frozen=True, slots=True)
class Skip:
    """`/label skip`."""

    sentence_id: int | None = None


@dataclass(frozen=True, slots=True)
class FlagSentence:
    """`/label flag: why` and [Flag]: the sentence is broken or needs talk; reviewers get it, and the next one comes."""

    sentence_id: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Undo:
    """`/label undo` and [Undo]: the person's last step, on one sentence where a button names it."""

    sentence_id: int | None = None


@dataclass(frozen=True, slots=True)
class Choose:
    """A button of a question: the choice at `index` of the offer."""

    offer: str
    index: int


@dataclass(frozen=True, slots=True)
class OpenSentence:
    """Take a sentence of a list in hand."""

    sentence_id: int


LabelCommand = (
    NextSentence
    | LabelPhrase
    | MarkedSentence
    | NoEntities
    | Accept
    | Finish
    | Skip
    | FlagSentence
    | Undo
    | UndoTogether
    | Withdraw
    | TakeMessage
    | OpenSentence
    | Choose
)


def under_new_names(value: T, names: Mapping[str, str]) -> T:
    """A value, such as a question that waits, with the names its labels have now: wherever a `label` or a span is."""
    return cast("T", _named_anew(value, names))


def _named_anew(value: object, names: Mapping[str, str]) -> object:
    if isinstance(value, tuple):
        return tuple(_named_anew(part, names) for part in value)
    if not is_dataclass(value) or isinstance(value, type):
        return value
    changed: dict[str, object] = {}
    for field in fields(value):
        part = getattr(value, field.name)
        if field.name == "label" and isinstance(part, str):
            changed[field.name] = names.get(part, part)
        elif isinstance(part, tuple) or is_dataclass(part):
            changed[field.name] = _named_anew(part, names)
    return replace(value, **changed)
