"""The imports of a project, and taking one back."""

from fastapi import APIRouter

from bot.api.pages import Number
from bot.api.schemas.exchange import ImportRunOut, ImportsOut, ImportUndoneOut
from bot.api.service import project_of
from bot.api.tools import CallerOf, ToolsOf, needs
from bot.api.values import Scope
from bot.domain.roles import Role
from bot.exchange.repositories.imports import ImportRuns
from bot.exchange.storing import Place
from bot.exchange.undoing import undo_import
from bot.exchange.values import ImportRun
from bot.projects.context import RequestContext

NEWEST = 20

router = APIRouter(tags=["exchange"])


@router.get("/imports", dependencies=[needs(Scope.READ)])
async def list_imports(caller: CallerOf, tools: ToolsOf) -> ImportsOut:
    """List the newest 20 imports, newest first."""
    project = await project_of(tools, caller)
    async with tools.store.reading(caller.workspace) as tx:
        runs = await ImportRuns(tx).newest(project.id, limit=NEWEST)
    return ImportsOut(imports=[_told(run) for run in runs])


@router.post("/imports/{number}/undo", dependencies=[needs(Scope.WRITE)])
async def undo(number: Number, caller: CallerOf, tools: ToolsOf) -> ImportUndoneOut:
    """Take an import back: sentences that nobody has worked with since go. What somebody else imported, owners can."""
    project = await project_of(tools, caller)
    async with tools.store.reading(caller.workspace) as tx:
        run = await ImportRuns(tx).get(project.id, number)
        if run is not None and run.person != caller.person:
            context = RequestContext(tx, project, caller, tools.owners)
            await context.require(Role.OWNER, "undo what somebody else imported")
    place = Place(caller.workspace, project.id, caller.person)
    undone = await undo_import(tools.store, place, number)
    return ImportUndoneOut(
        number=number,
        file=undone.run.file,
        removed=undone.removed,
        kept=undone.kept,
        taken_back=undone.taken_back,
    )


def _told(run: ImportRun) -> ImportRunOut:
    return ImportRunOut(
        number=run.id,
        file=run.file,
        format=run.form,
        person=run.person,
        state=run.state.value,
        counts=dict(run.counts),
        created_at=run.created_at,
    )
