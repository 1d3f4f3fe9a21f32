"""The editor: a draft of one person's spans on one sentence, and what can be done to it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from bot.domain.project import Offsets
from bot.domain.steps import AnnotationState
from bot.labelling.proposals import Proposal
from ner_engine.annotation import Span


@dataclass(frozen=True, slots=True)
class Several:
    """A phrase that was just marked wherever it occurs, and can be narrowed to one of its mentions."""

    label: str
    mentions: tuple[Offsets, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """Spans a person works on in the editor; nothing of it is an annotation before it is saved."""

    text: str
    tokens: tuple[Offsets, ...]
    sentence_id: int | None
    """None: a text that becomes a sentence when the draft is saved."""
    spans: tuple[Span, ...]
    before: AnnotationState
    """The annotation as it stood when the editor was opened, or when the person was told that it had changed."""
    suggested_by: int | None = None
    """The version whose spans the draft began with."""
    answer: str = ""
    """The /ner answer it came from, and which of its sentences."""
    index: int = 0
    page: int = 0
    several: tuple[Several, ...] = ()
    notes: tuple[str, ...] = ()
    """What the last step did that the person has to see before saving."""
    confirmed: tuple[str, ...] = ()
    """New labels that differ from others by one letter, of which the person was told."""
    boxes: int = 0
    """How often the box with the markup was filled anew."""
    lines: int = 0
    """How often the box with phrases to add was emptied."""
    offer: str = ""
    offered: tuple[Span, ...] = ()
    """The phrases that the card had for one tap, the likeliest first, each under its likeliest label."""
    decides: bool = False
    """What is saved is the sentence's gold: a reviewer opened the editor from a disagreement or a probable error."""
    type: Literal["draft"] = "draft"


class Edge(StrEnum):
    """What a step of one token does to a span."""

    GROW_LEFT = "grow_left"
    SHRINK_LEFT = "shrink_left"
    GROW_RIGHT = "grow_right"
    SHRINK_RIGHT = "shrink_right"


@dataclass(frozen=True, slots=True)
class Relabel:
    """Give a span another label."""

    span: Span
    label: str


@dataclass(frozen=True, slots=True)
class Resize:
    """Move one edge of a span by a token."""

    span: Span
    edge: Edge


@dataclass(frozen=True, slots=True)
class Remove:
    """Take a span out."""

    span: Span


@dataclass(frozen=True, slots=True)
class Narrow:
    """Keep one mention of a phrase that was marked several times; None keeps them all."""

    several: int
    mention: int | None


@dataclass(frozen=True, slots=True)
class ShowPage:
    """Show another page of the spans."""

    page: int


@dataclass(frozen=True, slots=True)
class MarkTyped:
    """Take over what is typed in the boxes."""


@dataclass(frozen=True, slots=True)
class MarkPhrase:
    """[SYMPTOM] beside a proposed phrase."""

    span: Span


@dataclass(frozen=True, slots=True)
class MarkWords:
    """[SYMPTOM] under the words that were chosen in the menu of the sentence's words."""

    words: tuple[Offsets, ...]
    label: str


Edit = Relabel | Resize | Remove | Narrow | ShowPage | MarkTyped | MarkPhrase | MarkWords


Box = Literal["added", "markup", "bold", "words"]


@dataclass(frozen=True, slots=True)
class Boxes:
    """What is in the editor's inputs: None where a box was not shown."""

    added: str = ""
    markup: str | None = None
    finished: bool = True
    bold: tuple[tuple[str, bool], ...] = ()
    """The runs of the box in which words are selected and made bold, each with whether it is."""
    bold_label: str = ""
    words: tuple[Offsets, ...] = ()
    """The words that are chosen and have no label yet."""
    lines: int = 0
    """Which filling of the box with phrases to add this is."""
    boxes: int = 0
    """The same for the box with the markup."""


BoxWords = tuple[Box, str]
"""A box that cannot be read, and why."""


@dataclass(frozen=True, slots=True)
class DraftKept:
    """What a request came to that opened or changed a draft, or could not: a repeat of it gets the same draft."""

    draft: str
    faults: tuple[BoxWords, ...] = ()
    type: Literal["draft_kept"] = "draft_kept"


@dataclass(frozen=True, slots=True)
class Editing:
    """The editor as it is shown: the draft, the project's labels, and which box cannot be read and why."""

    draft: Draft
    labels: tuple[str, ...]
    faults: tuple[BoxWords, ...] = ()
    proposals: tuple[Proposal, ...] = ()
