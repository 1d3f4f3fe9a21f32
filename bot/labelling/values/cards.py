"""Labelling: intents, questions, steps, cards, and the commands of /label."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal

from bot.domain.json_form import JsonForm
from bot.domain.project import Annotation, DescribedLabel, Precedent, Sentence
from bot.domain.steps import StepKind
from bot.labelling.values.bulk import (
    LabelledEverywhere,
    MarkedTogether,
    Survey,
    UndoneEverywhere,
)
from bot.labelling.values.intents import Intent
from bot.labelling.values.messages import Queued, Withdrawn
from ner_engine.annotation import Span


class QuestionKind(StrEnum):
    """What nerbot asks before it stores anything."""

    LABEL = "label"
    NEW_LABEL = "new_label"
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
    listed: bool = False
    """One of a list of its kind, which becomes a menu where it is long."""


LEAVE = Choice("Leave it as it is", None)


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
    guessed_from: int | None = None
    """How many finished sentences a first guess was learned from, 0 by what labels mean; None: no first guess."""
    unsure: tuple[Span, ...] = ()
    """Those below the project's confidence."""
    may_miss: bool = False
    """Whether there may be more than is suggested: the model is unsure of the rest, or only remembered phrases are."""
    offered: tuple[Span, ...] = ()
    """Phrases that may be entities, the likeliest first, each under a label it may have: one tap takes one."""
    words: tuple[Span, ...] = ()
    """Each word of the sentence under the label it most likely has."""
    labels: tuple[str, ...] = ()
    """The labels of the project, the most used first."""
    chosen: tuple[Span, ...] = ()
    """What the person took by a tap, or changed."""
    source: str | None = None
    """The model of another tool that found them, as an imported file names it."""
    type: Literal["suggestion"] = "suggestion"

    @property
    def is_sure(self) -> bool:
        """Whether taking all of it is what most people will want."""
        return not self.is_guess and not self.unsure and not self.may_miss

    @property
    def is_guess(self) -> bool:
        """Whether nothing is known of how good it is: each of its spans is to be looked at."""
        return self.guessed_from is not None or self.source is not None


@dataclass(frozen=True, slots=True)
class ImportedSuggestion:
    """What a model of another tool found in a sentence, as a file said it."""

    source: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The sentences before and behind one in its document; empty where there is none."""

    before: str = ""
    behind: str = ""


def pointed(suggestion: Suggestion, spans: Sequence[Span]) -> Suggestion:
    """The suggestion with a phrase at these places instead of what it overlaps; without it where it was there."""
    is_there = {*spans} <= {*suggestion.spans}
    new = () if is_there else tuple(spans)
    sure = dict(zip(suggestion.spans, suggestion.confidences, strict=True))
    kept = {span: sure[span] for span in suggestion.spans if not _meets(span, spans)}
    after = sorted({**kept, **dict.fromkeys(new)}.items())
    return replace(
        suggestion,
        spans=tuple(span for span, _ in after),
        confidences=tuple(each for _, each in after),
        unsure=tuple(span for span in suggestion.unsure if span in kept),
        chosen=tuple(
            sorted([*(span for span in suggestion.chosen if not _meets(span, spans)), *new])
        ),
    )


def _meets(span: Span, others: Sequence[Span]) -> bool:
    return any(span.overlaps(other.start, other.end) for other in others)


@dataclass(frozen=True, slots=True)
class Done:
    """The step on the sentence before, shown on the card of the next one, where it can be undone."""

    sentence_id: int
    kind: StepKind
    phrases: int = 0


@dataclass(frozen=True, slots=True)
class Card:
    """A sentence as it stands for a person, after what they just did; `step` is None when it was only opened."""

    annotation: Annotation
    step: StepKind | None = None
    changed: tuple[Span, ...] = ()
    """The spans this step added (or, undone, undid)."""
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
    """What an undo undid."""
    waiting: int = 0
    """Sentences that still wait for this person."""
    today: int = 0
    """Sentences this person finished today."""
    suggestion: Suggestion | None = None
    guide: tuple[DescribedLabel, ...] = ()
    """What the labels mean and phrases that carry them, where somebody said or labelled so."""
    precedents: tuple[Precedent, ...] = ()
    """What reviewers decided on phrases of this sentence."""
    may_delete: bool = False
    """Whether this person added the sentence or is an owner."""
    blind: bool = False
    """Somebody else has labelled the sentence, so nothing is suggested."""
    gone_label: str | None = None
    """A label that this step, undone, had made, and that nothing carries any more."""
    neighbours: Neighbours = Neighbours()
    """What stands beside the sentence in its document."""
    type: Literal["card"] = "card"


@dataclass(frozen=True, slots=True)
class ReasonKept:
    """Whether the reason of a flag was kept: the flag may have been undone or settled meanwhile."""

    kept: bool = True
    type: Literal["reason_kept"] = "reason_kept"


@dataclass(frozen=True, slots=True)
class QueueEmpty:
    """No sentence waits for this person."""

    finished: int
    done: Done | None = None
    stale: int | None = None
    today: int = 0
    gone_label: str | None = None
    """As on a card."""
    type: Literal["queue_empty"] = "queue_empty"


Outcome = (
    Card
    | Question
    | QueueEmpty
    | LabelledEverywhere
    | MarkedTogether
    | UndoneEverywhere
    | Queued
    | Withdrawn
)
OUTCOME: JsonForm[Outcome] = JsonForm(Outcome)
