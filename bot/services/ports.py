"""What the use cases need from the outside, as protocols; adapters live in store, engine_runner and notifier."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from bot.domain import (
    Annotation,
    AnnotationState,
    Auto,
    Candidate,
    DescribedLabel,
    Digest,
    Evaluation,
    Flag,
    Gold,
    Label,
    Learned,
    LiveMoved,
    ModelsCompared,
    ModelVersion,
    NewRun,
    News,
    Notices,
    Offer,
    Offsets,
    Outcome,
    Place,
    PolicySet,
    Progress,
    Project,
    ProjectCounts,
    ProjectSettings,
    RankingJob,
    Run,
    RunEnd,
    RunState,
    Schedule,
    Sentence,
    SetDigest,
    SetSchedule,
    Step,
    StepKind,
    TeamReply,
    TrainingEvent,
    TrainingJob,
    Visit,
)
from bot.services.correction_ports import Corrections
from bot.services.registry_ports import Models
from bot.services.team_ports import Confirmations, Decisions, History, Roles, Statistics
from ner_engine.annotation import Prediction

AnyOffer = TypeVar("AnyOffer", bound=Offer)


class Projects(Protocol):
    """The projects of the workspace."""

    async def default(self) -> Project | None:
        """The workspace's default project, None before its first use."""

    async def ensure_default(self) -> Project:
        """The default project, made now if this is its first use."""

    async def of_channel(self, channel: str) -> Project | None:
        """The project a channel uses: the one it is bound to, else the default one."""

    async def ensure(self, channel: str) -> Project:
        """The same; the default project is made now if this is its first use."""

    async def bound(self, channel_name: str) -> int | None:
        """The project this channel is bound to, None where it uses the default one unasked."""

    async def all(self) -> tuple[Project, ...]:
        """Every project, oldest first."""

    async def add(self, name: str, *, person: str) -> Project | None:
        """Make a project; None where the name is taken."""

    async def bind(
        self,
        project_id: int,
        channel_name: str,
        *,
        to: int | None,
        person: str,
        undoes: int | None = None,
    ) -> None:
        """Let a channel use a project, None for the default one; `project_id` has it in its record."""

    async def settings(self, project_id: int) -> ProjectSettings:
        """What the project is asked to do differently; raises NotFound."""

    async def change_settings(
        self,
        project_id: int,
        after: ProjectSettings,
        *,
        person: str,
        undoes: int | None = None,
    ) -> ProjectSettings:
        """Let the project do so from now on; an event says who changed what. What held before; raises NotFound."""


class Labels(Protocol):
    """The labels of a project."""

    async def all(self, project_id: int) -> tuple[Label, ...]:
        """Every label by name."""

    async def add(self, project_id: int, name: str, *, person: str, description: str = "") -> bool:
        """Create a label; False where it exists."""

    async def remove(self, project_id: int, name: str, *, person: str, undoes: int) -> bool:
        """Take back that a label was added; False where a phrase carries it, or it is gone."""

    async def describe(
        self,
        project_id: int,
        name: str,
        description: str,
        *,
        person: str,
        undoes: int | None = None,
    ) -> str | None:
        """Say what a label means; what was said before, None where there is no such label."""

    async def described(self, project_id: int) -> tuple[DescribedLabel, ...]:
        """Every label by name, with what it means and the phrases that carried it most often of late."""

    async def sentences_with(self, project_id: int, name: str) -> int:
        """Sentences in which anybody's span has this label."""

    async def rename(
        self, project_id: int, old: str, new: str, *, person: str, undoes: int | None = None
    ) -> int | None:
        """Give a label a new name everywhere; the event's id, None where there is no `old`, or `new` is taken."""

    async def merge(self, project_id: int, old: str, new: str, *, person: str) -> int | None:
        """Make `old` another name of what `new` is, everywhere; the event's id, None where one is not there."""

    async def split(
        self, project_id: int, event_id: int, old: str, new: str, *, description: str, person: str
    ) -> tuple[int, ...]:
        """Take a merge of `old` into `new` back. Nothing is changed where later steps touched what it had changed:
        these sentences are returned."""

    async def changed_since(self, project_id: int, event_id: int, *names: str) -> bool:
        """Whether a later rename or merge that still holds was about one of these labels."""

    async def renamed(self, project_id: int) -> Mapping[str, str]:
        """What labels that are there no more are called now: a model trained before says those."""


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
        """Sentences whose folded text holds the folded phrase, oldest first, after the one with this id."""

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

    async def all(self, project_id: int, *, limit: int) -> tuple[Flag, ...]:
        """What people have flagged and no reviewer has settled, oldest first."""

    async def settle(self, project_id: int, sentence_id: int, *, person: str) -> bool:
        """A reviewer has looked after a sentence's flags: they leave the list, an event keeps them. False where it
        has none. It does not come again to those who flagged it."""


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


