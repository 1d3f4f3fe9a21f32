"""What labelling needs from the store, as protocols."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.everywhere import Place
from bot.domain.flags import Flag
from bot.domain.history import Event
from bot.domain.labelling import AnnotationState, Step, StepKind
from bot.domain.project import Annotation, Gold, Offsets, ProjectCounts, Sentence
from bot.domain.queue import Candidate, RankingJob


class Sentences(Protocol):
    """The texts of a project, each stored once."""

    async def get(self, project_id: int, sentence_id: int) -> Sentence | None:
        """The sentence, None where this project has no such id."""

    async def find(self, project_id: int, text: str) -> Sentence | None:
        """The sentence with exactly this text."""

    async def add(
        self,
        project_id: int,
        text: str,
        tokens: Sequence[Offsets],
        *,
        person: str,
        source: str,
        permalink: str | None = None,
    ) -> tuple[Sentence, bool]:
        """Store a text; with True where it is new, with False the one that was there."""

    async def withdraw(self, project_id: int, sentences: Sequence[int]) -> frozenset[int]:
        """Remove those of these sentences that nobody has worked with; which they were."""


class Annotations(Protocol):
    """Annotations and the events they come from, always written together."""

    async def of(self, sentence: Sentence, person: str) -> Annotation:
        """The person's annotation as it stands; an empty unfinished one where there is none."""

    async def change(
        self,
        project_id: int,
        annotation: Annotation,
        kind: StepKind,
        after: AnnotationState,
        *,
        request: str,
        note: str | None = None,
        together: int = 1,
    ) -> Step:
        """Append the event and bring the annotation to `after`, in the transaction in which it was read; raises
        StoreUnavailable where it stands otherwise by now. The event keeps a `note`, too."""

    async def last_step(
        self, project_id: int, person: str, *, sentence_id: int | None = None
    ) -> Step | None:
        """The person's newest step that is neither an undo nor undone."""

    async def undo(
        self, project_id: int, step: Step, *, request: str, by: str | None = None
    ) -> AnnotationState:
        """Append an undo event and bring back what stood before the step, under the names its labels have now; `by`
        is who takes back another person's step."""

    async def step(self, project_id: int, event_id: int) -> Step | None:
        """A step on an annotation by the id of its event."""

    async def still_stands(self, project_id: int, step: Step) -> bool:
        """Whether the annotation is as the step left it, whatever its labels are called now."""

    async def undo_together(
        self, project_id: int, person: str, step: str, *, request: str
    ) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Take back what the person changed in the request `step`, apart from what is taken back already: the
        sentences where that was done, and those that no longer stand as the step left them, which stay."""

    async def gold(self, project_id: int, *, with_unfinished: bool = False) -> tuple[Gold, ...]:
        """Finished sentences whose finished annotators agree, by sentence id.

        With those that nobody has finished and somebody has labelled in, if wished.
        """

    async def finished_since(self, project_id: int, person: str, since: datetime) -> int:
        """How many sentences stand finished by this person that they worked on since then."""

    async def phrases(self, project_id: int, *, limit: int) -> tuple[tuple[str, str], ...]:
        """Labelled phrases as they stand in their texts, each with its label, from the `limit` newest sentences
        that somebody labelled in; the newest first, the same phrase as often as it was labelled."""

    async def counts(self, project_id: int) -> ProjectCounts:
        """How many sentences are finished, unfinished (some span, nobody finished) and disputed."""


class Phrases(Protocol):
    """Where phrases stand in the sentences of a project, as one person has annotated them."""

    async def places(
        self, project_id: int, person: str, phrase: str, *, limit: int, after: int = 0
    ) -> tuple[Place, ...]:
        """Sentences whose folded text (`annotation.fold`) holds the folded phrase, oldest first, after the one with
        this id."""

    async def places_of(
        self, project_id: int, person: str, sentences: Sequence[int]
    ) -> tuple[Place, ...]:
        """These sentences, as far as they are there, oldest first."""

    async def texts_with(
        self, project_id: int, pieces: Sequence[str], *, limit: int
    ) -> tuple[Sentence, ...]:
        """Sentences that hold any of the pieces of words, oldest first."""


class Queue(Protocol):
    """Who works on which sentence. One a person has finished, skipped or flagged never comes to them again."""

    async def in_hand(self, project_id: int, person: str) -> Sentence | None:
        """The sentence the person works on."""

    async def take(
        self, project_id: int, person: str, sentence_id: int, *, waits: bool = True
    ) -> None:
        """Put a sentence into the person's hand, in place of the one that was there; one that `waits` no longer
        needs no place in the order of those to come."""

    async def next(self, project_id: int, person: str) -> Sentence | None:
        """Take the next waiting sentence in hand; None leaves the hand as it is.

        Waiting is what fewer people have finished or hold than the project wants annotations a sentence (a hand lets
        go after 30 minutes), and what this person has not answered."""

    async def skip(self, project_id: int, person: str, sentence_id: int) -> None:
        """Never offer this sentence to this person again, and take it out of their hand."""

    async def unskip(self, project_id: int, person: str, sentence_id: int) -> None:
        """Let a skipped sentence come again (undo of a skip)."""

    async def waiting(self, project_id: int, person: str) -> int:
        """Sentences that could still come to this person."""


class Flags(Protocol):
    """Sentences that people say are broken or need talk."""

    async def put(self, project_id: int, person: str, sentence_id: int, *, note: str = "") -> None:
        """Keep a sentence for reviewers, with a note why, and out of this person's queue and hand; a second flag
        replaces the note."""

    async def remove(self, project_id: int, person: str, sentence_id: int) -> None:
        """Take the person's flag back and let the sentence come again (undo of a flag)."""

    async def say_why(self, project_id: int, person: str, sentence_id: int, note: str) -> bool:
        """Write the reason of a person's flag down; False where it was taken back or settled."""

    async def all(self, project_id: int, *, limit: int) -> tuple[Flag, ...]:
        """What people have flagged and no reviewer has settled, oldest first."""

    async def count(self, project_id: int) -> int:
        """How many sentences that is."""

    async def settle(self, project_id: int, sentence_id: int, *, person: str) -> bool:
        """A reviewer has looked after a sentence's flags: they leave the list, an event keeps them. False where it
        has none. It does not come again to those who flagged it."""

    async def reopen(self, project_id: int, settled: Event, *, person: str) -> None:
        """Take back that flags were settled: they wait for a reviewer again."""


