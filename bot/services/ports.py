"""What the use cases need from the outside, as protocols; adapters live in store, engine_runner and notifier."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain import (
    Annotation,
    AnnotationState,
    Auto,
    Digest,
    Evaluation,
    Gold,
    Label,
    Model,
    NewRun,
    News,
    Offsets,
    Outcome,
    Progress,
    Project,
    ProjectCounts,
    Question,
    Run,
    RunState,
    Schedule,
    Sentence,
    SetDigest,
    SetSchedule,
    Step,
    StepKind,
    TrainingEvent,
    TrainingJob,
)
from ner_engine.annotation import Prediction


class Projects(Protocol):
    """The projects of the workspace."""

    async def default(self) -> Project | None:
        """The workspace's default project, None before its first use."""

    async def ensure_default(self) -> Project:
        """The default project, made now if this is its first use."""


class Labels(Protocol):
    """The labels of a project."""

    async def all(self, project_id: int) -> tuple[Label, ...]:
        """Every label by name."""

    async def add(self, project_id: int, name: str, *, person: str) -> bool:
        """Create a label; False where it exists."""


class Sentences(Protocol):
    """The texts of a project, each stored once."""

    async def get(self, project_id: int, sentence_id: int) -> Sentence | None:
        """The sentence, None where this project has no such id."""

    async def find(self, project_id: int, text: str) -> Sentence | None:
        """The sentence with exactly this text."""

    async def add(
        self, project_id: int, text: str, tokens: Sequence[Offsets], *, person: str, source: str
    ) -> tuple[Sentence, bool]:
        """Store a text; with True where it is new, with False the one that was there."""

    async def containing(self, project_id: int, phrase: str, *, limit: int) -> tuple[Sentence, ...]:
        """Sentences whose folded text (`annotation.fold`) holds the folded phrase, oldest first."""


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
    ) -> Step:
        """Append the event and bring the annotation to `after`, in the transaction in which it was read; raises
        StoreUnavailable where it stands otherwise by now."""

    async def last_step(
        self, project_id: int, person: str, *, sentence_id: int | None = None
    ) -> Step | None:
        """The person's newest step that is neither an undo nor undone."""

    async def undo(self, project_id: int, step: Step, *, request: str) -> AnnotationState:
        """Append an undo event and bring back what stood before the step."""

    async def gold(self, project_id: int, *, with_unfinished: bool = False) -> tuple[Gold, ...]:
        """Finished sentences whose finished annotators agree, by sentence id.

        With those that nobody has finished and somebody has labelled in, if wished.
        """

    async def counts(self, project_id: int) -> ProjectCounts:
        """How many sentences are finished, unfinished (some span, nobody finished) and disputed."""


class Queue(Protocol):
    """Who works on which sentence. A skipped or finished sentence never comes to the same person twice."""

    async def in_hand(self, project_id: int, person: str) -> Sentence | None:
        """The sentence the person works on."""

    async def take(
        self, project_id: int, person: str, sentence_id: int, *, waits: bool = True
    ) -> None:
        """Put a sentence into the person's hand, in place of the one that was there; one that `waits` no longer
        needs no place in the order of those to come."""

    async def next(self, project_id: int, person: str) -> Sentence | None:
        """Take the next waiting sentence in hand; None leaves the hand as it is.

        Waiting is what nobody finished, this person did not skip, and nobody else holds (a hand lets go
        after 30 minutes)."""

    async def skip(self, project_id: int, person: str, sentence_id: int) -> None:
        """Never offer this sentence to this person again, and take it out of their hand."""

    async def unskip(self, project_id: int, person: str, sentence_id: int) -> None:
        """Let a skipped sentence come again (undo of a skip)."""

    async def waiting(self, project_id: int, person: str) -> int:
        """Sentences that could still come to this person."""


class Offers(Protocol):
    """Questions that wait for an answer, under opaque ids, for the one person they were put to."""

    async def put(self, project_id: int, person: str, question: Question) -> Question:
        """Keep the question; the answer carries its new `offer` id."""

    async def get(self, project_id: int, person: str, offer: str) -> Question | None:
        """The question, None where it is unknown, another person's, or older than a day."""


class Receipts(Protocol):
    """What was answered to which request, so that a repeat changes nothing and gets the same answer."""

    async def get(self, request: str) -> Outcome | None:
        """The outcome this request had before."""

    async def put(self, request: str, outcome: Outcome) -> None:
        """Keep the outcome in this transaction."""


