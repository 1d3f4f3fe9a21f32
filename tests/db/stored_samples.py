"""Rich values of everything the database keeps as JSON, by column: no field has its default value everywhere."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, get_args

from bot.api.idempotency import RequestKept
from bot.api.routes.exchange import FileImported
from bot.api.service import AddedSentence, Annotated, SentencesAdded
from bot.domain.evaluation import LivePolicy
from bot.domain.events import Event
from bot.domain.flags import Flag
from bot.domain.models import WhyLive
from bot.domain.project import Annotation, DescribedLabel, Precedent, Project, Sentence
from bot.domain.roles import Role
from bot.domain.steps import AnnotationState, StepKind
from bot.editor.commands import Box, Draft, DraftKept, Several
from bot.erasure.commands import Extent, Forget, Forgotten, What
from bot.health.drift import Detector, Drift
from bot.health.values import StreamChange
from bot.home.values import ProjectChosen
from bot.labelling.values.bulk import (
    EverywhereIntent,
    LabelledEverywhere,
    MarkedTogether,
    MatchStatus,
    PhraseMatch,
    Survey,
    UndoneEverywhere,
)
from bot.labelling.values.cards import (
    Card,
    Choice,
    Done,
    Neighbours,
    Question,
    QuestionKind,
    QueueEmpty,
    ReasonKept,
    Suggestion,
)
from bot.labelling.values.intents import LabelIntent, MarkedSentence, MarkedSentences, UnlabelIntent
from bot.labelling.values.messages import (
    LeftOut,
    MessageIntent,
    Piece,
    Queued,
    WhyLeftOut,
    Withdrawn,
)
from bot.models.commands import LiveMoved, PolicySet, ScoresPosted
from bot.projects.commands import ProjectShown, RolesShown
from bot.projects.use_cases import Reply
from bot.projects.values import ProjectSettings
from bot.recognition.values import Answer, AnsweredText, Notices
from bot.team.commands import (
    ChangeAsked,
    ChangeLabels,
    LabelKept,
    LabelsChanged,
    LabelsShown,
    LeftAlone,
)
from bot.team.values.deletions import Delete, Deleted, DeletionAsked, Kind
from bot.team.values.flags import FlagsShown
from bot.team.values.history import HistoryPage, Undone
from bot.team.values.review import (
    Decision,
    Dispute,
    LookingAtError,
    NoDispute,
    NoError,
    NoteKept,
    Reviewing,
    Version,
    YoursToLabel,
)
from bot.team.values.stats import Agreement, LabelAgreement, PersonStats, TeamStats
from ner_engine.annotation import Prediction, Span
from ner_engine.results import (
    Comparison,
    Confusion,
    CurvePoint,
    Evaluation,
    Finding,
    FinerScores,
    Guard,
    HeldBack,
    Mistake,
    Outcomes,
    Progress,
    Score,
)
from tests.db.stored_train_answers import train_answers

AT = datetime(2026, 2, 3, 4, 5, 6, 789000, tzinfo=UTC)
TOKENS = ((0, 7), (8, 11), (12, 17), (18, 22))
PAIN, FEVER = Span(12, 22, "SYMPTOM"), Span(8, 11, "DRUG_2")
SPANS = (FEVER, PAIN)
SENTENCE = Sentence(7, "Patient “ü” chest 🤒ain", TOKENS, "https://x.slack.com/p1", "note 1")
ANNOTATION = Annotation(SENTENCE, "U1", SPANS, finished=True)
STATE = AnnotationState(SPANS, finished=True)
PROJECT = Project(3, "Triage")
DECISION = Decision(7, SPANS, "U2", "as it was said")
PRECEDENT = Precedent("chest pain", "SYMPTOM", 5, "U2", "the guide", AT)
GUIDE = DescribedLabel("SYMPTOM", "what a patient feels", ("chest pain", "a cough"), 41)
RENAME, MERGE = ChangeLabels("SYMTOM", "SYMPTOM"), ChangeLabels("SIGN", "SYMPTOM", merge=True)

EVALUATION = Evaluation(
    Score(0.5, 0.25, 1 / 3, 12),
    (("SYMPTOM", Score(0.75, 0.5, 0.6, 4)), ("DRUG_2", Score(1.0, 0.0, 0.0, 8))),
    (0.125, 0.625),
    40,
    "cross-validation",
    Comparison(2, 0.5, 0.75, 30, 0.0625, (-0.5, -0.125)),
    ("The encoder could not be read.",),
    "40 more sentences would bring 2 points.",
    (Finding("SYMPTOM has 2 examples.", (7, 8), needs_more=True),),
    (
        Mistake("label", 7, PAIN, replace(PAIN, label="DRUG_2"), 3),
        Mistake("boundary", 7, PAIN, replace(PAIN, start=8), 4),
        Mistake("missed", 8, FEVER, None, 2),
        Mistake("spurious", 9, None, FEVER, 1),
    ),
    (
        Confusion("label", "SYMPTOM", "DRUG_2", 3),
        Confusion("boundary", "SYMPTOM", "SYMPTOM", 4),
        Confusion("missed", "DRUG_2", None, 2),
        Confusion("spurious", None, "DRUG_2", 1),
    ),
    (CurvePoint(10, 0.25, (0.125, 0.5)), CurvePoint(40, 0.5, (0.375, 0.75))),
    Guard(9, 8, 1),
    HeldBack.WORSE,
    FinerScores(
        Score(0.75, 0.5, 0.6, 12),
        (("SYMPTOM", Score(1.0, 0.5, 2 / 3, 4)),),
        Score(1.0, 0.5, 2 / 3, 4),
        Score(0.5, 0.25, 1 / 3, 8),
    ),
    3,
    (Outcomes("SYMPTOM", (2.25, -0.5), (0.75,)), Outcomes("DRUG_2", (), ())),
    (0.5, -0.25),
)
EVALUATIONS = [replace(EVALUATION, held_back=why) for why in HeldBack]

PHRASE = LabelIntent("SYMPTOM", "ain", True, 7, ((19, 22), (0, 1)), True, True)
MARKED = MarkedSentence("No pain.", (Span(3, 7, "SYMPTOM"),), True, True, True, ("SYMPTOM",))
MARKED_LINES = MarkedSentences((MARKED,), (((0, 2), (3, 7)),), labels_confirmed=True)
UNLABEL = UnlabelIntent("ain", 7)
EVERYWHERE = EverywhereIntent("SYMPTOM", "ain", True, True, True, 2, (7, 8), True, (9,))
MESSAGE = MessageIntent(
    (Piece("No pain.", ((0, 2), (3, 7))),),
    "https://x.slack.com/p2",
    cleaned=True,
    to_queue=True,
    left_out=tuple(LeftOut(why, 9, "No fever") for why in WhyLeftOut),
)
INTENTS = (PHRASE, MARKED, EVERYWHERE, MESSAGE, MARKED_LINES, UNLABEL)
SURVEY = Survey(
    tuple(
        PhraseMatch(ANNOTATION, standing, (PAIN,), (replace(PAIN, label="DRUG_2"),))
        for standing in MatchStatus
    ),
    tuple((standing, number) for number, standing in enumerate(MatchStatus, start=1)),
    4,
    2,
    5,
    more=True,
)
CHOICES = (*(Choice("Yes", intent, listed=True) for intent in INTENTS), Choice("Leave it", None))
QUESTIONS = [
    Question(kind, INTENTS[number % len(INTENTS)], CHOICES, SENTENCE, SPANS, f"of{number}", SURVEY)
    for number, kind in enumerate(QuestionKind)
]
SUGGESTION = Suggestion(
    7,
    SPANS,
    (0.5, None),
    4,
    "of8",
    5,
    unsure=(Span(3, 7, "SYMPTOM"),),
    may_miss=True,
    source="gpt-mini",
    offered=(Span(3, 7, "SYMPTOM"),),
    words=(Span(3, 7, "SYMPTOM"),),
    labels=("SYMPTOM", "DRUG_2"),
    chosen=(Span(3, 7, "SYMPTOM"),),
)
DRAFT = Draft(
    "No pain.",
    ((0, 2), (3, 7), (7, 8)),
    7,
    (Span(3, 7, "SYMPTOM"),),
    STATE,
    4,
    "of9",
    1,
    2,
    (Several("SYMPTOM", ((3, 7), (0, 2))),),
    ("pain was taken out.",),
    ("SYMTOM",),
    3,
    4,
    "of10",
    offered=(Span(3, 7, "SYMPTOM"),),
    decides=True,
)
ANSWER = Answer(
    5,
    (
        AnsweredText(
            "No pain.",
            ((0, 2), (3, 7)),
            Prediction((Span(3, 7, "SYMPTOM"),), (0.875,), 0.125, 2),
            7,
            (Span(3, 7, "SYMPTOM"),),
            finished=False,
            steps=(12, 11),
            shared=True,
        ),
    ),
    cleaned=True,
    damaged=(4, 3),
    absent=6,
    offer="of11",
)
CARD = Card(
    ANNOTATION,
    StepKind.LABELLED,
    (PAIN,),
    (FEVER,),
    "SYMPTOM",
    True,
    True,
    Done(6, StepKind.FINISHED, 2),
    5,
    StepKind.SKIPPED,
    9,
    8,
    SUGGESTION,
    (GUIDE,),
    (PRECEDENT, replace(PRECEDENT, label=None)),
    may_delete=True,
    blind=True,
    gone_label="SIGN",
    neighbours=Neighbours("Before.", "Behind."),
)
CARDS = [replace(CARD, step=kind, undone=kind, done=Done(6, kind, 2)) for kind in StepKind]
OUTCOMES: Sequence[object] = [
    *CARDS,
    *QUESTIONS,
    QueueEmpty(12, Done(6, StepKind.NO_ENTITIES, 1), 5, 8, "SIGN"),
    LabelledEverywhere("SYMPTOM", "ain", "Ev2", 5, 6, 4, passed=3, new_label=True, more=True),
    MarkedTogether((7, 8), 3, "Ev4", already=1, cut=("No pain.",), new_label="SYMPTOM"),
    UndoneEverywhere(5, (7, 8), gone_label="SYMPTOM"),
    Queued(3, (7, 8), 9, "Ev3"),
    Withdrawn(2, (7,)),
]

EVENT = Event(
    21,
    "label_renamed",
    "U1",
    AT,
    7,
    SENTENCE.text,
    STATE,
    AnnotationState(),
    {"by": "U2"},
    20,
    True,
)
DISPUTE = Dispute(SENTENCE, (Version(SPANS, ("U1", "U2")), Version((), ("U3",))), (PRECEDENT,))
DELETES = [Delete(kind, 4, "SYMPTOM") for kind in Kind]
TeamAnswer = (
    LabelsShown
    | LabelKept
    | ChangeAsked
    | LabelsChanged
    | LeftAlone
    | ProjectShown
    | RolesShown
    | TeamStats
    | Reviewing
    | NoDispute
    | LookingAtError
    | NoError
    | NoteKept
    | YoursToLabel
    | FlagsShown
    | HistoryPage
    | Undone
    | DeletionAsked
    | Deleted
)
TO_REVIEW = (
    Reviewing(DISPUTE, 3, DECISION, changed=True),
    NoDispute(DECISION, 2, 1),
    LookingAtError(
        SENTENCE, DISPUTE.versions[0], DISPUTE.versions[1], 0.625, 4, DECISION, changed=True
    ),
    NoError(DECISION, trained=False, passed=3),
)
TEAM_ANSWERS: Sequence[TeamAnswer] = [
    LabelsShown(PROJECT, (GUIDE,)),
    LabelKept("SYMPTOM", "what a patient feels", True, "what hurts", "SYMPTON"),
    ChangeAsked(MERGE, 12, "of12"),
    LabelsChanged(RENAME, 12, 22, 3, 4),
    LeftAlone(),
    *(
        ProjectShown(
            PROJECT,
            True,
            (Project(4, "Other"),),
            ProjectSettings(
                2,
                0.5,
                second_share=0.25,
                confidence=0.75,
                precision=0.95,
                is_open=False,
                guests=True,
                language="de",
                message_days=30,
                rereads=True,
                redacts="DRUG,PERSON",
            ),
            did,
        )
        for did in ("shown", "made", "bound", "set")
    ),
    *(RolesShown(("U1",), ("U2", "U3"), "U3", role) for role in Role),
    TeamStats(
        "Triage",
        2,
        9,
        30,
        5,
        1,
        (("SYMPTOM", 41),),
        (PersonStats("U1", 2, 7, 20, 12.5),),
        11.5,
        Agreement(
            0.75,
            9,
            (LabelAgreement("SYMPTOM", 0.5, 8),),
            (("U1", "U2", 0.75, 9),),
            lenient=0.875,
            blind=True,
            with_suggestions=(0.5, 4),
        ),
    ),
    *TO_REVIEW,
    NoteKept(DECISION),
    *(DeletionAsked(delete, "of13", "It hurts.", 5, 2) for delete in DELETES),
    *(Deleted(delete, 5) for delete in DELETES),
    YoursToLabel(CARD),
    FlagsShown((Flag(SENTENCE, "U1", "cut off", AT),), 2, 5, 6),
    HistoryPage((EVENT,), (21,), 20, mine=True, first=False),
    Undone(EVENT, 5, ("SIGN",)),
]

PROGRESS = Progress("training", 0.5, 20, 40, 0.75, 12.5)

EXTENT = Extent(2, 3, 4, 5, 6, 7, (8, 9), 10)
FORGETS = [Forget(what, 4, "U1", "Triage") for what in What]
DRIFT = Drift(
    Detector("high", [0.1, 0.25], [0.5, 0.25, 0.25], 12.5, 10.0, 100, [0.25]),
    Detector("both", [0.9], [0.2, 0.2, 0.2, 0.2, 0.2], 1.0, 0.9, 1, [0.9]),
    Detector("both", [3.0], firsts=1),
    Detector("both", [1.0], firsts=1),
    "DRUG",
    3,
    ["C1", "C1", "C2"],
)
STORED: Mapping[str, Sequence[Any]] = {
    "sentence.tokens": [TOKENS, ()],
    "entity_card.tokens": [TOKENS, ()],
    "stream_drift.state": [Drift(), DRIFT],
    "stream_drift.change": [
        StreamChange("vocabulary", 0.1, 0.3, "C1", None, True, 200),
        StreamChange("confidence", 0.9, 0.6, None, None, False, 300),
        StreamChange("density", 1.5, 0.5, None, None, False, 300),
        StreamChange("labels", 0.7, 0.1, None, "DRUG", False, 900),
    ],
    "drawn_sentence.tokens": [TOKENS, ()],
    "drawn_sentence.spans": [SPANS, ()],
    "annotation.spans": [SPANS, ()],
    "merged.spans": [SPANS, ()],
    "decision.spans": [SPANS, ()],
    "suspicion.spans": [SPANS, ()],
    "event.before": [STATE],
    "event.after": [STATE],
    "event.detail": [{"name": "SYMPTOM", "from": None, "to": {"ü": 0.5}, "flags": [["U1", ""]]}],
    "offer.question": [*QUESTIONS, SUGGESTION, DRAFT, ANSWER],
    "receipt.outcome": [
        *OUTCOMES,
        *TO_REVIEW,
        *(Reply(answer, first_owner=True, undo=21) for answer in TEAM_ANSWERS),
        *(LiveMoved(3, 5, 4, why) for why in WhyLive),
        *map(PolicySet, LivePolicy),
        Notices(on=False, changed=True),
        ScoresPosted(),
        ANSWER,
        ReasonKept(kept=False),
        RequestKept("d" * 64),
        FileImported("{}"),
        SentencesAdded((AddedSentence(1, "A cough.", new=True),)),
        Annotated(1, "A cough.", (Span(2, 7, "SYMPTOM"),), finished=True, new_labels=("SYMPTOM",)),
        ProjectChosen(3),
        *train_answers(AT, PROGRESS, EVALUATIONS),
        *(Forgotten(forget, EXTENT) for forget in FORGETS),
        *(DraftKept("of10", ((box, "“pain” is not marked."),)) for box in get_args(Box)),
    ],
    "run.progress": [PROGRESS],
    "job.progress": [PROGRESS],
    "run.evaluation": EVALUATIONS,
    "model.labels": [("DRUG_2", "SYMPTOM")],
    "model.evaluation": EVALUATIONS,
    "confirmation.command": [RENAME, MERGE, *FORGETS, *DELETES],
}
"""What is kept in each column."""
