"""The labels of a project: what they mean, and how they are renamed and merged."""

from dataclasses import replace

from bot.db.records.confirmations import Confirmations
from bot.domain.project import DescribedLabel
from bot.domain.roles import Role
from bot.errors import NotFound, NothingToDo
from bot.labelling.new_labels import near_label
from bot.labelling.repositories.annotations import Annotations
from bot.projects.context import RequestContext
from bot.projects.repositories.labels import Labels
from bot.team.commands import (
    AddLabel,
    ChangeAsked,
    ChangeLabels,
    Confirm,
    Decline,
    DescribeLabel,
    LabelKept,
    LabelsChanged,
    LabelsShown,
    LeftAlone,
    ShowLabels,
)
from bot.team.repositories.decisions import Decisions
from ner_engine.label_names import LabelNames


async def show(context: RequestContext, _: ShowLabels) -> LabelsShown:
    """Every label with its description, examples, and how often it is on finished sentences."""
    counts = await Annotations(context.tx).counts(context.project.id)
    times = dict(counts.spans_per_label)
    described = await Labels(context.tx).described(context.project.id)
    return LabelsShown(
        context.project,
        tuple(
            DescribedLabel(label.name, label.description, label.examples, times.get(label.name, 0))
            for label in described
        ),
    )


async def add(context: RequestContext, command: AddLabel) -> LabelKept:
    """Create a label."""
    person = context.caller.person
    there = await _names(context)
    known = LabelNames(there)
    added = await Labels(context.tx).add(
        context.project.id, command.name, person=person, description=command.description
    )
    if not added:
        raise NothingToDo(
            f"{known.find(command.name)} already exists. To say what it means: "
            f"/nerbot labels describe {known.find(command.name)} …"
        )
    near = near_label(command.name, there)
    return LabelKept(command.name, command.description, is_new=True, near=near)


async def describe(context: RequestContext, command: DescribeLabel) -> LabelKept:
    """Say what a label means."""
    if split := _split(command.name, command.description, LabelNames(await _names(context))):
        command = replace(command, name=split[0], description=split[1])
    was = await Labels(context.tx).describe(
        context.project.id, command.name, command.description, person=context.caller.person
    )
    if was is None:
        raise NotFound(await _unknown(context, command.name))
    return LabelKept(command.name, command.description, is_new=False, was=was)


async def ask(context: RequestContext, change: ChangeLabels) -> ChangeAsked:
    """Ask before a label is renamed or merged, and say how much it would touch."""
    change = _meant(change, LabelNames(await _names(context)))
    await _check(context, change)
    return ChangeAsked(
        change,
        await Labels(context.tx).sentences_with(context.project.id, change.old),
        await Confirmations(context.tx).put(context.project.id, context.caller.person, change),
    )


async def decline(context: RequestContext, command: Decline) -> LeftAlone:
    """Leave everything as it is."""
    await Confirmations(context.tx).take(
        context.project.id, context.caller.person, command.offer, ChangeLabels
    )
    return LeftAlone()


async def confirm(context: RequestContext, command: Confirm) -> LabelsChanged:
    """Do what was asked about, in this transaction."""
    confirmations = Confirmations(context.tx)
    change = await confirmations.take(
        context.project.id, context.caller.person, command.offer, ChangeLabels
    )
    if change is None:
        raise NotFound(
            "This question has expired or was put to somebody else; nothing was changed. "
            "Type the /nerbot command again."
        )
    await _check(context, change)
    project, person, labels = context.project.id, context.caller.person, Labels(context.tx)
    sentences = await labels.sentences_with(project, change.old)
    disputed = await Decisions(context.tx).waiting(project)
    does = labels.merge if change.merge else labels.rename
    event_id = await does(project, change.old, change.new, person=person)
    if event_id is None:
        raise NothingToDo("The labels were changed just now; nothing was done. Please look again.")
    return LabelsChanged(
        change,
        sentences,
        event_id,
        settled=disputed - await Decisions(context.tx).waiting(project),
        live_version=await labels.live_version_with(project, change.old),
    )


async def _check(context: RequestContext, change: ChangeLabels) -> None:
    """Raise in words where this person may not, or the labels are not those the change needs."""
    await context.require(Role.OWNER, "merge labels" if change.merge else "rename a label")
    names = set(await _names(context))
    old, new = change.old, change.new
    if old not in names:
        raise NotFound(await _unknown(context, old))
    if old == new:
        raise NothingToDo(f"{old} already has that name.")
    if change.merge and new not in names:
        raise NotFound(await _unknown(context, new))
    other = LabelNames(names - {old}).find(new)
    if not change.merge and other is not None:
        raise NothingToDo(
            f"{other} already exists. To make the two one label: /nerbot labels merge {old} {other}"
        )


def _split(name: str, description: str, known: LabelNames) -> tuple[str, str] | None:
    """A label and what it means, where words that were read as a description belong to a known label."""
    whole = known.find(f"{name} {description}".strip())
    return (whole, "") if whole else known.split(f"{name} {description}")


def _meant(change: ChangeLabels, known: LabelNames) -> ChangeLabels:
    """The change of labels that are known, which may be several words without quotes."""
    old, new = change.old, change.new
    if known.find(old) is None and (split := known.split(f"{old} {new}")):
        old, new = split
    new = known.find(new) or new if change.merge else new
    return replace(change, old=known.find(old) or old, new=new)


async def _names(context: RequestContext) -> list[str]:
    return [label.name for label in await Labels(context.tx).all(context.project.id)]


async def _unknown(context: RequestContext, name: str) -> str:
    there = ", ".join(await _names(context)) or "none yet"
    return f"There is no label {name} in this project. The labels are: {there}."
