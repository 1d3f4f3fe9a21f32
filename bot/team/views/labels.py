"""Labels as people see them: the list, and what becomes of each."""

from collections.abc import Sequence

from slack_sdk.models.blocks import ActionsBlock

from bot.domain.label_colours import colour_of, sharing_colours
from bot.domain.project import DescribedLabel
from bot.slack import action_ids as ids
from bot.slack.text import Line, View, button, counted, label_name, plain, said, shortened, small
from bot.team.commands import ChangeAsked, LabelKept, LabelsChanged, LabelsShown, LeftAlone

#: As many labels as fit into a message beside its other blocks.
_LABELS = 40
_DESCRIPTION = 500
_EXAMPLE = 60


def labels_view(answer: LabelsShown) -> View:
    """Every label, with what it means."""
    if not answer.labels:
        return said(
            [
                (
                    "There is no label yet. To add the first one: /label SYMPTOM chest pain, or with "
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
    shared = _shared_colours([label.name for label in answer.labels[:_LABELS]])
    return said(*lines, blocks=[small(words) for words in (shared, hint) if words])


def _shared_colours(labels: Sequence[str]) -> str:
    """There are sixteen colours: which labels have the same, so that nobody goes by the colour alone."""
    groups = sharing_colours(labels)
    if not groups:
        return ""
    told = "; ".join(f"{colour_of(names[0]).sign} {', '.join(names)}" for names in groups)
    return shortened(f"The same colour: {told}. Their names tell them apart.", _DESCRIPTION)


def _label_line(label: DescribedLabel) -> Line:
    what = f" {shortened(label.description, _DESCRIPTION)}" if label.description else ""
    count = "" if label.spans is None else f" · {counted(label.spans, 'finished phrase')}"
    shown = [f"“{shortened(phrase, _EXAMPLE)}”" for phrase in label.examples]
    such = f" · such as {', '.join(shown)}" if shown else ""
    return [*label_name(label.name), what + count + such]


def kept_view(answer: LabelKept) -> View:
    """A label that was added or described."""
    did = "New label: " if answer.is_new else "Saved: "
    means = f" means “{answer.description}”." if answer.description else " has no description."
    was = f" Before: “{answer.was}”." if answer.was else ""
    if answer.is_new and not answer.description:
        means = (
            ". What does it mean? nerbot guesses by that before anything is labelled. For example: "
            f"/nerbot labels describe {answer.name} what a patient feels, such as pain"
        )
    slip = (
        f"It differs from {answer.near} by one letter. If it is a typing error, undo it."
        if answer.near
        else ""
    )
    first: Line = [plain(did, bold=True), *label_name(answer.name), means + was]
    return said(first, [slip] if slip else [])


def asked_view(answer: ChangeAsked) -> View:
    """A question before labels change, with what it would touch."""
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


def changed_view(answer: LabelsChanged) -> View:
    """What a rename or a merge changed."""
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


def left_view(_: LeftAlone) -> View:
    """Nothing was changed."""
    return said(["All is as it was."])