class Rankings(Protocol):
    """The order in which a project's sentences come, made by one process at a time under a lease.

    What changes it returns False, and changes nothing, where the lease is another's by now or the live model another
    one."""

    async def claim(self, project_id: int, *, owner: str, lease: timedelta) -> RankingJob | None:
        """Begin; None where somebody else is at it."""

    async def candidates(
        self, project_id: int, version: int, *, scored: bool, after: Candidate | None, limit: int
    ) -> tuple[Candidate, ...]:
        """Sentences nobody has finished, as they stand in the order, after the one named: those with a score of this
        version, or those without one, with their texts."""

    async def sample(self, project_id: int, *, limit: int) -> tuple[Candidate, ...]:
        """Sentences nobody has finished, chosen by chance and always the same, with their texts."""

    async def begun(self, project_id: int, *, limit: int) -> tuple[int, ...]:
        """Ids of sentences somebody has finished that wait for more people and have no place yet, oldest first."""

    async def score(
        self,
        project_id: int,
        job: RankingJob,
        scores: Sequence[tuple[int, float]],
        *,
        owner: str,
        lease: timedelta,
    ) -> bool:
        """Keep how unsure the version is of sentences, by id, and prolong the lease."""

    async def place(
        self,
        project_id: int,
        job: RankingJob,
        ids: Sequence[int],
        *,
        owner: str,
        lease: timedelta,
    ) -> bool:
        """Give sentences the next places of the order, after all that were ever given, and prolong the lease."""

    async def end(self, project_id: int, job: RankingJob, *, owner: str) -> bool:
        """The order is made."""

    async def put_off(self, project_id: int, *, owner: str, lease: timedelta) -> None:
        """Leave it as it is; somebody may go on when the lease is over."""
