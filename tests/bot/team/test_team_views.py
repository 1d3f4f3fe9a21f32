"""What people see of /nerbot: inside Slack's limits, inert but for mentions, readable without colours."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.events import Event, EventKind
from bot.domain.flags import Flag
from bot.domain.project import Annotation, DescribedLabel, Precedent, Project, Sentence
from bot.domain.roles import Role
from bot.domain.steps import AnnotationState, StepKind
from bot.labelling.values.cards import Card
from bot.playground.block_kit.validation import TEXT_CUT_AT, ack_faults
from bot.projects.commands import ProjectShown, RolesShown
from bot.projects.entries import reply_view
from bot.projects.use_cases import Reply
from bot.projects.values import ProjectSettings
from bot.projects.views import project_view, roles_view
from bot.slack.text import View, refusal_view
from bot.team.commands import (
    ChangeAsked,
    ChangeLabels,
    LabelKept,
    LabelsChanged,
    LabelsShown,
    LeftAlone,
)
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
    merged,
)
from bot.team.values.stats import Agreement, LabelAgreement, PersonStats, TeamStats
from bot.team.views.flags import flags_view
from bot.team.views.history import history_view, undone_view
from bot.team.views.labels import asked_view, changed_view, kept_view, labels_view, left_view
from bot.team.views.review import dispute_view, error_view, note_view, yours_view
from bot.team.views.stats import stats_view
from ner_engine.annotation import Span
from tests.bot.invariants import unhurried
from tests.bot.slack.test_views import (
    any_texts,
    buttons,
    counts,
    every,
    ids_of_rows,
    labels,
    marked_texts,
    shares,
    shown,
)

NOW = datetime(2026, 3, 28, 12, tzinfo=UTC)
ANN, BEN = "U0ANN", "U0BEN"

names = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40)
people = st.lists(st.sampled_from([ANN, BEN, "U0CAS", "W0DON"]), max_size=4).map(tuple)
somebody = st.sampled_from([ANN, BEN])
projects = st.builds(Project, ids_of_rows, names)
described = st.builds(
    DescribedLabel,
    labels,
    any_texts.map(lambda text: text[:500]),
    st.lists(any_texts, max_size=3).map(tuple),
    st.none() | counts,
)
changes = st.builds(ChangeLabels, labels, labels, st.booleans())
flags = st.builds(
    Flag,
    st.builds(Sentence, ids_of_rows, any_texts),
    st.just("U0ANN"),
    any_texts.map(lambda text: text[:500]),
    st.just(datetime(2026, 1, 1, tzinfo=UTC)),
)
decisions = st.builds(Decision, ids_of_rows, st.just(()), somebody, any_texts)
precedents = st.builds(
    Precedent, any_texts, st.none() | labels, ids_of_rows, somebody, any_texts, st.just(NOW)
)


@st.composite
def disputes(draw: st.DrawFn) -> Dispute:
    text, spans = draw(marked_texts())
    of = st.sampled_from([spans[:n] for n in range(len(spans) + 1)])
    by = st.lists(somebody, min_size=1, max_size=3).map(tuple)
    versions = st.lists(
        st.builds(Version, of, by), min_size=2, max_size=9, unique_by=lambda v: v.spans
    )
    found = (
        draw(versions) if len(spans) else [Version((), (ANN,)), Version((Span(0, 1, "A"),), (BEN,))]
    )
    return Dispute(
        Sentence(draw(ids_of_rows), text),
        tuple(found),
        tuple(draw(st.lists(precedents, max_size=9))),
    )


@st.composite
def yours(draw: st.DrawFn) -> YoursToLabel:
    text, spans = draw(marked_texts())
    return YoursToLabel(Card(Annotation(Sentence(draw(ids_of_rows), text), ANN, spans)))


@st.composite
def events(draw: st.DrawFn) -> Event:
    text, spans = draw(marked_texts())
    kind = draw(st.sampled_from([*StepKind, *EventKind]).map(str) | st.just("something_new"))
    settings = {"annotations_per_sentence": 2, "random_share": 0.25}
    words = {
        name: draw(any_texts) for name in ("name", "from", "to", "sentence", "file", "sentences")
    }
    detail: dict[str, Any] = {**words, "person": BEN, "channel": "C1"}
    if kind == EventKind.SETTINGS_CHANGED:
        detail["to"] = settings
    return Event(
        draw(ids_of_rows),
        kind,
        draw(somebody),
        NOW,
        draw(st.none() | ids_of_rows),
        text,
        draw(st.none() | st.just(AnnotationState(spans[:1]))),
        draw(st.none() | st.just(AnnotationState(spans))),
        detail,
        draw(st.none() | ids_of_rows),
        draw(st.booleans()),
    )


@st.composite
def pages(draw: st.DrawFn) -> HistoryPage:
    found = tuple(draw(st.lists(events(), max_size=8, unique_by=lambda event: event.id)))
    older = draw(st.none() | ids_of_rows)
    can_undo = tuple(event.id for event in found)
    return HistoryPage(found, can_undo, older, draw(st.booleans()), draw(st.booleans()))


agreements = st.builds(
    Agreement,
    shares,
    counts,
    st.lists(st.builds(LabelAgreement, labels, shares, counts), max_size=60).map(tuple),
    st.lists(st.tuples(somebody, somebody, shares, counts), max_size=9).map(tuple),
    shares,
    st.booleans(),
    st.none() | st.tuples(shares, counts),
)
stats = st.builds(
    TeamStats,
    names,
    counts,
    counts,
    counts,
    counts,
    counts,
    st.lists(st.tuples(labels, counts), max_size=60).map(tuple),
    st.lists(
        st.builds(PersonStats, somebody, counts, counts, counts, st.none() | st.floats(0, 600)),
        max_size=120,
    ).map(tuple),
    st.none() | st.floats(0, 600),
    st.none() | agreements,
)
answers: st.SearchStrategy[object] = st.one_of(
    st.builds(LabelsShown, projects, st.lists(described, max_size=60).map(tuple)),
    st.builds(LabelKept, labels, any_texts, st.booleans(), any_texts, st.none() | labels),
    st.builds(ChangeAsked, changes, counts, st.just("of-fer")),
    st.builds(LabelsChanged, changes, counts, ids_of_rows, counts, st.none() | ids_of_rows),
    st.just(LeftAlone()),
    st.builds(
        ProjectShown,
        projects,
        st.booleans(),
        st.lists(projects, max_size=200).map(tuple),
        st.none() | st.builds(ProjectSettings, st.integers(1, 10), shares),
        st.sampled_from(["shown", "made", "bound", "set"]),
    ),
    st.builds(RolesShown, people, people, st.none() | somebody, st.sampled_from(Role)),
    stats,
    st.builds(Reviewing, disputes(), counts, st.none() | decisions, st.booleans()),
    st.builds(NoDispute, st.none() | decisions, counts, counts),
    disputes().flatmap(
        lambda dispute: st.builds(
            LookingAtError,
            st.just(dispute.sentence),
            st.sampled_from(dispute.versions),
            st.sampled_from(dispute.versions),
            shares,
            counts,
            st.none() | decisions,
            st.booleans(),
        )
    ),
    st.builds(NoError, st.none() | decisions, st.booleans(), counts),
    st.builds(
        FlagsShown,
        st.lists(flags, max_size=5).map(tuple),
        counts,
        st.none() | ids_of_rows,
        st.none() | ids_of_rows,
    ),
    st.builds(NoteKept, decisions),
    yours(),
    pages(),
    st.builds(Undone, events(), counts),
)
replies = st.builds(Reply, answers, st.booleans(), st.none() | ids_of_rows)

VIEWS: dict[type[object], Callable[[Any], View]] = {
    LabelsShown: labels_view,
    LabelKept: kept_view,
    ChangeAsked: asked_view,
    LabelsChanged: changed_view,
    LeftAlone: left_view,
    ProjectShown: project_view,
    RolesShown: roles_view,
    TeamStats: stats_view,
    Reviewing: dispute_view,
    NoDispute: dispute_view,
    LookingAtError: error_view,
    NoError: error_view,
    NoteKept: note_view,
    YoursToLabel: yours_view,
    FlagsShown: flags_view,
    HistoryPage: history_view,
    Undone: undone_view,
}


def team_view(reply: Reply[Any]) -> View:
    return reply_view(reply, VIEWS[type(reply.answer)])


views = replies.map(team_view) | st.builds(refusal_view, any_texts, people)


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
def test_the_text_of_every_view_is_escaped_but_for_mentions(view: View) -> None:
    mention = r"<@[UW]0[A-Z]+>|<#C1>"
    assert re.fullmatch(rf"(?:[^<>&]|&(?:amp|lt|gt);|{mention})+", view.to_message()["text"])


@unhurried
@given(views)
def test_the_text_of_every_view_is_short_enough(view: View) -> None:
    assert len(view.to_message()["text"]) <= TEXT_CUT_AT


@unhurried
@given(views)
def test_no_two_buttons_of_a_view_have_one_id(view: View) -> None:
    found = list(every(view.to_message()["blocks"], "action_id"))
    assert len(found) == len(set(found))


def test_a_live_model_that_learned_the_old_name_is_told_of() -> None:
    changed = LabelsChanged(ChangeLabels("A", "B"), 41, 7, live_version=3)
    view = team_view(Reply(changed, undo=7))
    assert "Renamed A to B in 41 sentences." in shown(view)
    assert "The live model 3 learned it as A; what it says is shown as B." in shown(view)
    assert buttons(view) == ["Undo"]


@pytest.mark.parametrize(
    ("stats_of", "said"),
    [
        ({"seconds": 12.4}, "12"),
        ({"seconds": None}, "–"),
    ],
)
def test_stats_say_how_long_a_sentence_takes_where_that_is_known(
    stats_of: dict[str, Any], said: str
) -> None:
    person = PersonStats(ANN, 1, 2, 3, **stats_of)
    numbers = TeamStats("triage", 1, 2, 3, 4, 0, (("A", 3),), (person,))
    assert shown(team_view(Reply(numbers))).split("\n")[6:11] == [
        f"<@{ANN}>",
        "1",
        "2",
        "3",
        said,
    ]


def test_a_new_label_without_a_meaning_is_asked_for_one_by_an_example() -> None:
    said = kept_view(LabelKept("SYMPTOM", "", is_new=True)).text
    assert "What does it mean?" in said
    assert "/nerbot labels describe SYMPTOM what a patient feels" in said
    assert "What does it mean?" not in kept_view(LabelKept("SYMPTOM", "pain", is_new=True)).text


PAIN, WHOLE, DRUG = Span(9, 13, "SYMPTOM"), Span(3, 13, "SYMPTOM"), Span(17, 24, "DRUG")
TEXT = "No chest pain by aspirin."


def dispute_of(*versions: tuple[Span, ...]) -> Dispute:
    people = ("U0ANN", "U0BEN", "U0CAT")
    named_versions = zip(versions, people, strict=False)
    return Dispute(
        Sentence(7, TEXT), tuple(Version(spans, (who,)) for spans, who in named_versions)
    )


def test_a_review_tells_what_one_version_has_and_the_other_has_not() -> None:
    said = dispute_view(Reviewing(dispute_of((PAIN, DRUG), (WHOLE, DRUG)), 1)).text
    assert "1 has “pain” as SYMPTOM; 2 has “chest pain” as SYMPTOM." in said


def test_where_one_has_nothing_more_the_difference_says_so() -> None:
    said = dispute_view(Reviewing(dispute_of((PAIN, DRUG), (DRUG,)), 1)).text
    assert "1 has “pain” as SYMPTOM; 2 has nothing there." in said


@pytest.mark.parametrize(
    ("versions", "union"),
    [
        (((PAIN,), (DRUG,)), (PAIN, DRUG)),
        (((PAIN,), (WHOLE,)), None),
        (((PAIN, DRUG), (DRUG,)), None),
    ],
)
def test_versions_are_merged_where_that_is_a_reading_of_its_own(
    versions: tuple[tuple[Span, ...], ...], union: tuple[Span, ...] | None
) -> None:
    dispute = dispute_of(*versions)
    assert merged(dispute) == union
    assert any("Merge" in text for text in buttons(dispute_view(Reviewing(dispute, 1)))) is (
        union is not None
    )
