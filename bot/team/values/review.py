"""Review: sentences whose annotators disagree, what was decided and why, and how the team works."""

import hashlib
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from bot.domain.project import Precedent, Sentence
from bot.labelling.values.cards import Card
from ner_engine.annotation import Span


@dataclass(frozen=True, slots=True)
class Version:
    """One way a sentence was labelled, with all who finished it so."""

    spans: tuple[Span, ...]
    people: tuple[str, ...]

    @property
    def key(self) -> str:
        """A name of just these spans, short enough for a button."""
        told = repr([(span.start, span.end, span.label) for span in sorted(self.spans)])
        return hashlib.sha256(told.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Dispute:
    """A sentence whose finished annotations differ, and what was decided on its phrases elsewhere."""

    sentence: Sentence
    versions: tuple[Version, ...]
    precedents: tuple[Precedent, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """What a reviewer decided on a sentence: its gold."""

    sentence_id: int
    spans: tuple[Span, ...]
    person: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class NextDispute:
    """`/nerbot review`: the first disagreement, or the first after a sentence."""

    after: int = 0


@dataclass(frozen=True, slots=True)
class TakeVersion:
    """A button of a disagreement: these spans are right. `version` names them, as they stood when they were shown."""

    sentence_id: int
    version: str


@dataclass(frozen=True, slots=True)
class ReviewMyself:
    """[Neither: label it myself]."""

    sentence_id: int


@dataclass(frozen=True, slots=True)
class NoteDecision:
    """`/nerbot review note …` and [Say why]: why a decision was made, the person's last one where none is named."""

    words: str
    sentence_id: int | None = None


@dataclass(frozen=True, slots=True)
class MergeVersions:
    """[Merge both]: all that anybody marked is right. `versions` names what stood when it was shown."""

    sentence_id: int
    versions: str


@dataclass(frozen=True, slots=True)
class NextError:
    """`/nerbot review errors`: the sentence that is most probably wrong, or the one after a sentence."""

    after: int = 0


@dataclass(frozen=True, slots=True)
class TakeReading:
    """A button of a sentence that may be wrong: so it is right. `version` names the spans that were shown."""

    sentence_id: int
    version: str


@dataclass(frozen=True, slots=True)
class LookingAtError:
    """A finished sentence that may be labelled wrongly: as it is labelled, and as a model reads it."""

    sentence: Sentence
    labelled: Version
    reading: Version
    probability: float
    left: int
    """Sentences that are worth a look, this one among them."""
    decided: Decision | None = None
    changed: bool = False
    type: Literal["looking_at_error"] = "looking_at_error"


@dataclass(frozen=True, slots=True)
class NoError:
    """No finished sentence is suspected."""

    decided: Decision | None = None
    trained: bool = True
    """Whether a training has looked for errors yet."""
    passed: int = 0
    type: Literal["no_error"] = "no_error"


@dataclass(frozen=True, slots=True)
class Reviewing:
    """The disagreement to decide now; `decided` is the one that was decided just before."""

    dispute: Dispute
    left: int
    """Disagreements that wait, this one among them."""
    decided: Decision | None = None
    changed: bool = False
    """The version that was chosen is not there any more; this is how the sentence is labelled now."""
    type: Literal["reviewing"] = "reviewing"


@dataclass(frozen=True, slots=True)
class NoDispute:
    """Nothing waits for a decision."""

    decided: Decision | None = None
    passed: int = 0
    """Disagreements that were passed over on the way here."""
    flagged: int = 0
    """Sentences that somebody flagged and nobody looked after yet."""
    type: Literal["no_dispute"] = "no_dispute"


@dataclass(frozen=True, slots=True)
class NoteKept:
    """The reason of a decision was written down."""

    decision: Decision
    type: Literal["note_kept"] = "note_kept"


@dataclass(frozen=True, slots=True)
class YoursToLabel:
    """The reviewer has the sentence to label it."""

    card: Card
    type: Literal["yours_to_label"] = "yours_to_label"


def phrases_at_stake(dispute: Dispute) -> tuple[tuple[int, int], ...]:
    """The stretches on which the versions differ, in order."""
    common = set(dispute.versions[0].spans).intersection(*(v.spans for v in dispute.versions))
    every = {span for version in dispute.versions for span in version.spans}
    return tuple(sorted({(span.start, span.end) for span in every - common}))


def merged(dispute: Dispute) -> tuple[Span, ...] | None:
    """All that anybody marked; None where that would overlap, or be one of the versions."""
    spans = sorted({span for version in dispute.versions for span in version.spans})
    if any(after.start < before.end for before, after in pairwise(spans)):
        return None
    union = tuple(spans)
    return None if any(tuple(sorted(v.spans)) == union for v in dispute.versions) else union


def key_of(dispute: Dispute) -> str:
    """A name of all versions together, short enough for a button."""
    told = "".join(sorted(version.key for version in dispute.versions))
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def only_in(version: Version, others: tuple[Version, ...]) -> tuple[Span, ...]:
    """What a version has and not all others have, in order."""
    rest = [other for other in others if other != version]
    return tuple(
        span for span in sorted(version.spans) if not all(span in each.spans for each in rest)
    )