class Offers(Protocol):
    """What waits for an answer, under opaque ids, for the one person it was shown to."""

    async def put(self, project_id: int, person: str, offer: AnyOffer) -> AnyOffer:
        """Keep it under the `offer` id it carries, or a new one; what comes back carries it."""

    async def get(self, project_id: int, person: str, offer: str) -> Offer | None:
        """What is kept there, None where it is unknown, another person's, or older than a day."""

    async def change(self, project_id: int, person: str, offer: Offer) -> None:
        """Keep another value under the id it carries."""


class Receipts(Protocol):
    """What was answered to which request, so that a repeat changes nothing and gets the same answer."""

    async def get(self, request: str) -> Outcome | None:
        """The outcome this request had before."""

    async def reply(self, request: str) -> TeamReply | None:
        """The answer of /nerbot this request had before."""

    async def moved(self, request: str) -> LiveMoved | PolicySet | None:
        """The answer of /nerbot models this request had before."""

    async def notices(self, request: str) -> Notices | None:
        """The answer of /nerbot notices this request had before."""

    async def put(
        self, request: str, outcome: Outcome | TeamReply | LiveMoved | PolicySet | Notices
    ) -> None:
        """Keep the outcome in this transaction."""


class Homes(Protocol):
    """Who has opened Home, who has asked a model, and who does not wish to hear what it has learned."""

    async def of(self, person: str) -> Visit:
        """What is known of this person."""

    async def note_opened(self, person: str) -> None:
        """They opened Home."""

    async def note_asked(self, person: str) -> None:
        """They asked a live model."""

    async def set_notices(self, person: str, *, on: bool) -> None:
        """They wish to be told when a model finds what they corrected, or not."""


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

    async def that_made(self, project_id: int, version: int) -> Run | None:
        """The run a model came of."""

    async def of_request(self, request: str) -> Run | None:
        """The run this request began."""

    async def of_data(self, project_id: int, fingerprint: str) -> Run | None:
        """The newest run that learned from exactly this and succeeded."""

    async def page(
        self, project_id: int, *, size: int, up_to: int | None = None
    ) -> tuple[Run, ...]:
        """The newest runs, or those with the highest numbers up to this one; newest first."""

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
    def phrases(self) -> Phrases:
        """Where phrases stand."""

    @property
    def queue(self) -> Queue:
        """Who works on what."""

    @property
    def flags(self) -> Flags:
        """What needs talk."""

    @property
    def rankings(self) -> Rankings:
        """What comes when."""

    @property
    def offers(self) -> Offers:
        """Questions that wait."""

    @property
    def receipts(self) -> Receipts:
        """Answers given."""

    @property
    def homes(self) -> Homes:
        """Who has opened Home."""

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
    def roles(self) -> Roles:
        """Who may do what."""

    @property
    def confirmations(self) -> Confirmations:
        """What was asked before it is changed everywhere."""

    @property
    def decisions(self) -> Decisions:
        """Disagreements and decisions."""

    @property
    def history(self) -> History:
        """The record."""

    @property
    def statistics(self) -> Statistics:
        """What the team has done."""

    @property
    def autos(self) -> Autos:
        """After how many sentences to train."""

    @property
    def digests(self) -> Digests:
        """Which channels hear of it."""

    @property
    def corrections(self) -> Corrections:
        """What people put right."""


