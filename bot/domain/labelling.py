"""Labelling: intents, questions, steps, cards, and the commands of /label."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal

from bot.domain.project import Annotation, Offsets, Sentence
from ner_engine.annotation import Span


class StepKind(StrEnum):
    """What one event did to an annotation."""

    LABELLED = "labelled"
    FINISHED = "finished"
    NO_ENTITIES = "no_entities"
    SKIPPED = "skipped"
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


Intent = LabelIntent | MarkedSentence


class QuestionKind(StrEnum):
    """What nerbot asks before it stores anything."""

    LABEL = "label"
    SENTENCE = "sentence"
    MENTIONS = "mentions"
    BORDERS = "borders"
    OVERLAP = "overlap"
    CLOSEST = "closest"


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
    type: Literal["question"] = "question"


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
    skipped: int | None = None
    """The sentence that was skipped on the way to this one."""
    undone: StepKind | None = None
    """What an undo took back."""
    waiting: int = 0
    """Sentences that still wait for this person."""
    type: Literal["card"] = "card"


@dataclass(frozen=True, slots=True)
class QueueEmpty:
    """No sentence waits for this person."""

    finished: int
    skipped: int | None = None
    type: Literal["queue_empty"] = "queue_empty"


Outcome = Card | Question | QueueEmpty

# The commands of /label, as payloads.py reads them.


@dataclass(frozen=True, slots=True)
class NextSentence:
    """`/label`: the next sentence of the queue."""


@dataclass(frozen=True, slots=True)
class LabelPhrase:
    """`/label SYMPTOM chest pain [in: sentence]`."""

    label: str
    phrase: str
    sentence: str | None = None
    cleaned: bool = False


@dataclass(frozen=True, slots=True)
class NoEntities:
    """`/label none`; `sentence_id` where a button names the sentence."""

    sentence_id: int | None = None


@dataclass(frozen=True, slots=True)
class Finish:
    """`/label done` and [Finished]."""

    sentence_id: int | None = None


@dataclass(frozen=True, slots=True)
class Skip:
    """`/label skip`."""

    sentence_id: int | None = None


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
    | Finish
    | Skip
    | Undo
    | Choose
    | OpenSentence
)


def under_new_names(question: Question, names: Mapping[str, str]) -> Question:
    """The question with the names its labels have now, in what is shown and in what the choices do."""

    def name(label: str) -> str:
        return names.get(label, label)

    def spans(marked: tuple[Span, ...]) -> tuple[Span, ...]:
        return tuple(Span(span.start, span.end, name(span.label)) for span in marked)

    def intent(wish: Intent) -> Intent:
        if isinstance(wish, LabelIntent):
            return replace(wish, label=name(wish.label))
        return replace(wish, spans=spans(wish.spans))

    choices = tuple(
        replace(choice, intent=choice.intent and intent(choice.intent))
        for choice in question.choices
    )
    return replace(
        question, intent=intent(question.intent), choices=choices, spans=spans(question.spans)
    )
