"""The labels of a project: what they mean, and how they are renamed and merged."""

from bot.domain.project import DescribedLabel
from bot.domain.roles import Role
from bot.errors import NotFound, NothingToDo
from bot.labelling.intents import near_label
from bot.labelling.repositories.annotations import Annotations
from bot.models.repository import Models
from bot.projects.context import Turn
from bot.projects.repositories.labels import Labels
from bot.team.commands import (
    AddLabel,
    ChangeAsked,
    ChangeLabels,
    DescribeLabel,
    LabelKept,
    LabelsChanged,
    LabelsShown,
    LeftAlone,
)
from bot.team.repositories.confirmations import Confirmations
from bot.team.repositories.decisions import Decisions


async def show(turn: Turn) -> LabelsShown:
    """Every label with its description, examples, and how often it is on finished sentences."""
    counts = await Annotations(turn.tx).counts(turn.project.id)
    times = dict(counts.spans_per_label)
    described = await Labels(turn.tx).described(turn.project.id)
    return LabelsShown(
        turn.project,
        tuple(
            DescribedLabel(label.name, label.description, label.examples, times.get(label.name, 0))
            for label in described
        ),
    )


async def add(turn: Turn, command: AddLabel) -> LabelKept:
    """Create a label."""
    person = turn.caller.person
    there = [label.name for label in await Labels(turn.tx).all(turn.project.id)]
    added = await Labels(turn.tx).add(
        turn.project.id, command.name, person=person, description=command.description
    )
    if not added:
        raise NothingToDo(
            f"{command.name} is there already. To say what it means: /nerbot labels describe {command.name} …"
        )
    near = near_label(command.name, there)
    return LabelKept(command.name, command.description, is_new=True, near=near)


async def describe(turn: Turn, command: DescribeLabel) -> LabelKept:
    """Say what a label means."""
    was = await Labels(turn.tx).describe(
        turn.project.id, command.name, command.description, person=turn.caller.person
    )
    if was is None:
        raise NotFound(await _unknown(turn, command.name))
    return LabelKept(command.name, command.description, is_new=False, was=was)


async def ask(turn: Turn, change: ChangeLabels) -> ChangeAsked:
    """Ask before a label is renamed or merged, and say how much it would touch."""
    turn.require(Role.OWNER, "merge labels" if change.merge else "rename a label")
    await _check(turn, change)
    return ChangeAsked(
        change,
        await Labels(turn.tx).sentences_with(turn.project.id, change.old),
        await Confirmations(turn.tx).put(turn.project.id, turn.caller.person, change),
    )


async def decline(turn: Turn, offer: str) -> LeftAlone:
    """Leave everything as it is."""
    await Confirmations(turn.tx).take(turn.project.id, turn.caller.person, offer)
    return LeftAlone()


async def confirm(turn: Turn, offer: str) -> LabelsChanged:
    """Do what was asked about, in this transaction."""
    change = await Confirmations(turn.tx).take(turn.project.id, turn.caller.person, offer)
    if change is None:
        raise NotFound(
            "This question is over, or was put to somebody else; nothing was changed. Type the /nerbot command again."
        )
    turn.require(Role.OWNER, "merge labels" if change.merge else "rename a label")
    await _check(turn, change)
    project, person, labels = turn.project.id, turn.caller.person, Labels(turn.tx)
    sentences = await labels.sentences_with(project, change.old)
    disputed = await Decisions(turn.tx).waiting(project)
    does = labels.merge if change.merge else labels.rename
    event_id = await does(project, change.old, change.new, person=person)
    if event_id is None:
        raise NothingToDo("The labels were changed just now; nothing was done. Please look again.")
    live = await Models(turn.tx).live(project)
    return LabelsChanged(
        change,
        sentences,
        event_id,
        settled=disputed - await Decisions(turn.tx).waiting(project),
        live_version=live.version if live and change.old in live.labels else None,
    )


async def _check(turn: Turn, change: ChangeLabels) -> None:
    """Raise in words where the labels are not those the change needs."""
    names = {label.name for label in await Labels(turn.tx).all(turn.project.id)}
    old, new = change.old, change.new
    if old not in names:
        raise NotFound(await _unknown(turn, old))
    if old == new:
        raise NothingToDo(f"{old} has that name already.")
    if change.merge and new not in names:
        raise NotFound(await _unknown(turn, new))
    if not change.merge and new in names:
        raise NothingToDo(
            f"{new} is there already. To make the two one label: /nerbot labels merge {old} {new}"
        )


async def _unknown(turn: Turn, name: str) -> str:
    labels = await Labels(turn.tx).all(turn.project.id)
    there = ", ".join(label.name for label in labels) or "none yet"
    return f"There is no label {name} in this project. The labels are: {there}."
