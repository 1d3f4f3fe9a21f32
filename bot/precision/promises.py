"""What a project promises, what that would cost, and switching it on and off."""

from dataclasses import replace

from bot.domain.roles import Role
from bot.errors import NothingToDo
from bot.precision.contracts import read_contract
from bot.precision.repository import Streams
from bot.precision.values import AskPrecision, PrecisionShown, SetPrecision
from bot.projects.context import RequestContext, only
from bot.projects.repositories.projects import Projects


async def ask(context: RequestContext, command: AskPrecision) -> PrecisionShown:
    """What is promised, or what a promise would cost; nothing is changed."""
    current = (await Projects(context.tx).settings(context.project.id)).precision
    if command.promise is None or command.promise == current:
        return await _shown(context, current, "shown")
    return await _shown(context, command.promise, "asked")


@only(Role.OWNER, "change what is promised")
async def put(context: RequestContext, command: SetPrecision) -> PrecisionShown:
    """Promise a share from now on, or nothing."""
    projects = Projects(context.tx)
    before = await projects.settings(context.project.id)
    if before.precision == command.promise:
        raise NothingToDo("Nothing to change: that is how it is already.")
    after = replace(before, precision=command.promise)
    await projects.change_settings(context.project.id, after, person=context.caller.person)
    return await _shown(context, command.promise, "off" if command.promise is None else "set")


async def _shown(context: RequestContext, promise: float | None, did: str) -> PrecisionShown:
    tx, project = context.tx, context.project
    shown = PrecisionShown(
        project.name,
        promise,
        did,  # type: ignore[arg-type]
        stream=await Streams(tx).lately(project.id),
    )
    live = await Projects(tx).live_version(project.id)
    if promise is None or live is None:
        return replace(shown, model=live)
    found = await read_contract(tx, project.id, live, promise)
    if found is None:
        return shown
    return replace(shown, model=live, contract=found.contract, sentences=found.sentences)
