"""The values that walk through the bot. Frozen, typed, free of Slack and SQL; words as in docs/glossary.md."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from ner_engine.annotation import Prediction, Span


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asked for something, where, and in which request."""

    workspace: str
    channel: str
    person: str
    request: str
    """Slack's own id of the request; a second delivery of it changes nothing and gets the same answer."""


@dataclass(frozen=True, slots=True)
class Project:
    """Labels, sentences, models and settings that belong together."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Label:
    """An entity type of a project."""

    name: str
    description: str = ""


Offsets = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One canonical text with the offsets of its tokens (code points, end exclusive); never changed."""

    id: int
    text: str
    tokens: tuple[Offsets, ...] = ()


@dataclass(frozen=True, slots=True)
class Annotation:
    """One person's spans on one sentence, finished or not."""

    sentence: Sentence
    person: str
    spans: tuple[Span, ...] = ()
    finished: bool = False


@dataclass(frozen=True, slots=True)
class Gold:
    """A sentence training uses, with the spans all its finished annotators agree on.

    One that nobody has finished has the spans of the person who labelled most in it.
    """

    sentence: Sentence
    spans: tuple[Span, ...]
    finished: bool = True


@dataclass(frozen=True, slots=True)
class ProjectCounts:
    """How far a project is; disputed sentences have finished annotations that differ."""

    sentences: int = 0
    finished: int = 0
    unfinished: int = 0
    disputed: int = 0
    spans_per_label: tuple[tuple[str, int], ...] = ()
    """Spans of each label on finished sentences, most frequent first."""


# --- labelling -------------------------------------------------------------------------------------------------


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


LabelCommand = (
    NextSentence | LabelPhrase | MarkedSentence | NoEntities | Finish | Skip | Undo | Choose
)


MIN_FINISHED = 10
"""Finished sentences a first training needs: fewer leave a fold of the cross-validation without an entity."""

# --- training --------------------------------------------------------------------------------------------------


class RunState(StrEnum):
    """Where a training is."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"


ACTIVE_STATES = (RunState.QUEUED, RunState.RUNNING)


class RunReason(StrEnum):
    """Why a training began."""

    COMMAND = "command"
    SCHEDULE = "schedule"
    RETRY = "retry"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is; `done` in 0..1, `f` the F1 so far in 0..1."""

    stage: str
    done: float
    step: int = 0
    steps: int = 0
    f: float | None = None
    seconds_left: float | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """Precision, recall and F1 in 0..1 of strict entity matches, and the number of gold spans."""

    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """Candidate against the live model on the same sentences, none of which either was trained on."""

    live_version: int
    candidate_f1: float
    live_f1: float
    sentences: int
    probability_better: float

    @property
    def is_worse(self) -> bool:
        """Lower F1, and by the paired bootstrap at least nine times in ten: noise alone does not hold a model back."""
        return self.candidate_f1 < self.live_f1 and self.probability_better <= 0.1


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a run's scores rest on, with the 95 % interval of F1 over sentences."""

    overall: Score
    per_label: tuple[tuple[str, Score], ...]
    interval: tuple[float, float]
    sentences: int
    method: str
    """`cross-validation` or `held-out`."""
    comparison: Comparison | None = None
    advice: tuple[str, ...] = ()
    """Sentences for people, the most telling first: what did not go as asked, what more labels would bring,
    what to look at in the data."""


