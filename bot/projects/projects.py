"""The projects of a workspace, and which of them a channel uses."""

from dataclasses import asdict, replace
from typing import Literal

from bot.domain.project import Project
from bot.domain.roles import Role
from bot.errors import NotFound, NothingToDo
from bot.projects.commands import (
    ChangeSettings,
    NewProject,
    ProjectShown,
    ShowProject,
    UseProject,
)
from bot.projects.context import RequestContext, only
from bot.projects.repositories.access import Access
from bot.projects.repositories.labels import Labels
from bot.projects.repositories.projects import Projects
from ner_engine.languages import NAMES, missing_extra

ENGLISH = "en"
Did = Literal["shown", "made", "bound", "set"]


async def show(context: RequestContext, _: ShowProject) -> ProjectShown:
    """The project this channel uses, its settings, and the others that the person may see."""
    return await _shown(context, context.project, "shown")


@only(Role.OWNER, "make a project")
async def make(context: RequestContext, command: NewProject) -> ProjectShown:
    """Make a project; channels use it once they are bound to it."""
    if await _find(context, command.name):
        raise NothingToDo(
            f"A project of that name already exists. This channel uses it after: /nerbot project use {command.name}"
        )
    _check_installed(command.language)
    made = await Projects(context.tx).add(
        command.name,
        person=context.caller.person,
        made_in=context.caller.room,
        is_open=not context.caller.is_private,
    )
    if made is None:
        raise NothingToDo("That name cannot be used. Choose another one for the project.")
    if command.language != ENGLISH:
        settings = replace(await Projects(context.tx).settings(made.id), language=command.language)
        await Projects(context.tx).change_settings(made.id, settings, person=context.caller.person)
    return await _shown(context, made, "made")


async def use(context: RequestContext, command: UseProject) -> ProjectShown:
    """Bind this channel to a project; their direct messages are everybody's own business."""
    if not context.caller.is_direct:
        await context.require(Role.OWNER, "choose a channel's project")
    found = await _find(context, command.name)
    if found is None:
        names = ", ".join(project.name for project in await Access(context.tx).seen(context.caller))
        raise NotFound(f"There is no project of that name. The projects are: {names}.")
    if await Projects(context.tx).bound(context.caller.room) == found.id:
        raise NothingToDo(f"This channel already uses {found.name}.")
    await _close_for(context, found)
    await Projects(context.tx).bind(
        found.id, context.caller.room, to=found.id, person=context.caller.person
    )
    return await _shown(context, found, "bound")


@only(Role.OWNER, "change a project's settings")
async def change(context: RequestContext, command: ChangeSettings) -> ProjectShown:
    """Change the settings that are named; the others stay."""
    if command.is_open is False:
        await _keep_its_channel(context)
    before = await Projects(context.tx).settings(context.project.id)
    wanted = {name: value for name, value in asdict(command).items() if value is not None}
    if command.redacts:
        wanted["redacts"] = await _known_labels(context, command.redacts)
    after = replace(before, **wanted)
    if after == before:
        raise NothingToDo("Nothing to change: the settings already say so.")
    await check_language(context, before.language, after.language)
    await Projects(context.tx).change_settings(
        context.project.id, after, person=context.caller.person
    )
    return await _shown(context, context.project, "set")


async def _known_labels(context: RequestContext, typed: str) -> str:
    """The labels as they are written; raises NotFound for one that is not there."""
    names = []
    for word in filter(None, (part.strip() for part in typed.split(","))):
        found = await Labels(context.tx).find(context.project.id, word)
        if found is None:
            raise NotFound(f"There is no label {word} here. /nerbot labels lists them.")
        names.append(found)
    return ",".join(sorted(set(names)))


async def check_language(context: RequestContext, before: str, after: str) -> None:
    """Raise in words where a project cannot have this language instead of the one it has."""
    if after == before:
        return
    _check_installed(after)
    count = await Projects(context.tx).sentences(context.project.id)
    if count:
        there = "1 sentence" if count == 1 else f"{count:,} sentences"
        raise NothingToDo(
            f"This project has {there}, whose words were split by the rules for {NAMES[before]}, so its language "
            f"stays. Make a new one: /nerbot project new NAME language {after}, then /nerbot project use NAME"
        )


def _check_installed(language: str) -> None:
    extra = missing_extra(language)
    if extra is not None:
        raise NothingToDo(
            f"{NAMES[language]} is written without blanks, and its word splitter is not installed. Ask "
            f'whoever runs nerbot to type pip install "nerbot[{extra}]" and start it again. Until then language xx '
            "tells every character apart."
        )


async def _close_for(context: RequestContext, project: Project) -> None:
    """A project whose first channel is a private one is closed."""
    projects = Projects(context.tx)
    if not context.caller.is_private or await projects.has_channel(project.id):
        return
    before = await projects.settings(project.id)
    await projects.change_settings(
        project.id, replace(before, is_open=False), person=context.caller.person
    )


async def _keep_its_channel(context: RequestContext) -> None:
    """A closed project is for the people of its channels: the one where it is closed becomes one of them."""
    caller, projects = context.caller, Projects(context.tx)
    if caller.is_direct:
        raise NothingToDo(
            "A closed project is for the people of its channels, so close it in one of them: type "
            "/nerbot project settings closed there."
        )
    if await projects.bound(caller.room) is None:
        await projects.bind(
            context.project.id, caller.room, to=context.project.id, person=caller.person
        )


async def _shown(context: RequestContext, project: Project, did: Did) -> ProjectShown:
    projects = Projects(context.tx)
    every = await Access(context.tx).seen(context.caller)
    return ProjectShown(
        project,
        bound=await projects.bound(context.caller.room) == project.id,
        others=tuple(other for other in every if other.id != project.id),
        settings=await projects.settings(project.id),
        did=did,
    )


async def _find(context: RequestContext, name: str) -> Project | None:
    """The project of this name that the person may see; capitals do not matter."""
    for project in await Access(context.tx).seen(context.caller):
        if project.name.casefold() == name.casefold():
            return project
    return None
