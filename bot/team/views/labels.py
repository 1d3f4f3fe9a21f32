"""The team as people see it: labels, projects, roles; the answers of /nerbot."""

from collections.abc import Callable
from typing import Any

from slack_sdk.models.blocks import ActionsBlock, Block

from bot.domain.project import DescribedLabel
from bot.domain.roles import Role
from bot.projects.commands import ProjectShown
from bot.projects.values import ProjectSettings
from bot.slack import action_ids as ids
from bot.slack.lines import Line, after, button, named, said, small, with_button
from bot.slack.text import View, counted, line, percent, person, plain, shortened
from bot.team.commands import (
    ChangeAsked,
    LabelKept,
    LabelsChanged,
    LabelsShown,
    LeftAlone,
    RolesShown,
    TeamAnswer,
    TeamReply,
)
from bot.team.values.flags import FlagsShown
from bot.team.values.history import HistoryPage, Undone
from bot.team.values.review import NoDispute, NoteKept, Reviewing, YoursToLabel
from bot.team.values.stats import TeamStats
from bot.team.views.flags import flags_view
from bot.team.views.history import history_view, undone_view
from bot.team.views.review import no_dispute_view, note_view, review_view, yours_view
from bot.team.views.stats import stats_view

#: As many labels as fit into a message beside its other blocks.
_LABELS = 40
_DESCRIPTION = 500
_EXAMPLE = 60


def team_view(reply: TeamReply) -> View:
    """An answer of /nerbot; [Undo] is in it where something was changed."""
    view = _VIEWS[type(reply.answer)](reply.answer)
    if reply.undo is not None:
        view = with_button(view, button("Undo", ids.UNDO_STEP, reply.undo))
    return after(welcome_view(), view) if reply.first_owner else view


def welcome_view() -> View:
    """What the first person who comes is told."""
    return said(
        [
            plain("You are the owner of nerbot in this workspace now", bold=True),
            (
                ", because you are the first to come. Owners rename labels, choose projects and give roles; "
                "/nerbot roles owner @somebody makes another one."
            ),
        ]
    )


# labels


def _labels_view(answer: LabelsShown) -> View:
    if not answer.labels:
        return said(
            [
                (
                    "There is no label yet. The first one comes with /label SYMPTOM chest pain, or with "
                    "/nerbot labels add SYMPTOM what a patient feels"
                )
            ]
        )
    lines: list[Line] = [[plain(f"Labels of {answer.project.name}", bold=True)]]
    lines += [_label_line(label) for label in answer.labels[:_LABELS]]
    more = len(answer.labels) - _LABELS
    if more > 0:
        lines.append([f"{counted(more, 'more label')} would not fit here."])
    hint = "To say what one means: /nerbot labels describe SYMPTOM what a patient feels"
    return said(*lines, blocks=[small(hint)])


def _label_line(label: DescribedLabel) -> Line:
    parts = [plain(label.name, code=True)]
    what = f" {shortened(label.description, _DESCRIPTION)}" if label.description else ""
    count = "" if label.spans is None else f" · {counted(label.spans, 'finished phrase')}"
    shown = [f"“{shortened(phrase, _EXAMPLE)}”" for phrase in label.examples]
    such = f" · such as {', '.join(shown)}" if shown else ""
    return [*parts, what + count + such]


def _kept_view(answer: LabelKept) -> View:
    did = "New label: " if answer.is_new else "Saved: "
    means = f" means “{answer.description}”." if answer.description else " has no description."
    was = f" Before: “{answer.was}”." if answer.was else ""
    if answer.is_new and not answer.description:
        means = f". To say what it means: /nerbot labels describe {answer.name} …"
    slip = f"It is one slip from {answer.near}: if it is one, take it back." if answer.near else ""
    first: Line = [plain(did, bold=True), plain(answer.name, code=True), means + was]
    return said(first, [slip] if slip else [])


