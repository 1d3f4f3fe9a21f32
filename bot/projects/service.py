"""The projects of a workspace, and which of them a channel uses."""

from dataclasses import asdict, replace
from typing import Literal

from bot.domain.project import Project
from bot.domain.roles import Role
from bot.errors import NotFound, NothingToDo
from bot.projects.commands import ChangeSettings, NewProject, ProjectShown, UseProject
from bot.projects.context import Turn
from bot.projects.repositories.projects import Projects

Did = Literal["shown", "made", "bound", "set"]


async def show(turn: Turn, *, project: Project | None = None, did: Did = "shown") -> ProjectShown:
    """The project this channel uses, its settings, and the others."""
    project = project or turn.project
    every = await Projects(turn.tx).all()
    return ProjectShown(
        project,
        bound=await Projects(turn.tx).bound(turn.caller.room) == project.id,
        others=tuple(other for other in every if other.id != project.id),
        settings=await Projects(turn.tx).settings(project.id),
        did=did,
    )


async def make(turn: Turn, command: NewProject) -> ProjectShown:
    """Make a project; channels use it once they are bound to it."""
    turn.require(Role.OWNER, "make a project")
    if await _find(turn, command.name):
        raise NothingToDo(
            f"There is a project of that name already. This channel uses it after: /nerbot project use {command.name}"
        )
    made = await Projects(turn.tx).add(command.name, person=turn.caller.person)
    assert made is not None, "the writing transactions of a workspace come one after the other"
    return await show(turn, project=made, did="made")


async def use(turn: Turn, command: UseProject) -> ProjectShown:
    """Bind this channel to a project; their direct messages are everybody's own business."""
    if not turn.caller.is_direct:
        turn.require(Role.OWNER, "choose a channel's project")
    found = await _find(turn, command.name)
    if found is None:
        names = ", ".join(project.name for project in await Projects(turn.tx).all())
        raise NotFound(f"There is no project of that name. The projects are: {names}.")
    if await Projects(turn.tx).bound(turn.caller.room) == found.id:
        raise NothingToDo(f"This channel uses {found.name} already.")
    await Projects(turn.tx).bind(found.id, turn.caller.room, to=found.id, person=turn.caller.person)
    return await show(turn, project=found, did="bound")


async def change(turn: Turn, command: ChangeSettings) -> ProjectShown:
    """Change the settings that are named; the others stay."""
    turn.require(Role.OWNER, "change a project's settings")
    before = await Projects(turn.tx).settings(turn.project.id)
    wanted = {name: value for name, value in asdict(command).items() if value is not None}
    after = replace(before, **wanted)
    if after == before:
        raise NothingToDo("Nothing to change: the settings are so already.")
    await Projects(turn.tx).change_settings(turn.project.id, after, person=turn.caller.person)
    return await show(turn, did="set")


async def _find(turn: Turn, name: str) -> Project | None:
    """The project of this name; capitals do not matter."""
    for project in await Projects(turn.tx).all():
        if project.name.casefold() == name.casefold():
            return project
    return None