class Store(Protocol):
    """The door to the database: nothing is reached without naming a workspace."""

    def writing(self, workspace: str, *, alone: bool = False) -> AbstractAsyncContextManager[Work]:
        """A write transaction: committed when the block ends, rolled back when it raises (`StoreUnavailable` where the
        database does not take it). Several may be kept together; one that changes very much is kept `alone`."""

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

    async def corrected(self) -> tuple[tuple[str, int], ...]:
        """Projects whose live model was not asked yet about corrections that were there when it went live, with their
        workspaces."""

    async def retriable(self, *, attempts: int) -> tuple[tuple[str, Run], ...]:
        """Interrupted runs with fewer than `attempts` attempts that no later run of their project follows."""

    async def to_rank(self) -> tuple[tuple[str, int], ...]:
        """Projects whose order is another model's than the live one or does not know enough of their sentences, and
        that nobody ranks now, with their workspaces."""


class Ranker(Protocol):
    """Says what to label next; raises EngineUnavailable."""

    async def score(self, sentences: Sequence[Candidate]) -> list[float]:
        """How unsure the model is of each sentence, and remember it."""

    async def know(self, scored: Sequence[Candidate]) -> None:
        """Remember the scores these have."""

    async def ranked(self, *, random_share: float, seed: int, start: int, size: int) -> list[int]:
        """Ids of the order of all that are remembered, from the one at `start` on."""

    async def diverse(self, sentences: Sequence[Candidate], *, count: int) -> list[int]:
        """The ids of those that stand for all of them, best first."""


class Engine(Protocol):
    """The async door to the engine."""

    async def tokens(self, texts: Sequence[str]) -> list[tuple[Offsets, ...]]:
        """The token offsets of each text."""

    async def sentences(self, texts: Sequence[str]) -> list[tuple[Offsets, ...]]:
        """The offsets of the sentences in each text, edge blanks left out."""

    async def predict(
        self, project_id: int, version: int, texts: Sequence[str]
    ) -> list[Prediction]:
        """What one version finds in each text; raises EngineUnavailable where it cannot be loaded."""

    def ranking(self, project_id: int, version: int | None) -> AbstractAsyncContextManager[Ranker]:
        """A process that ranks one project by a version of its model; leaving the block ends it."""

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

    async def load(self, project_id: int, version: int) -> None:
        """Load a version beside those that answer and try it on its canaries, so that the first question does not
        wait; raises ModelUnsound, EngineUnavailable."""

    def is_loading(self, project_id: int, version: int) -> bool:
        """Whether who asks this version now has to wait until it is loaded."""

    async def compare(
        self, project_id: int, one: int, two: int, gold: Sequence[Gold]
    ) -> ModelsCompared:
        """Two versions on the sentences that neither learned."""

    async def remove(self, project_id: int, versions: Sequence[int]) -> None:
        """Remove the files of versions."""


class Notifier(Protocol):
    """Tells people in Slack what happened outside their requests."""

    async def show_run(
        self, workspace: str, run: Run, end: RunEnd | None = None
    ) -> tuple[str, str] | None:
        """Post the run's message, or edit it where there is one (at most every 3 s while it runs).

        The channel and timestamp of a message posted now, else None. `end` is what is said of a run that made a model.
        """

    async def show_pictures(self, workspace: str, run: Run) -> None:
        """Put the pictures of what a run found out into its message's thread."""

    async def show_history(
        self,
        workspace: str,
        channel: str,
        versions: Sequence[ModelVersion],
        *,
        live: int | None,
    ) -> bool:
        """Post the scores of versions over time as a picture; False where it could not be posted."""

    async def tell_digest(self, workspace: str, digest: Digest, news: News) -> bool:
        """Post a digest in its channel; False where that channel will take none any more."""

    async def tell_learned(self, workspace: str, learned: Learned) -> None:
        """Tell a person, in a message of their own, that a model finds what they corrected."""


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