def _asked_view(answer: ChangeAsked) -> View:
    change = answer.change
    verb, of = ("Merge", "into") if change.merge else ("Rename", "to")
    asked = f"{verb} {change.old} {of} {change.new} in {counted(answer.sentences, 'sentence')}?"
    explained = (
        f"{change.old} goes, and every phrase that has it becomes {change.new}. A phrase has one label at a time, so "
        "none is lost. "
        if change.merge
        else "Every phrase keeps its place. "
    )
    row = ActionsBlock(
        elements=[
            button(verb, ids.CONFIRM, answer.offer, style="danger"),
            button("Leave it", ids.DECLINE, answer.offer),
        ]
    )
    waits = "Nothing is changed until you choose; the question is open for ten minutes."
    return said([plain(asked, bold=True)], [explained, waits], blocks=[row])


def _changed_view(answer: LabelsChanged) -> View:
    change = answer.change
    did = f"Merged {change.old} into" if change.merge else f"Renamed {change.old} to"
    words = f"{did} {change.new} in {counted(answer.sentences, 'sentence')}."
    notes: list[str] = []
    if answer.settled > 0:
        notes.append(f"People agree on {counted(answer.settled, 'more sentence')} now.")
    if answer.live_version is not None:
        notes.append(
            f"The live model {answer.live_version} learned it as {change.old}; what it says is shown as {change.new}. "
            "After the next training it knows the name itself: /train"
        )
    return said([plain(words, bold=True)], [" ".join(notes)] if notes else [])


# projects


def _project_view(answer: ProjectShown) -> View:
    name = answer.project.name
    first: Line
    match answer.did:
        case "made":
            first = [
                plain(f"Made the project {name}.", bold=True),
                f" This channel uses it after: /nerbot project use {name}",
            ]
        case "bound":
            first = [
                plain(f"This channel uses {name} from now on.", bold=True),
                " What is labelled, trained and asked here belongs to it.",
            ]
        case "set":
            first = [plain(f"Saved the settings of {name}.", bold=True)]
        case _:
            how = (
                ""
                if answer.bound
                else " It is the default one: nobody chose another for this channel."
            )
            first = [plain(f"This channel uses the project {name}.", bold=True), how]
    others = ", ".join(other.name for other in answer.others)
    listed = (
        f"The other projects: {shortened(others, 2_000)}." if others else "It is the only project."
    )
    return said(
        first,
        [] if answer.did in {"made", "set"} else [listed],
        _settings_line(answer.settings) if answer.settings else [],
    )


def _settings_line(settings: ProjectSettings) -> Line:
    number = settings.annotations_per_sentence
    people = "one person" if number == 1 else f"{number} people"
    share = percent(settings.random_share)
    return [
        plain("Settings: ", bold=True),
        (
            f"each sentence is labelled by {people} (annotations {number}); {share} % of the queue comes at random, "
            f"the rest are those the live model is least sure of (random {share})."
        ),
    ]


# roles


def _roles_view(answer: RolesShown) -> View:
    lines: list[Line] = []
    if answer.changed is not None:
        is_now = {
            Role.OWNER: " is an owner now.",
            Role.REVIEWER: " is a reviewer now.",
            Role.LABELLER: " is a labeller now, as everybody is.",
        }
        lines.append([plain("Saved. ", bold=True), person(answer.changed), is_now[answer.role]])
    lines.append([plain("Owners: ", bold=True), *(named(answer.owners) or ["nobody yet"])])
    lines.append([plain("Reviewers: ", bold=True), *(named(answer.reviewers) or ["nobody yet"])])
    blocks: list[Block] = [
        line(
            "Everybody labels, trains and asks. Reviewers decide where people disagree. Owners do that, too, change "
            "labels, projects and roles, and take back other people's steps."
        )
    ]
    return said(*lines, blocks=blocks)


def _left_view(_: LeftAlone) -> View:
    return said(["All is as it was."])


_VIEWS: dict[type[TeamAnswer], Callable[[Any], View]] = {
    LabelsShown: _labels_view,
    LabelKept: _kept_view,
    ChangeAsked: _asked_view,
    LabelsChanged: _changed_view,
    LeftAlone: _left_view,
    ProjectShown: _project_view,
    RolesShown: _roles_view,
    TeamStats: stats_view,
    Reviewing: review_view,
    NoDispute: no_dispute_view,
    NoteKept: note_view,
    YoursToLabel: yours_view,
    FlagsShown: flags_view,
    HistoryPage: history_view,
    Undone: undone_view,
}
