"""What people see: inside Slack's limits, inert, and readable without colours."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.models.blocks import ActionsBlock, ContextBlock

from bot.digests.commands import Digest, DigestRemoved, DigestSet, News
from bot.digests.views import digest_off_view, digest_state_view, digest_view
from bot.domain.evaluation import LivePolicy
from bot.domain.label_colours import colour_of, coloured
from bot.domain.models import Difference, LiveMove, ModelsCompared, ModelVersion, RunEnd, WhyLive
from bot.domain.project import (
    Annotation,
    DescribedLabel,
    Gold,
    Precedent,
    Project,
    ProjectCounts,
    Sentence,
)
from bot.domain.runs import Model as TrainedModel
from bot.domain.runs import Run, RunReason, RunState
from bot.domain.steps import StepKind
from bot.home.values import HomePage, NextStep
from bot.home.views.home import home_view
from bot.labelling.bulk_preview import ask_everywhere
from bot.labelling.messages import ask_pieces
from bot.labelling.values.bulk import (
    EverywhereIntent,
    LabelledEverywhere,
    MatchStatus,
    PhraseMatch,
    UndoneEverywhere,
)
from bot.labelling.values.cards import (
    Card,
    Choice,
    Done,
    Outcome,
    Question,
    QuestionKind,
    QueueEmpty,
    Suggestion,
    pointed,
)
from bot.labelling.values.intents import LabelIntent, MarkedSentence
from bot.labelling.values.messages import MessageIntent, Piece, Queued, Withdrawn
from bot.labelling.views.bulk import excerpt
from bot.labelling.views.cards import outcome_view
from bot.listening import COMMANDS
from bot.models.commands import LiveMoved, ModelsShown, PolicySet, SentencesShown
from bot.models.views.comparing import compared_view
from bot.models.views.examples import picture_view, sentences_view
from bot.models.views.versions import models_view, moved_view, policy_view
from bot.playground.block_kit.validation import TEXT_CUT_AT, UPDATE_TEXT, ack_faults, view_faults
from bot.playground.values import words
from bot.recognition.values import Answer, AnsweredText, Correction, Learned, NoModelYet, Notices
from bot.recognition.views.answers import recognition_view
from bot.recognition.views.notices import learned_view, notices_view
from bot.slack import action_ids as ids
from bot.slack.command_help import misunderstood_view, usage_view
from bot.slack.marked_text import marked_sentence
from bot.slack.telling.modals import words_modal
from bot.slack.text import View, cut, escape, words_view
from bot.training.commands import (
    AutoTraining,
    AutoTrainingRemoved,
    AutoTrainingSet,
    ComingTrainings,
    RunActive,
    RunCancelled,
    RunPage,
    RunStarted,
    Schedule,
    ScheduleAsked,
    ScheduleRemoved,
    ScheduleSet,
    TrainingState,
    ZoneShown,
)
from bot.training.views.answers import (
    auto_off_view,
    auto_view,
    cancelled_view,
    coming_view,
    schedule_off_view,
    schedule_view,
    started_view,
    state_view,
)
from bot.training.views.history import history_view
from bot.training.views.run import run_view
from bot.training.views.zones import zone_view
from ner_engine.annotation import MAX_TEXT, RESERVED_LABEL, Prediction, Span
from ner_engine.results import (
    Comparison,
    Evaluation,
    Finding,
    FinerScores,
    Guard,
    HeldBack,
    Mistake,
    Progress,
    Score,
)
from tests.bot.invariants import unhurried

TRAIN_VIEWS: dict[type, Any] = {
    RunStarted: started_view,
    RunActive: started_view,
    TrainingState: state_view,
    RunCancelled: cancelled_view,
    ScheduleSet: schedule_view,
    ScheduleAsked: schedule_view,
    ZoneShown: zone_view,
    ScheduleRemoved: schedule_off_view,
    AutoTrainingSet: auto_view,
    AutoTrainingRemoved: auto_off_view,
    ComingTrainings: coming_view,
    RunPage: history_view,
    DigestSet: digest_state_view,
    DigestRemoved: digest_off_view,
}


def train_view(answer: object) -> View:
    """The answer to /train as it is shown."""
    view: View = TRAIN_VIEWS[type(answer)](answer)
    return view


HELP = {told.command: told for told in COMMANDS}


def misunderstood(command: str, reason: str) -> View:
    return misunderstood_view(HELP[command], reason, reason)


NOW = datetime(2026, 3, 28, 12, tzinfo=UTC)

# --- any value a view can be asked to show ----------------------------------------------------------------------

tricky = st.sampled_from(
    [
        "<!channel>",
        "<@U1>",
        "*bold*",
        "_",
        "`",
        "~",
        "&",
        "&amp;",
        "<",
        ">",
        ":smile:",
        "[x](y)",
        "😄",
        "👩‍⚕️",
        "مرحبا",
    ]
)
texts = st.lists(
    tricky | st.text(st.characters(exclude_categories=["Cs"]), max_size=9), max_size=6
).map(lambda parts: "".join(parts) or "x")
long_texts = st.sampled_from(["& " * 1_000, "<!here> " * 250, "x" * 200, "pain " * 400])
any_texts = texts | long_texts
labels = st.from_regex(r"[A-Z][A-Z0-9_]{0,31}", fullmatch=True).filter(
    lambda label: label != RESERVED_LABEL  # no label can be called so
)
counts = st.integers(0, 10**7)
ids_of_rows = st.integers(1, 2**63 - 1)
shares = st.floats(0, 1)


@st.composite
def marked_texts(draw: st.DrawFn) -> tuple[str, tuple[Span, ...]]:
    text = draw(any_texts)
    edges = sorted(draw(st.sets(st.integers(0, len(text)), max_size=12)))
    pairs = zip(edges[::2], edges[1::2], strict=False)
    return text, tuple(Span(start, end, draw(labels)) for start, end in pairs)


@st.composite
def predicted_texts(draw: st.DrawFn) -> tuple[str, Prediction]:
    text, spans = draw(marked_texts())
    confidences = tuple(draw(st.none() | shares) for _ in spans)
    return text, Prediction(spans, confidences, draw(shares))


@st.composite
def annotations(draw: st.DrawFn) -> Annotation:
    text, spans = draw(marked_texts())
    link = draw(st.none() | st.just("https://x.slack.com/archives/C1/p1?a=1&b=2"))
    sentence = Sentence(draw(ids_of_rows), text, permalink=link)
    return Annotation(sentence, "U1", spans, draw(st.booleans()))


dones = st.builds(Done, ids_of_rows, st.sampled_from(StepKind), counts)


@st.composite
def suggestions(draw: st.DrawFn, sentence: Sentence, spans: tuple[Span, ...]) -> Suggestion:
    confidences = tuple(draw(st.none() | shares) for _ in spans)
    model, guessed_from = draw(st.none() | ids_of_rows), draw(st.none() | counts)
    if guessed_from is not None:
        kept = [span for span in spans if draw(st.booleans())]
        unsure = (None,) * len(kept)
        offer = "of-fer"
        return Suggestion(
            sentence.id, tuple(kept), unsure, None, offer, guessed_from, offered=spans, words=spans
        )
    labels = tuple({span.label: None for span in spans})
    return Suggestion(
        sentence.id,
        spans,
        confidences,
        model,
        offer="of-fer",
        offered=spans,
        words=spans,
        labels=labels,
    )


@st.composite
def answered_texts(draw: st.DrawFn) -> AnsweredText:
    text, found = draw(predicted_texts())
    saved = draw(st.booleans())
    return AnsweredText(
        text,
        (),
        found,
        sentence_id=draw(ids_of_rows) if saved else None,
        spans=found.spans if saved else (),
        shared=draw(st.booleans()),
    )


described = st.builds(DescribedLabel, labels, any_texts, st.lists(any_texts, max_size=3).map(tuple))
precedents = st.builds(
    Precedent, any_texts, st.none() | labels, ids_of_rows, st.just("UREV"), any_texts
)


@st.composite
def cards(draw: st.DrawFn) -> Card:
    annotation = draw(annotations())
    some = st.sampled_from([(), annotation.spans[:1], annotation.spans])
    return Card(
        annotation,
        step=draw(st.none() | st.sampled_from(StepKind)),
        changed=draw(some),
        already=draw(some),
        new_label=draw(st.none() | labels),
        new_sentence=draw(st.booleans()),
        cleaned=draw(st.booleans()),
        done=draw(st.none() | dones),
        stale=draw(st.none() | ids_of_rows),
        suggestion=draw(st.none() | suggestions(annotation.sentence, annotation.spans)),
        today=draw(counts),
        guide=tuple(draw(st.lists(described, max_size=9))),
        precedents=tuple(draw(st.lists(precedents, max_size=3))),
        undone=draw(st.none() | st.sampled_from(StepKind)),
        waiting=draw(counts),
        may_delete=draw(st.booleans()),
    )


@st.composite
def questions(draw: st.DrawFn) -> Question:
    annotation = draw(annotations())
    intent = draw(
        st.builds(LabelIntent, labels, any_texts)
        | st.just(MarkedSentence(annotation.sentence.text, annotation.spans))
    )
    choices = [Choice(draw(any_texts), intent) for _ in range(draw(st.integers(1, 9)))]
    return Question(
        draw(st.sampled_from(QuestionKind)),
        intent,
        (*choices, Choice("Leave it as it is", None)),
        sentence=draw(st.none() | st.just(annotation.sentence)),
        spans=draw(st.sampled_from([annotation.spans, (*annotation.spans, *annotation.spans)])),
        offer="of:fer",
    )


@st.composite
def matches(draw: st.DrawFn) -> PhraseMatch:
    """The spans of an annotation, some of them new, some to be replaced."""
    annotation = draw(annotations())
    text, spans = annotation.sentence.text, annotation.spans
    cut = draw(st.integers(0, len(spans)))
    old = tuple(Span(s.start, s.end, draw(labels)) for s in spans[:cut])
    before = Annotation(Sentence(draw(ids_of_rows), text), "U1", (*old, *spans[cut + 1 :]))
    return PhraseMatch(before, draw(st.sampled_from(MatchStatus)), spans[: cut + 1], old)


@st.composite
def surveys(draw: st.DrawFn) -> Question:
    intent = draw(
        st.builds(
            EverywhereIntent,
            labels,
            any_texts,
            with_overlaps=st.booleans(),
            with_taken=st.booleans(),
            page=st.integers(0, 3),
        )
    )
    seen = draw(st.lists(matches(), min_size=1, max_size=12))
    return replace(ask_everywhere(intent, seen, more=draw(st.booleans())), offer="of:fer")


@st.composite
def message_questions(draw: st.DrawFn) -> Question:
    pieces = draw(st.lists(any_texts, min_size=2, max_size=60, unique=True))
    intent = MessageIntent(tuple(Piece(text, ()) for text in pieces), "https://x.slack.com/p1")
    return replace(ask_pieces(intent), offer="of:fer")


scores = st.builds(Score, shares, shares, shares, counts)
small_spans = st.builds(Span, st.just(0), st.integers(1, 3), labels)
evaluations = st.builds(
    Evaluation,
    overall=scores,
    per_label=st.dictionaries(labels, scores, max_size=8).map(lambda rows: tuple(rows.items())),
    interval=st.tuples(shares, shares),
    sentences=counts,
    method=st.sampled_from(["cross-validation", "held-out"]),
    comparison=st.none()
    | st.builds(
        Comparison,
        counts,
        shares,
        shares,
        counts,
        shares,
        st.none() | st.tuples(st.floats(-1, 1), st.floats(-1, 1)),
    ),
    advice=st.lists(any_texts, max_size=9).map(tuple),
    outlook=st.none() | any_texts,
    findings=st.lists(
        st.builds(
            Finding,
            any_texts,
            st.lists(ids_of_rows, max_size=20).map(tuple),
            needs_more=st.booleans(),
        ),
        max_size=8,
    ).map(tuple),
    mistakes=st.lists(
        st.builds(
            Mistake,
            st.sampled_from(["label", "boundary"]),
            ids_of_rows,
            small_spans,
            small_spans,
            counts,
        )
        | st.builds(Mistake, st.just("missed"), ids_of_rows, small_spans, st.none(), counts)
        | st.builds(Mistake, st.just("spurious"), ids_of_rows, st.none(), small_spans, counts),
        max_size=3,
    ).map(tuple),
    guard=st.none() | st.builds(Guard, counts, counts),
    held_back=st.none() | st.sampled_from(HeldBack),
)
progress = st.builds(
    Progress,
    stage=st.sampled_from(["features", "cross-validation", "training", "saving", "another"]),
    done=shares,
    step=counts,
    steps=counts,
    f=st.none() | shares,
    seconds_left=st.none() | st.floats(0, 1e9),
)
runs = st.builds(
    Run,
    id=ids_of_rows,
    project_id=st.just(1),
    number=ids_of_rows,
    state=st.sampled_from(RunState),
    reason=st.sampled_from(RunReason),
    preset=st.sampled_from(["encoder", "cnn"]),
    person=st.just("U1"),
    channel=st.just("C1"),
    created_at=st.just(NOW),
    attempt=st.integers(1, 3),
    sentences=counts,
    progress=st.none() | progress,
    evaluation=st.none() | evaluations,
    failure=st.none() | st.just("") | any_texts,
    version=st.none() | ids_of_rows,
    went_live=st.booleans(),
    started_at=st.none() | st.just(NOW),
    finished_at=st.none() | st.just(NOW + timedelta(minutes=2)),
    waits_for=st.integers(0, 3),
)
schedules = st.builds(
    Schedule,
    id=ids_of_rows,
    project_id=st.just(1),
    cron=st.just("0 3 * * *"),
    timezone=st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kolkata"]),
    words=any_texts,
    person=st.just("U1"),
    channel=st.just("C1"),
    next_due=st.just(NOW),
)
models = st.builds(
    TrainedModel, st.just(1), ids_of_rows, st.just(()), st.just(NOW), st.none() | evaluations
)


@st.composite
def ended_runs(draw: st.DrawFn) -> View:
    """The message of a run with what stands at its end."""
    ended = draw(runs)
    mistakes = ended.evaluation.mistakes if ended.evaluation else ()
    texts = {each.sentence_id: draw(any_texts) for each in mistakes if draw(st.booleans())}
    version = st.none() | st.just(ended.version) | ids_of_rows
    end = RunEnd(
        live=draw(version),
        since=draw(st.none() | st.just(NOW)),
        undo_to=draw(version),
        usable=draw(st.booleans()),
        texts=texts,
    )
    return run_view(ended, end)


live_moves = st.builds(
    LiveMove,
    ids_of_rows,
    st.none() | ids_of_rows,
    st.just(NOW),
    st.just("U1"),
    st.sampled_from(WhyLive),
)
versions = st.builds(
    ModelVersion, models, ids_of_rows, st.just("U1"), counts, st.booleans(), st.booleans()
)


@st.composite
def differences(draw: st.DrawFn) -> Difference:
    text, spans = draw(marked_texts())
    some = st.sampled_from([(), spans[:1], spans])
    return Difference(Sentence(7, text), draw(some), draw(some), draw(some))


models_answers: st.SearchStrategy[View] = (
    st.builds(
        ModelsShown,
        st.builds(Project, ids_of_rows, any_texts),
        st.lists(versions, max_size=8).map(tuple),
        st.none() | live_moves,
        st.sampled_from(LivePolicy),
        st.none() | ids_of_rows,
        st.booleans(),
    ).map(models_view)
    | st.builds(
        ModelsCompared,
        ids_of_rows,
        ids_of_rows,
        counts,
        shares,
        shares,
        shares,
        counts,
        counts,
        counts,
        st.lists(differences(), max_size=5).map(tuple),
        counts,
    ).map(compared_view)
    | st.builds(
        LiveMoved, ids_of_rows, ids_of_rows, st.none() | ids_of_rows, st.sampled_from(WhyLive)
    ).map(moved_view)
    | st.builds(PolicySet, st.sampled_from(LivePolicy)).map(policy_view)
    | st.builds(
        SentencesShown,
        any_texts,
        st.lists(
            marked_texts().map(lambda m: Gold(Sentence(3, m[0]), m[1], finished=False)),
            max_size=14,
        ).map(tuple),
        counts,
    ).map(sentences_view)
    | st.none().map(picture_view)
)

project_counts = st.builds(
    ProjectCounts, counts, counts, counts, counts,
    st.lists(st.tuples(labels, counts), max_size=40).map(tuple),
)  # fmt: skip
autos = st.builds(
    AutoTraining, ids_of_rows, st.just(1), counts, counts, st.just("U1"), st.just("C1"), counts
)
digests = st.builds(
    Digest,
    id=ids_of_rows,
    channel=st.just("C1"),
    person=st.just("U1"),
    cron=st.just("0 9 * * *"),
    timezone=st.sampled_from(["UTC", "Asia/Kolkata"]),
    words=any_texts,
    since=st.just(NOW),
    next_due=st.just(NOW),
)
news = st.builds(
    News,
    finished=st.lists(st.tuples(st.just("U1"), counts), max_size=30).map(tuple),
    trainings=st.lists(runs, max_size=9).map(tuple),
    live=st.none() | models,
    before=st.none() | runs,
    counts=project_counts,
)
learned = st.builds(
    Learned,
    st.just(1),
    ids_of_rows,
    st.just("U1"),
    st.lists(
        annotations().map(lambda found: Correction("U1", found.sentence, found.spans)),
        min_size=1,
        max_size=9,
    ).map(tuple),
    st.none() | any_texts,
)
pages = st.builds(
    RunPage,
    runs=st.lists(runs, max_size=8).map(tuple),
    newest=ids_of_rows,
    size=st.just(8),
    timezone=st.just("Europe/Berlin"),
)
answers = (
    st.builds(RunStarted, runs)
    | st.builds(RunActive, runs)
    | st.builds(RunCancelled, runs)
    | st.builds(ScheduleSet, schedules, st.booleans())
    | st.builds(ScheduleAsked, any_texts, st.just("*/5 * * * *"), st.just("UTC"), st.just(5))
    | st.builds(ZoneShown, st.just("UTC"), st.booleans(), st.none() | schedules)
    | st.builds(ScheduleRemoved, st.none() | schedules)
    | st.builds(
        TrainingState,
        counts=project_counts,
        needed=st.just(10),
        active=st.none() | runs,
        last=st.none() | runs,
        live=st.none() | models,
        schedule=st.none() | schedules,
        auto=st.none() | autos,
    )
    | st.builds(AutoTrainingSet, autos)
    | st.builds(AutoTrainingRemoved, st.none() | autos)
    | st.builds(
        ComingTrainings,
        st.none() | schedules,
        st.lists(st.just(NOW), max_size=5).map(tuple),
        st.none() | autos,
        st.none() | runs,
    )
    | pages
    | st.builds(DigestSet, st.none() | digests, st.booleans())
    | st.builds(DigestRemoved, st.none() | digests)
)
recognitions = st.builds(
    Answer,
    st.none() | ids_of_rows,
    st.lists(answered_texts(), min_size=1, max_size=20).map(tuple),
    st.booleans(),
    st.lists(ids_of_rows, max_size=3).map(tuple),
    st.sampled_from(["", "of-fer"]),
) | st.builds(NoModelYet, project_counts, st.just(10))
outcomes: st.SearchStrategy[Outcome] = (
    cards()
    | questions()
    | st.builds(QueueEmpty, counts, st.none() | dones, st.none() | ids_of_rows)
    | surveys()
    | st.builds(
        Queued, counts, st.lists(ids_of_rows, max_size=9).map(tuple), counts, st.just("request")
    )
    | st.builds(Withdrawn, counts, st.lists(ids_of_rows, max_size=9).map(tuple))
    | message_questions()
    | st.builds(
        LabelledEverywhere,
        labels,
        any_texts,
        any_texts,
        counts,
        counts,
        counts,
        counts,
        st.booleans(),
        st.booleans(),
    )
    | st.builds(UndoneEverywhere, counts, st.lists(ids_of_rows, max_size=30).map(tuple))
)
views: st.SearchStrategy[View] = (
    outcomes.map(outcome_view)
    | runs.map(run_view)
    | ended_runs()
    | models_answers
    | answers.map(train_view)
    | st.builds(digest_view, digests, news)
    | learned.map(learned_view)
    | st.builds(Notices, st.booleans(), st.booleans()).map(notices_view)
    | recognitions.map(recognition_view)
    | st.builds(misunderstood, st.sampled_from(sorted(HELP)), any_texts)
    | any_texts.map(words_view)
)

home_pages = st.builds(
    HomePage,
    counts=project_counts,
    needed=st.just(10),
    waiting=counts,
    labels=st.lists(labels, max_size=40).map(tuple),
    asked=st.booleans(),
    recent=st.lists(runs, max_size=2).map(tuple),
    live=st.none() | models,
    live_since=st.none() | st.just(NOW),
    live_run=st.none() | runs,
    schedule=st.none() | schedules,
    auto=st.none() | autos,
    project=st.builds(Project, ids_of_rows, any_texts),
    projects=st.lists(
        st.builds(Project, ids_of_rows, any_texts), max_size=120, unique_by=lambda p: p.id
    ).map(tuple),
)


def every(node: object, key: str) -> Iterator[Any]:
    """The values of a key, wherever it stands."""
    if isinstance(node, dict):
        if key in node:
            yield node[key]
        for part in node.values():
            yield from every(part, key)
    elif isinstance(node, list):
        for part in node:
            yield from every(part, key)


def shown(view: View) -> str:
    """All the words of the blocks, one piece a line."""
    return "\n".join(words(view.to_message()["blocks"]))


def buttons(view: View) -> list[str]:
    return [
        element.to_dict()["text"]["text"]
        for block in view.blocks
        if isinstance(block, ActionsBlock)
        for element in block.elements
    ]


# --- what holds for all of them ---------------------------------------------------------------------------------


@unhurried
@given(views)
def test_slack_takes_every_view(view: View) -> None:
    assert ack_faults(view.to_message()) == []


@unhurried
@given(views)
def test_no_view_holds_mrkdwn(view: View) -> None:
    assert "mrkdwn" not in every(view.to_message()["blocks"], "type")


@unhurried
@given(views)
def test_the_text_of_every_view_is_escaped(view: View) -> None:
    """But for the mention of a person, which nerbot writes itself."""
    assert re.fullmatch(r"(?:[^<>&]|&(?:amp|lt|gt);|<@U1>)+", view.to_message()["text"])


@unhurried
@given(views)
def test_the_text_of_every_view_is_short_enough(view: View) -> None:
    assert len(view.to_message()["text"]) <= TEXT_CUT_AT


@unhurried
@given(runs)
def test_the_message_of_a_run_can_be_edited(run: Run) -> None:
    assert len(run_view(run).to_message()["text"]) <= UPDATE_TEXT


@unhurried
@given(home_pages, st.sampled_from(NextStep), st.none() | any_texts.map(words_view))
def test_slack_takes_every_home(page: HomePage, step: NextStep, notice: View | None) -> None:
    assert view_faults(home_view(page, step, notice)) == []


@unhurried
@given(any_texts, outcomes.map(outcome_view) | answers.map(train_view))
def test_slack_takes_every_answer_in_a_modal(title: str, view: View) -> None:
    assert view_faults(words_modal(title, view)) == []


@unhurried
@given(marked_texts())
def test_every_label_can_be_read_beside_its_phrase(marked: tuple[str, tuple[Span, ...]]) -> None:
    text, spans = marked
    (quote,) = marked_sentence(text, spans).to_dict()["elements"]
    read = "".join(run.get("text") or f":{run['name']}:" for run in quote["elements"])
    expected, end = "", 0
    for span in spans:
        colour = colour_of(span.label).name
        expected += f"{text[end : span.end]} :{colour}:{span.label}"
        end = span.end
    # Text from right to left is isolated from the labels beside it.
    isolates = str.maketrans("", "", "\u2066\u2067\u2068\u2069")
    assert read.translate(isolates) == (expected + text[end:]).translate(isolates)


@unhurried
@given(st.text() | any_texts, st.integers(1, 60))
def test_a_cut_text_holds_no_half_entity(text: str, limit: int) -> None:
    short = cut(escape(text), limit)
    assert len(short) <= limit
    assert re.fullmatch(r"(?:[^<>&]|&(?:amp|lt|gt);)*", short)


@unhurried
@given(matches())
def test_an_excerpt_shows_every_change_and_marks_what_the_sentence_says(match: PhraseMatch) -> None:
    text, spans = excerpt(match)
    whole = match.annotation.sentence.text
    shown_spans = [(text[span.start : span.end], span.label) for span in spans]
    for new in match.added:
        assert (whole[new.start : new.end], new.label) in shown_spans


# --- at the limits ----------------------------------------------------------------------------------------------


def test_twenty_lines_of_two_thousand_characters_fit_into_an_answer() -> None:
    line = ("& " * MAX_TEXT)[:MAX_TEXT]
    view = recognition_view(
        Answer(3, (AnsweredText(line, (), Prediction()),) * 20, cleaned=True, offer="x" * 16)
    )
    message = view.to_message()
    assert ack_faults(message) == []
    assert len(message["text"]) <= TEXT_CUT_AT


def run(**more: Any) -> Run:
    given_facts: dict[str, Any] = {
        "id": 5,
        "project_id": 1,
        "number": 2,
        "state": RunState.RUNNING,
        "reason": RunReason.COMMAND,
        "preset": "encoder",
        "person": "U1",
        "channel": "C1",
        "created_at": NOW,
    }
    return Run(**(given_facts | more))


def evaluation(labels: int, comparison: Comparison | None = None) -> Evaluation:
    score = Score(0.5, 0.25, 1 / 3, 1_000_000)
    rows = tuple((f"LABEL_{number:03}".ljust(32, "X"), score) for number in range(labels))
    return Evaluation(score, rows, (0.31, 0.42), 120, "cross-validation", comparison)


def test_the_scores_of_three_hundred_labels_fit_into_a_message() -> None:
    done = run(state=RunState.SUCCEEDED, version=3, went_live=True, evaluation=evaluation(300))
    message = run_view(done).to_message()
    assert ack_faults(message) == []
    assert len(message["text"]) <= UPDATE_TEXT


def test_labels_that_do_not_fit_in_the_table_are_counted() -> None:
    done = run(state=RunState.SUCCEEDED, version=3, evaluation=evaluation(300))
    assert "202 more labels would not fit" in shown(run_view(done))


def test_as_many_labels_as_fit_in_the_table_are_all_in_it() -> None:
    done = run(state=RunState.SUCCEEDED, version=3, evaluation=evaluation(98))
    assert "LABEL_097" in shown(run_view(done))
    assert "would not fit" not in shown(run_view(done))


def test_labels_left_out_of_the_state_are_counted() -> None:
    counted = ProjectCounts(spans_per_label=tuple((f"L{n}", 1) for n in range(50)))
    assert "and 30 more labels." in shown(train_view(TrainingState(counted, 10)))


def test_a_very_long_phrase_is_shortened_on_a_button() -> None:
    choice = Choice(f"“{'pain ' * 400}”", LabelIntent("SYMPTOM", "pain"))
    question = Question(QuestionKind.CLOSEST, LabelIntent("SYMPTOM", "x"), (choice,), offer="o")
    (button,) = buttons(outcome_view(question))
    assert (len(button), button[-1]) == (ids.BUTTON_TEXT, "…")


def test_words_that_repeat_a_huge_command_fit_into_a_message() -> None:
    huge = misunderstood("/train", f"“{'x' * 60_000}” is nothing")
    assert ack_faults(huge.to_message()) == []
    assert len(json.dumps(words_view("x" * 60_000).to_message())) < 10_000


# --- cards ------------------------------------------------------------------------------------------------------

PAIN = "A patient with chest pain."
SPAN = Span(15, 25, "SYMPTOM")


def card(*spans: Span, finished: bool = False, **more: Any) -> View:
    return outcome_view(Card(Annotation(Sentence(7, PAIN), "U1", spans, finished), **more))


def test_a_card_marks_the_sentence_and_says_its_id() -> None:
    text = shown(card(SPAN))
    assert "chest pain SYMPTOM" in text
    assert "#7" in text


@pytest.mark.parametrize(
    ("spans", "finished", "offered"),
    [
        ((SPAN,), False, ["Finished", "Edit", "Undo", "Next"]),
        ((SPAN,), True, ["Next", "Undo", "Edit"]),
        ((), True, ["Next", "Undo", "Edit"]),
        ((), False, ["Edit", "No entities", "Skip", "Flag", "Next"]),
    ],
)
def test_a_card_offers_what_can_be_done_next(
    spans: tuple[Span, ...], finished: bool, offered: list[str]
) -> None:
    assert buttons(card(*spans, finished=finished)) == offered


def test_the_text_of_a_card_holds_the_marked_sentence_for_screen_readers() -> None:
    view = card(SPAN, step=StepKind.LABELLED, changed=(SPAN,))
    assert view.text == (
        "Saved. “chest pain” is SYMPTOM.  #7: A patient with [chest pain](SYMPTOM)."
    )


def test_a_phrase_labelled_several_times_is_said_once_with_the_number() -> None:
    twice = Annotation(Sentence(7, "pain, pain"), "U1")
    spans = (Span(0, 4, "SYMPTOM"), Span(6, 10, "SYMPTOM"))
    text = shown(outcome_view(Card(twice, step=StepKind.LABELLED, changed=spans)))
    assert "“pain” is SYMPTOM (2 times)" in text


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"already": (SPAN,)}, "Already labelled: “chest pain” is SYMPTOM"),
        ({"new_sentence": True}, "The sentence is new here"),
        ({"new_label": "SYMPTOM"}, "New label: SYMPTOM."),
        ({"new_label": "DRUG, SYMPTOM"}, "New labels: DRUG, SYMPTOM."),
        ({"cleaned": True}, "Invisible characters were taken out"),
        ({"done": Done(3, StepKind.SKIPPED)}, "Skipped #3"),
        ({"done": Done(3, StepKind.FINISHED, 2)}, "Saved: 2 labelled phrases in #3."),
        ({"done": Done(3, StepKind.NO_ENTITIES)}, "Saved: no entities in #3."),
        ({"stale": 3}, "#3 is already finished, so nothing was changed."),
        ({"guide": (DescribedLabel("SYMPTOM", "what hurts"),)}, "SYMPTOM: what hurts"),
        (
            {"guide": (DescribedLabel("SYMPTOM", "what hurts", ("chest pain", "fever")),)},
            "SYMPTOM: what hurts (“chest pain”, “fever”)",
        ),
        (
            {"precedents": (Precedent("Pain", "SYMPTOM", 7, "UREV", "it hurts"),)},
            "“Pain” was SYMPTOM in sentence #7",
        ),
        (
            {"step": StepKind.UNDONE, "undone": StepKind.LABELLED, "changed": (SPAN,)},
            "Label removed",
        ),
        ({"step": StepKind.NO_ENTITIES}, "Saved: no entities here"),
        ({"waiting": 37, "today": 12}, "12 today, 37 left"),
    ],
)
def test_a_card_says_what_was_done(facts: dict[str, Any], said: str) -> None:
    assert said in shown(card(SPAN, **facts))


def test_a_suggestion_is_told_from_a_label_by_words_and_by_whom() -> None:
    """A question mark, how sure the model is, and its version: nothing rests on colour."""
    suggestion = Suggestion(7, (SPAN,), (0.934,), 3, offer="o")
    text = shown(card(suggestion=suggestion))
    assert f"{SPAN.label}? 93 %" in text
    assert "Suggested by model 3." in text
    assert "Nothing is saved until you accept." in text


def test_a_suggestion_before_there_is_a_model_says_where_it_comes_from() -> None:
    suggestion = Suggestion(7, (SPAN,), (None,), None, offer="o")
    assert "Suggested from phrases labelled earlier." in shown(card(suggestion=suggestion))


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ((SPAN,), ["Accept", "Edit", "No entities", "Skip"]),
        ((), ["No entities", "Edit", "Skip"]),
    ],
)
def test_the_first_button_of_a_card_agrees_with_the_suggestion(
    spans: tuple[Span, ...], expected: list[str]
) -> None:
    suggestion = Suggestion(7, spans, (None,) * len(spans), 3, offer="o")
    assert buttons(card(suggestion=suggestion))[: len(expected)] == expected


def green(view: View) -> bool:
    blocks = view.to_message()["blocks"]
    return "primary" in str([block for block in blocks if block["type"] == "actions"])


@pytest.mark.parametrize(
    ("spans", "model", "facts", "said"),
    [
        ((SPAN,), 3, {}, None),
        ((SPAN,), 3, {"unsure": (SPAN,)}, f"as {SPAN.label} (41 %)"),
        ((SPAN,), 3, {"may_miss": True}, "There may be more"),
        ((SPAN,), None, {"may_miss": True}, "Only phrases labelled before are found"),
        ((), 3, {}, None),
        ((), 3, {"may_miss": True}, "but is unsure of it"),
    ],
)
def test_green_is_what_the_model_is_sure_of_and_the_card_says_what_it_is_not(
    spans: tuple[Span, ...], model: int | None, facts: dict[str, Any], said: str | None
) -> None:
    suggestion = Suggestion(7, spans, (0.41,) * len(spans), model, offer="o", **facts)
    view = card(suggestion=suggestion)
    assert green(view) is (said is None)
    assert said is None or said in shown(view)


def test_a_second_opinion_says_why_nothing_is_suggested() -> None:
    text = shown(card(blind=True))
    assert "A second annotation." in text
    assert "nothing is suggested" in text


@pytest.mark.parametrize(
    ("sentences", "source"),
    [(0, "from your labels' meanings"), (7, "from 7 sentences")],
)
def test_first_guesses_say_what_they_come_from(sentences: int, source: str) -> None:
    suggestion = Suggestion(7, (SPAN,), (None,), None, "o", sentences)
    assert f"First guesses, {source}." in shown(card(suggestion=suggestion))


def test_no_button_beside_first_guesses_is_green() -> None:
    """What is guessed is often wrong: nothing invites to take it unread."""
    suggestion = Suggestion(7, (SPAN,), (None,), None, "o", 3)
    shown_blocks = card(suggestion=suggestion).to_message()["blocks"]
    assert "style" not in str([block for block in shown_blocks if block["type"] == "actions"])


def test_each_guess_has_one_tap_that_drops_it_or_takes_it_again() -> None:
    guess = f"{PAIN[SPAN.start : SPAN.end]}: {coloured(SPAN.label)}"
    there = Suggestion(7, (SPAN,), (None,), None, "o", 3, offered=(SPAN,))
    gone = pointed(there, [SPAN])
    assert buttons(card(suggestion=there))[:2] == [f"✓ {guess}", "Accept all"]
    assert buttons(card(suggestion=gone))[:2] == [f"+ {guess}", "Edit"]
    assert pointed(gone, [SPAN]).spans == there.spans


def test_a_question_says_that_nothing_is_changed_yet() -> None:
    question = Question(
        QuestionKind.CLOSEST, LabelIntent("SYMPTOM", "x"), (Choice("Leave it", None),), offer="o"
    )
    assert "Nothing is changed until you choose." in shown(outcome_view(question))


def test_each_button_of_a_question_names_its_choice() -> None:
    choices = (Choice("a", LabelIntent("SYMPTOM", "x")), Choice("Leave it", None))
    question = Question(QuestionKind.CLOSEST, LabelIntent("SYMPTOM", "x"), choices, offer="o")
    assert list(every(outcome_view(question).to_message()["blocks"], "value")) == ["o:0", "o:1"]


# --- runs and answers -------------------------------------------------------------------------------------------


def test_a_run_that_goes_on_shows_how_far_it_is_and_can_be_cancelled() -> None:
    view = run_view(run(progress=Progress("training", 0.5, 30, 60, f=0.4, seconds_left=12)))
    assert "██████████░░░░░░░░░░ 50 %" in shown(view)
    assert "training · step 30 of 60 · F1 so far 40 · about 12 s left" in shown(view)
    assert buttons(view) == ["Cancel"]


def test_a_cancel_asks_first() -> None:
    confirm = list(every(run_view(run()).to_message()["blocks"], "confirm"))
    assert confirm[0]["title"]["text"] == "Cancel this training?"


@pytest.mark.parametrize("state", sorted(set(RunState) - {RunState.QUEUED, RunState.RUNNING}))
def test_a_run_that_is_over_has_no_button(state: RunState) -> None:
    assert buttons(run_view(run(state=state))) == []


def test_a_finished_run_shows_scores_interval_and_comparison() -> None:
    comparison = Comparison(2, 0.33, 0.30, 120, 0.8)
    done = run(
        state=RunState.SUCCEEDED, version=3, went_live=True, evaluation=evaluation(1, comparison)
    )
    text = shown(run_view(done))
    assert "model 3 went live" in text
    assert "95 % interval 31 to 42" in text
    assert "Against model 2 on the same 120 sentences: F1 33 now, 30 before" in text


def test_a_finished_run_tells_in_two_lines_how_near_its_misses_are_and_how_it_does_on_new_phrases() -> (
    None
):
    finer = FinerScores(
        Score(0.5, 0.5, 0.5, 40), (), Score(0.8, 0.8, 0.8, 30), Score(0.2, 0.2, 0.2, 10)
    )
    scored = replace(evaluation(1), finer=finer, documents=3)
    text = shown(run_view(run(state=RunState.SUCCEEDED, version=3, evaluation=scored)))
    assert (
        "Counting every overlap with the right label, F1 is 50. Strictly it is 80 on phrases it had learned (30) "
        "and 20 on phrases new to it (10)."
    ) in text
    assert "Sentences of one message were kept together." in text
    old = shown(run_view(run(state=RunState.SUCCEEDED, version=3, evaluation=evaluation(1))))
    assert "overlap" not in old
    assert "kept together" not in old


def test_the_next_due_time_is_told_in_its_zone() -> None:
    schedule = Schedule(
        1,
        1,
        "0 3 * * *",
        "Europe/Berlin",
        "every day at 03:00",
        "U1",
        "C1",
        NOW + timedelta(hours=13),
    )
    assert "Next: Sun 29 Mar 2026 03:00" in shown(train_view(ScheduleSet(schedule)))


def test_a_sentence_without_an_entity_says_so() -> None:
    view = recognition_view(Answer(3, (AnsweredText("Nothing here.", (), Prediction()),)))
    assert "No entity found in this sentence." in shown(view)
    assert view.text == "Nothing here. No entity found in this sentence.\nmodel 3"


def test_an_answer_names_the_version_of_the_model() -> None:
    view = recognition_view(Answer(3, (AnsweredText(PAIN, (), Prediction((SPAN,), (0.934,))),)))
    assert isinstance(view.blocks[-1], ContextBlock)
    assert "model 3" in shown(view)


def test_an_entity_says_how_sure_the_model_is_where_it_knows() -> None:
    """The label is followed by the confidence; one of a pretrained base has none."""
    found = Prediction((SPAN,), (0.934,))
    assert f"{SPAN.label} 93 %" in shown(
        recognition_view(Answer(3, (AnsweredText(PAIN, (), found),)))
    )
    bare = Prediction((SPAN,), (None,))
    assert "%" not in shown(recognition_view(Answer(3, (AnsweredText(PAIN, (), bare),))))


@pytest.mark.parametrize("command", ["/label", "/train", "/ner"])
def test_usage_lists_every_form(command: str) -> None:
    text = shown(usage_view(HELP[command]))
    assert all(row.typed in text for row in HELP[command].lines)


def past_run(number: int, **facts: Any) -> Run:
    """A training of a project."""
    wanted = {
        "state": RunState.SUCCEEDED,
        "reason": RunReason.SCHEDULE,
        "preset": "encoder",
        "person": "U1",
        "channel": "C1",
        "created_at": NOW,
    }
    return Run(id=number, project_id=1, number=number, **{**wanted, **facts})


def page(first: int, last: int, newest: int) -> RunPage:
    return RunPage(tuple(map(past_run, range(first, last - 1, -1))), newest, 8, "Europe/Berlin")


@pytest.mark.parametrize(
    ("first", "last", "newest", "expected"),
    [
        (3, 1, 3, []),
        (20, 13, 20, ["Older"]),
        (12, 5, 20, ["Older", "Newer"]),
        (4, 1, 20, ["Newer"]),
    ],
)
def test_a_history_is_turned_where_there_is_more(
    first: int, last: int, newest: int, expected: list[str]
) -> None:
    assert buttons(train_view(page(first, last, newest))) == expected


def test_a_history_says_of_each_run_what_came_of_it_why_and_how_long_it_took() -> None:
    done = past_run(
        7,
        version=3,
        went_live=True,
        sentences=52,
        started_at=NOW,
        finished_at=NOW + timedelta(minutes=2),
    )
    said = shown(train_view(RunPage((done,), 7, 8, "UTC")))
    assert "7 · done, model 3 went live" in said
    assert "encoder · 52 finished sentences · by schedule, set by" in said
    assert "took 2 min" in said


def test_a_run_that_waits_says_for_how_many() -> None:
    view = run_view(past_run(2, state=RunState.QUEUED, waits_for=1))
    assert "waits for 1 other training" in shown(view)
    assert buttons(view) == ["Cancel"]


def test_a_digest_says_who_finished_what_how_the_model_does_and_what_waits() -> None:
    digest = Digest(4, "C1", "U1", "0 9 * * *", "UTC", "every day at 09:00", NOW, NOW)
    counts = ProjectCounts(sentences=50, finished=40, unfinished=3, disputed=2)
    news = News((("U1", 5), ("U2", 1)), (past_run(3, version=2),), None, None, counts, "Clinic")
    view = digest_view(digest, news)
    said = shown(view)
    assert "6 sentences finished in Clinic" in said
    assert "Training 3: done, model 2 did not go live" in said
    assert "Still to do: 8 sentences to label, 3 of them begun." in said
    assert "For reviewers: people disagree on 2 sentences (/nerbot review)." in said
    assert buttons(view) == ["Label next", "Switch this off"]
    more = digest_view(digest, replace(news, flagged=1, has_picture=True))
    assert "1 sentence flagged (/nerbot flags)" in shown(more)
    assert "Post the scores as a picture" in buttons(more)
