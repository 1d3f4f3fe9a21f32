"""One phrase labelled across a project: where it is, what is asked, what was done."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from bot.domain.project import Annotation
from ner_engine.annotation import Span


class MatchStatus(StrEnum):
    """What a sentence with the phrase in it means to a person who wants to label the phrase everywhere."""

    READY = "ready"
    OVERLAP = "overlap"
    """A span of theirs is in the way."""
    TAKEN = "taken"
    """Only others have worked on it, and they have finished it."""
    ALREADY = "already"
    CUT = "cut"
    """The phrase ends inside a longer word."""


@dataclass(frozen=True, slots=True)
class EverywhereIntent:
    """The intent to label a phrase in all sentences that hold it, with each answer given so far.

    The fields are named unlike those of LabelIntent where they must be: stored, the two are told apart by them.
    """

    label: str
    quoted: str
    label_confirmed: bool = False
    with_overlaps: bool = False
    with_taken: bool = False
    page: int = 0
    sentences: tuple[int, ...] | None = None
    """The sentences that were shown and agreed to; None as long as it is only looked at."""
    more: bool = False
    """There are more than one step takes."""
    left_out: tuple[int, ...] = ()
    """Sentences that the person does not want labelled."""


@dataclass(frozen=True, slots=True)
class Place:
    """A sentence as it stands for one person, and how many others have finished it."""

    annotation: Annotation
    finished_by_others: int = 0


@dataclass(frozen=True, slots=True)
class PhraseMatch:
    """A sentence with the phrase in it, and what labelling the phrase would change."""

    annotation: Annotation
    standing: MatchStatus
    added: tuple[Span, ...] = ()
    removed: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Survey:
    """One page of the sentences that hold a phrase, and how many there are of each status."""

    shown: tuple[PhraseMatch, ...]
    counts: tuple[tuple[MatchStatus, int], ...]
    chosen: int
    """Sentences that "all" would label now."""
    page: int = 0
    pages: int = 1
    more: bool = False
    """There are more sentences than one step takes."""

    def number(self, standing: MatchStatus) -> int:
        """How many sentences have this status."""
        return dict(self.counts).get(standing, 0)


@dataclass(frozen=True, slots=True)
class LabelledEverywhere:
    """A phrase was labelled in several sentences, as one step of the person's."""

    label: str
    phrase: str
    step: str
    """What names the whole step for [Undo]: the request it was made in."""
    sentences: int
    mentions: int
    unfinished: int
    """Sentences among them that wait for "finished"."""
    passed: int = 0
    """Sentences that were agreed to and no longer stand as they were shown; nothing was changed in them."""
    new_label: bool = False
    more: bool = False
    type: Literal["labelled_everywhere"] = "labelled_everywhere"


@dataclass(frozen=True, slots=True)
class MarkedTogether:
    """Whole sentences, a line each, were finished as one step."""

    sentences: tuple[int, ...]
    mentions: int
    step: str
    """What names the whole step for [Undo]: the request it was made in."""
    already: int = 0
    """Sentences that stood just so before."""
    cut: tuple[str, ...] = ()
    """Sentences that were left out, because a phrase in them ends inside a word."""
    new_label: str | None = None
    type: Literal["marked_together"] = "marked_together"


@dataclass(frozen=True, slots=True)
class UndoneEverywhere:
    """A whole step was undone; `kept` are sentences the person has changed since, which stay as they are."""

    sentences: int
    kept: tuple[int, ...] = ()
    gone_label: str | None = None
    """A label that the step had made, and that nothing carries any more."""
    type: Literal["undone_everywhere"] = "undone_everywhere"


@dataclass(frozen=True, slots=True)
class UndoTogether:
    """[Undo] under a step over several sentences."""

    step: str