@dataclass(frozen=True, slots=True)
class NewRun:
    """A training somebody or something asks for; `slot` is the due time of a schedule, claimed once."""

    project_id: int
    reason: RunReason
    preset: str
    person: str
    channel: str
    seed: int = 0
    attempt: int = 1
    retry_of: int | None = None
    schedule_id: int | None = None
    slot: datetime | None = None
    with_unfinished: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """One training."""

    id: int
    project_id: int
    number: int
    state: RunState
    reason: RunReason
    preset: str
    person: str
    channel: str
    created_at: datetime
    seed: int = 0
    attempt: int = 1
    retry_of: int | None = None
    sentences: int = 0
    message: str | None = None
    """Slack's timestamp of the message that follows this run, and `message_channel` where it is."""
    message_channel: str | None = None
    progress: Progress | None = None
    evaluation: Evaluation | None = None
    failure: str | None = None
    version: int | None = None
    """The model it made."""
    went_live: bool = False
    with_unfinished: bool = False
    finished_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Model:
    """A numbered version of a project's trained pipeline."""

    project_id: int
    version: int
    labels: tuple[str, ...]
    created_at: datetime
    evaluation: Evaluation | None = None


@dataclass(frozen=True, slots=True)
class TrainingJob:
    """What a training process is given."""

    run_id: int
    project_id: int
    preset: str
    seed: int
    gold: tuple[Gold, ...]
    live_version: int | None


@dataclass(frozen=True, slots=True)
class Trained:
    """A training process left a verified model."""

    evaluation: Evaluation
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TrainingFailed:
    """A training process ended without a model; the words are for people."""

    words: str


TrainingEvent = Progress | Trained | TrainingFailed

# The commands of /train.


@dataclass(frozen=True, slots=True)
class StartTraining:
    """`/train [preset] [with unfinished]`."""

    preset: str | None = None
    with_unfinished: bool = False


@dataclass(frozen=True, slots=True)
class TrainingStatus:
    """`/train status`."""


@dataclass(frozen=True, slots=True)
class CancelTraining:
    """`/train cancel` and [Cancel]."""

    run_id: int | None = None


@dataclass(frozen=True, slots=True)
class SetSchedule:
    """`/train schedule …`: a cron line in a named time zone, with the words it was asked in."""

    cron: str
    timezone: str | None
    words: str


@dataclass(frozen=True, slots=True)
class ScheduleOff:
    """`/train schedule off`."""


TrainCommand = StartTraining | TrainingStatus | CancelTraining | SetSchedule | ScheduleOff


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a project trains by itself."""

    id: int
    project_id: int
    cron: str
    timezone: str
    words: str
    person: str
    channel: str
    next_due: datetime


@dataclass(frozen=True, slots=True)
class RunStarted:
    """A run was queued; its message follows in the channel."""

    run: Run
    type: Literal["run_started"] = "run_started"


@dataclass(frozen=True, slots=True)
class RunActive:
    """A run is already on its way; this is it."""

    run: Run
    type: Literal["run_active"] = "run_active"


@dataclass(frozen=True, slots=True)
class TrainingState:
    """The answer to `/train status`."""

    counts: ProjectCounts
    needed: int
    active: Run | None = None
    last: Run | None = None
    live: Model | None = None
    schedule: Schedule | None = None
    type: Literal["training_state"] = "training_state"


@dataclass(frozen=True, slots=True)
class RunCancelled:
    """The run was asked to stop."""

    run: Run
    type: Literal["run_cancelled"] = "run_cancelled"


@dataclass(frozen=True, slots=True)
class ScheduleSet:
    """The schedule that holds now."""

    schedule: Schedule
    type: Literal["schedule_set"] = "schedule_set"


@dataclass(frozen=True, slots=True)
class ScheduleRemoved:
    """Nothing trains by itself any more; `was` is what was switched off, if anything."""

    was: Schedule | None = None
    type: Literal["schedule_removed"] = "schedule_removed"


TrainAnswer = RunStarted | RunActive | TrainingState | RunCancelled | ScheduleSet | ScheduleRemoved


# --- predicting ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Recognised:
    """Texts with what the live model found in them."""

    version: int
    texts: tuple[tuple[str, Prediction], ...]
    cleaned: bool = False


@dataclass(frozen=True, slots=True)
class NoModelYet:
    """There is nothing to ask yet; what is there and what is needed for a first training."""

    counts: ProjectCounts
    needed: int


RecognitionAnswer = Recognised | NoModelYet