class Runs(Protocol):
    """Trainings as rows with a lease."""

    async def claim(self, new: NewRun, *, owner: str, lease: timedelta) -> Run | None:
        """Queue a run; None where the project has an active one, the slot is taken, or the retry was made."""

    async def get(self, run_id: int) -> Run | None:
        """The run of this workspace."""

    async def active(self, project_id: int) -> Run | None:
        """The project's queued or running run."""

    async def last(self, project_id: int) -> Run | None:
        """The newest run."""

    async def of_request(self, request: str) -> Run | None:
        """The run this request began."""

    async def of_data(self, project_id: int, fingerprint: str) -> Run | None:
        """The newest run that learned from exactly this and succeeded."""

    async def page(self, project_id: int, *, up_to: int, size: int) -> tuple[Run, ...]:
        """The runs with the highest numbers up to this one, newest first."""

    async def begin(self, run_id: int, *, sentences: int, fingerprint: str | None = None) -> Run:
        """Note that an active run learns now, and from what; raises NotFound where it is over."""

    async def keep_log(self, run_id: int, log: str) -> None:
        """Keep the end of the process's log, whatever became of the run."""

    async def follow(self, run_id: int, *, channel: str, message: str) -> Run:
        """Note the message that follows this run."""

    async def beat(
        self, run_id: int, *, owner: str, lease: timedelta, progress: Progress | None
    ) -> bool:
        """Prolong the lease and keep the progress; False where the run is no longer this owner's active one."""

    async def end(
        self,
        run_id: int,
        state: RunState,
        *,
        evaluation: Evaluation | None = None,
        failure: str | None = None,
        version: int | None = None,
        went_live: bool = False,
    ) -> Run | None:
        """Move an active run to a final state; None where it had ended already."""


class Models(Protocol):
    """The versions of a project and which of them is live."""

    async def next_version(self, project_id: int) -> int:
        """One more than the highest version there ever was."""

    async def add(self, model: Model, *, run_id: int) -> None:
        """Name a version whose files are in place."""

    async def live(self, project_id: int) -> Model | None:
        """The live model."""

    async def set_live(
        self, project_id: int, version: int, *, expected: int | None, person: str
    ) -> bool:
        """Move the live pointer if it still points at `expected`; an event says who moved it."""


class Schedules(Protocol):
    """At most one schedule a project."""

    async def of(self, project_id: int) -> Schedule | None:
        """The schedule that is on."""

    async def put(
        self,
        project_id: int,
        wanted: SetSchedule,
        *,
        timezone: str,
        person: str,
        channel: str,
        next_due: datetime,
    ) -> Schedule:
        """Switch a schedule on in place of the one before."""

    async def off(self, project_id: int) -> Schedule | None:
        """Switch it off; what was on."""

    async def advance(self, schedule_id: int, *, due: datetime, next_due: datetime) -> bool:
        """Move `next_due` on from `due`; False where somebody else has moved it."""


class Autos(Protocol):
    """At most one number of sentences a project, after which it trains."""

    async def of(self, project_id: int) -> Auto | None:
        """The one that is on."""

    async def put(self, project_id: int, *, every: int, person: str, channel: str) -> Auto:
        """Switch it on in place of the one before; what is finished by now does not count."""

    async def off(self, project_id: int) -> Auto | None:
        """Switch it off; what was on."""

    async def rebase(self, project_id: int) -> None:
        """Count anew from what is finished by now: a training learns from it."""

    async def spend(self, auto_id: int, *, base: int) -> bool:
        """Count anew if it still counts from `base`; False where somebody else has begun a training since."""


class Digests(Protocol):
    """At most one digest a channel, and what there is to tell in it."""

    async def of(self, project_id: int, channel: str) -> Digest | None:
        """The channel's digest."""

    async def put(
        self,
        project_id: int,
        wanted: SetDigest,
        *,
        timezone: str,
        person: str,
        channel: str,
        since: datetime,
        next_due: datetime,
    ) -> Digest:
        """Switch a digest on in place of the channel's one before."""

    async def off(self, digest_id: int) -> Digest | None:
        """Switch it off; what was on."""

    async def advance(self, told: Digest, *, since: datetime, next_due: datetime) -> bool:
        """Move on from a digest that is due; False where somebody else has."""

    async def finished(self, project_id: int, *, since: datetime) -> tuple[tuple[str, int], ...]:
        """Who has finished how many sentences since then, without what was taken back."""

    async def trainings(self, project_id: int, *, since: datetime) -> tuple[Run, ...]:
        """The runs that ended since then, without those that were tried again."""

    async def live_before(self, project_id: int, moment: datetime) -> Run | None:
        """The training whose model went live last before then."""


