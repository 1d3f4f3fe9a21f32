"""`nerbot forget`: erases in the database and the data folder of NERBOT_DATA, whether the bot runs or not.

Rows, files and free pages are erased here. A live model that learned what was forgotten is replaced by the bot: the one
that runs begins within seconds, else the next one that starts.
"""

import asyncio
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.terminal.exit_codes import ExitCode
from bot.cli.terminal.on_demand import new_app
from bot.cli.terminal.options import Workspace
from bot.cli.terminal.output import AsJson, tell, tell_json
from bot.errors import NotFound

if TYPE_CHECKING:
    from bot.erasure.commands import Forget

Yes = Annotated[bool, typer.Option("--yes", help="Do not ask first.")]


def add_forget(commands: typer.Typer) -> None:
    """Make `forget sentence N`, `forget person ID` and `forget project NAME` known to a command line."""
    forget = new_app(help=_HELP)
    forget.command("sentence")(_sentence)
    forget.command("person")(_person)
    forget.command("project")(_project)
    commands.add_typer(forget, name="forget")


_HELP = """Erase a sentence, a person's or a project's data for good, from models too.

In: the database and the data folder that the settings name, and "yes" on standard input.

Out: what is erased. Ends with 1 where the answer is not yes.
"""


def _sentence(
    number: Annotated[int, typer.Argument(metavar="N", help="Its number, as in #12.")],
    *,
    yes: Yes = False,
    workspace: Workspace = None,
    project: Annotated[str, typer.Option(metavar="NAME", help="Whose sentence it is.")] = "default",
    as_json: AsJson = False,
) -> int:
    """Erase a sentence for good, from models too.

    In: its number, and "yes" on standard input.

    Out: what is erased. Ends with 1 where the answer is not yes.
    """
    from bot.erasure.commands import Forget, What  # noqa: PLC0415 - SQLAlchemy comes here

    asked = Forget(What.SENTENCE, number, None, None)
    return _forget(asked, project, workspace, yes=yes, as_json=as_json)


def _person(
    person: Annotated[str, typer.Argument(metavar="ID", help="Slack's id, as in U012ABC.")],
    *,
    yes: Yes = False,
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> int:
    """Erase what a person did for good, from models too.

    In: the person's id, and "yes" on standard input.

    Out: what is erased. Ends with 1 where the answer is not yes.
    """
    from bot.erasure.commands import Forget, What  # noqa: PLC0415 - SQLAlchemy comes here

    asked = Forget(What.PERSON, None, person, None)
    return _forget(asked, None, workspace, yes=yes, as_json=as_json)


def _project(
    project: Annotated[str, typer.Argument(metavar="NAME", help="Its name.")],
    *,
    yes: Yes = False,
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> int:
    """Erase a project for good: sentences, labels, steps and models.

    In: its name, and "yes" on standard input.

    Out: what is erased. Ends with 1 where the answer is not yes.
    """
    from bot.erasure.commands import Forget, What  # noqa: PLC0415 - SQLAlchemy comes here

    asked = Forget(What.PROJECT, None, None, project)
    return _forget(asked, project, workspace, yes=yes, as_json=as_json)


def _forget(
    asked: "Forget", project: str | None, workspace: str | None, *, yes: bool, as_json: bool
) -> int:
    return asyncio.run(_run(asked, project, workspace, yes=yes, as_json=as_json))


async def _run(
    forget: "Forget",
    project: str | None,
    workspace: str | None,
    *,
    yes: bool,
    as_json: bool,
) -> int:
    from bot.cli.opened import opened_database  # noqa: PLC0415 - SQLAlchemy comes here
    from bot.engine.files import EngineFiles  # noqa: PLC0415
    from bot.erasure.eraser import Eraser, total  # noqa: PLC0415
    from bot.erasure.repositories.maintenance import ErasureMaintenance  # noqa: PLC0415
    from bot.shelf.opening import open_shelf  # noqa: PLC0415
    from bot.training.repositories.maintenance import MaintenanceRepository  # noqa: PLC0415

    async with opened_database() as opened:
        database, clock, store = opened.database, opened.clock, opened.store
        maintenance = ErasureMaintenance(database, opened.serves)
        data, shelf = opened.settings.data, open_shelf(opened.settings.data, opened.settings.models)
        eraser = Eraser(store, maintenance, EngineFiles(data, shelf))
        workspace = await _workspace(maintenance, workspace)
        # A person is forgotten in all projects.
        project_id = 0 if project is None else await _project_id(store, workspace, project)
        found = await eraser.find(workspace, project_id, forget)
        extent = total([each.extent for each in found])
        if forget.sentence_id is not None and not extent.sentences:
            raise NotFound(f"there is no sentence {forget.sentence_id} in that project")
        words = (
            f"This erases {extent.sentences} sentences, {extent.annotations} annotations and {extent.steps} steps; "
            f"{extent.models} models learned from it. It cannot be undone."
        )
        if not as_json:
            tell(words)
        if not yes and not await _agreed(words, as_json=as_json):
            _tell(extent, (), erased=False, as_json=as_json)
            return ExitCode.NOTHING
        async with store.writing(workspace, alone=True) as tx:
            done = await eraser.erase(tx, forget, found, by=None)
        runs = MaintenanceRepository(database, opened.serves, clock=clock)
        for erasure in await maintenance.open():
            await eraser.clean(erasure, await runs.active_ids())
        _tell(extent, done.live, erased=True, as_json=as_json)
    return ExitCode.FINE


async def _agreed(words: str, *, as_json: bool) -> bool:
    """Ask; with --json stdout is for the answer alone."""
    out = sys.stderr if as_json else sys.stdout
    out.write((f"{words}\n" if as_json else "") + "Type yes to erase: ")
    out.flush()
    answer: str = await asyncio.to_thread(sys.stdin.readline)
    return answer.strip() == "yes"


def _tell(extent: Any, live: Any, *, erased: bool, as_json: bool) -> None:
    if as_json:
        tell_json(
            {
                "erased": erased,
                "sentences": extent.sentences,
                "annotations": extent.annotations,
                "steps": extent.steps,
                "models": extent.models,
                "live_models": [*live],
            }
        )
        return
    tell("Erased." if erased else "Nothing was erased.")
    if live:
        tell(
            f"The live model {', '.join(map(str, live))} learned from it. It answers until nerbot has trained "
            "its successor, which starts automatically while nerbot runs."
        )


async def _workspace(maintenance: Any, named: str | None) -> str:
    there = await maintenance.workspaces()
    if named is not None and named in there:
        return named
    if named is None and len(there) == 1:
        return str(there[0])
    listed = ", ".join(there) or "none"
    raise NotFound(f"name one workspace with --workspace; there are: {listed}")


async def _project_id(store: Any, workspace: str, name: str) -> int:
    from bot.projects.repositories.projects import Projects  # noqa: PLC0415 - as above

    async with store.reading(workspace) as tx:
        projects = await Projects(tx).all()
    for project in projects:
        if project.name.casefold() == name.casefold():
            return int(project.id)
    raise NotFound(f"there is no project of that name: {', '.join(each.name for each in projects)}")
