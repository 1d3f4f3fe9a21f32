"""`nerbot forget`: erases in the database and the data folder of NERBOT_DATA, whether the bot runs or not.

Rows, files and free pages are erased here. A live model that learned what was forgotten is replaced by the bot: the one
that runs begins within seconds, else the next one that starts.
"""

import argparse
import asyncio
import sys
from typing import Any

from bot.errors import NerbotError, NotFound
from bot.settings import Settings, read_settings


def add_forget(commands: Any) -> None:
    """Make `forget sentence N`, `forget person ID` and `forget project NAME` known; each sets ``call``."""
    forget = commands.add_parser(
        "forget", help="erase a sentence, a person's or a project's data for good, from models too"
    )
    kinds = forget.add_subparsers(dest="what", required=True)
    for what, name, told in (
        ("sentence", "number", "its number, as in #12"),
        ("person", "person", "Slack's id, as in U012ABC"),
        ("project", "project", "its name"),
    ):
        kind = kinds.add_parser(what, help=f"a {what}")
        kind.add_argument(name, type=int if what == "sentence" else str, help=told)
        kind.add_argument("--yes", action="store_true", help="do not ask first")
        kind.add_argument("--workspace", metavar="ID", help="Slack's id, where there are several")
        if what == "sentence":
            kind.add_argument("--project", default="default", metavar="NAME")
        kind.set_defaults(call=_forget)


def _forget(options: argparse.Namespace) -> int:
    try:
        return asyncio.run(_run(read_settings(), options))
    except NerbotError as error:
        sys.stderr.write(f"nerbot: {error}\n")
        return 2


async def _run(settings: Settings, options: argparse.Namespace) -> int:
    from bot.cli.runs import check_there  # noqa: PLC0415 - SQLAlchemy comes here
    from bot.db.clock import DatabaseClock  # noqa: PLC0415
    from bot.db.database import Database, Store  # noqa: PLC0415
    from bot.engine.files import EngineFiles  # noqa: PLC0415
    from bot.erasure.commands import Forget, What  # noqa: PLC0415
    from bot.erasure.eraser import Eraser, total  # noqa: PLC0415
    from bot.erasure.repositories.maintenance import ErasureMaintenance  # noqa: PLC0415
    from bot.training.repositories.maintenance import MaintenanceRepository  # noqa: PLC0415

    check_there(settings)
    async with Database.open(settings.database) as database:
        clock = await DatabaseClock.of(database)
        store = Store(database, clock=clock)
        maintenance = ErasureMaintenance(database)
        eraser = Eraser(store, maintenance, EngineFiles(settings.data))
        workspace = await _workspace(maintenance, options.workspace)
        forget = Forget(
            What(options.what),
            getattr(options, "number", None),
            getattr(options, "person", None),
            options.project if options.what == "project" else None,
        )
        project_id = await _project_id(store, workspace, getattr(options, "project", "default"))
        found = await eraser.find(workspace, project_id, forget)
        extent = total([each.extent for each in found])
        if options.what == "sentence" and not extent.sentences:
            raise NotFound(f"there is no sentence {options.number} in that project")
        sys.stdout.write(
            f"This erases {extent.sentences} sentences, {extent.annotations} annotations and {extent.steps} steps; "
            f"{extent.models} models learned from it. It cannot be undone.\n"
        )
        if not options.yes and (await asyncio.to_thread(input, "Type yes to erase: ")) != "yes":
            sys.stdout.write("Nothing was erased.\n")
            return 1
        async with store.writing(workspace, alone=True) as tx:
            done = await eraser.erase(tx, forget, found, by=None)
        runs = MaintenanceRepository(database, clock=clock)
        for erasure in await maintenance.open():
            await eraser.clean(erasure, await runs.active_ids())
        sys.stdout.write("Erased.\n")
        if done.live:
            sys.stdout.write(
                f"The live model {', '.join(map(str, done.live))} learned from it. It answers until nerbot has trained "
                "its successor, which starts automatically while nerbot runs.\n"
            )
    return 0


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