class Work(Protocol):
    """One transaction in one workspace."""

    @property
    def projects(self) -> Projects:
        """The workspace's projects."""

    @property
    def labels(self) -> Labels:
        """Labels."""

    @property
    def sentences(self) -> Sentences:
        """Texts."""

    @property
    def annotations(self) -> Annotations:
        """Annotations and their events."""

    @property
    def queue(self) -> Queue:
        """Who works on what."""

    @property
    def offers(self) -> Offers:
        """Questions that wait."""

    @property
    def receipts(self) -> Receipts:
        """Answers given."""

    @property
    def runs(self) -> Runs:
        """Trainings."""

    @property
    def models(self) -> Models:
        """Versions."""

    @property
    def schedules(self) -> Schedules:
        """When to train."""

    @property
    def autos(self) -> Autos:
        """After how many sentences to train."""

    @property
    def digests(self) -> Digests:
        """Which channels hear of it."""


class Store(Protocol):
    """The door to the database: nothing is reached without naming a workspace."""

    def writing(self, workspace: str) -> AbstractAsyncContextManager[Work]:
        """A write transaction: committed when the block ends, rolled back when it raises (`StoreUnavailable` where the
        database does not take it)."""

    def reading(self, workspace: str) -> AbstractAsyncContextManager[Work]:
        """A consistent read."""


class Caretaker(Protocol):
    """What has to be looked at over all workspaces, by nerbot itself: ids and times, no texts."""

    async def schedules(self) -> tuple[tuple[str, Schedule], ...]:
        """Every schedule that is on, with its workspace."""

    async def interrupt_stale(self) -> tuple[tuple[str, Run], ...]:
        """Move running ones whose lease ran out to interrupted; those moved now, with their workspaces."""

    async def take_over(self, *, owner: str, lease: timedelta) -> tuple[tuple[str, Run], ...]:
        """Make queued runs whose process is gone this owner's; those taken now."""

    async def leave(self, run_id: int, *, owner: str) -> None:
        """Let go of a queued run, so that the next process takes it over at once."""

    async def take_turn(
        self, run_id: int, *, owner: str, lease: timedelta, limit: int
    ) -> Run | None:
        """Let a queued run begin if fewer than `limit` train or wait before it on this machine, else note how many
        have to end first; None where it is no longer this owner's to begin."""

    async def active_ids(self) -> frozenset[int]:
        """The runs that are queued or running."""

    async def digests(self) -> tuple[tuple[str, Digest], ...]:
        """Every digest that is on, with its workspace."""

    async def autos_due(self) -> tuple[tuple[str, Auto], ...]:
        """Projects in which enough sentences were newly finished, or fewer are finished than were counted."""

    async def retriable(self, *, attempts: int) -> tuple[tuple[str, Run], ...]:
        """Interrupted runs with fewer than `attempts` attempts that no later run of their project follows."""


class Engine(Protocol):
    """The async door to the engine."""

    async def tokens(self, texts: Sequence[str]) -> list[tuple[Offsets, ...]]:
        """The token offsets of each text."""

    async def predict(
        self, project_id: int, version: int, texts: Sequence[str]
    ) -> list[Prediction]:
        """What one version finds in each text; raises EngineUnavailable where it cannot be loaded."""

    def training(
        self, job: TrainingJob, *, hurry: asyncio.Event
    ) -> AbstractAsyncContextManager[AsyncIterator[TrainingEvent]]:
        """One training process; leaving the block ends it, whatever it was doing: asked first, then not asked (sooner
        where `hurry` is set)."""

    async def log(self, run_id: int) -> str:
        """The last lines a training process wrote about its troubles, while its files are there."""

    async def leftovers(self) -> frozenset[int]:
        """The runs of which there are files."""

    async def adopt(self, job: TrainingJob, version: int) -> None:
        """Move what the training process left to its place as this version."""

    async def discard(self, run_id: int) -> None:
        """Remove what a training that was cut off left behind."""


class Notifier(Protocol):
    """Tells people in Slack what happened outside their requests."""

    async def show_run(self, workspace: str, run: Run) -> tuple[str, str] | None:
        """Post the run's message, or edit it where there is one (at most every 3 s while it runs).

        The channel and timestamp of a message posted now, else None.
        """

    async def tell_digest(self, workspace: str, digest: Digest, news: News) -> bool:
        """Post a digest in its channel; False where that channel will take none any more."""


class Starter(Protocol):
    """Begins runs in this process."""

    async def claim(self, work: Work, new: NewRun) -> Run | None:
        """Queue a run; None where the unique keys of the table say that it is another's."""

    def conduct(self, workspace: str, run: Run) -> None:
        """Carry it out from now on."""


class Calendar(Protocol):
    """Reads cron lines."""

    def next_due(self, cron: str, timezone: str, after: datetime) -> datetime:
        """The next due time in UTC; raises InvalidSchedule."""
