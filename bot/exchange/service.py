"""Import and export as they are asked for in Slack: what takes long goes on afterwards, and whoever asked is told."""

import asyncio
import logging
import shutil
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from bot.db.database import Store
from bot.domain.project import Caller, Project
from bot.domain.roles import Role
from bot.errors import NotFound, NothingToDo
from bot.exchange.commands import ExportNow, ShowImports, UndoImport
from bot.exchange.exporting import ExportOptions, ExportReport, Which, export
from bot.exchange.repositories.imports import ImportRuns
from bot.exchange.storing import Place
from bot.exchange.undoing import undo_import
from bot.exchange.values import Begun, ImportsShown, ImportState, Undone
from bot.jobs.background import Background
from bot.projects.context import RequestContext
from bot.projects.repositories.access import Access
from ner_engine.formats.writers.registry import WRITTEN
from ner_engine.formats.writers.values import WriteOptions

SHOWN = 5
log = logging.getLogger(__name__)

SendFile = Callable[[Caller, Project, ExportReport, Path], Awaitable[None]]
TellUndone = Callable[[Caller, Undone], Awaitable[None]]


class Exchange:
    """The use cases of /nerbot import and /nerbot export."""

    def __init__(
        self,
        store: Store,
        send_file: SendFile,
        tell_undone: TellUndone,
        background: Background,
        *,
        owners: frozenset[str] = frozenset(),
    ) -> None:
        self._store = store
        self._send_file, self._tell_undone = send_file, tell_undone
        self._background, self._owners = background, owners

    async def show(self, caller: Caller, _command: ShowImports) -> ImportsShown:
        """How it is done, and the newest imports."""
        async with self._store.writing(caller.workspace) as tx:
            project = await Access(tx).ensure(caller)
            runs = await ImportRuns(tx).newest(project.id, limit=SHOWN)
        return ImportsShown(project.name, runs)

    async def export(self, caller: Caller, command: ExportNow) -> Begun:
        """Write the project to a file and send it to whoever asks, by direct message."""
        async with self._store.writing(caller.workspace) as tx:
            project = await Access(tx).ensure(caller)
        work = self._export(caller, project, command)
        self._background.start(work, name=f"export of project {project.id}")
        return Begun(project.name, command.form, command.which)

    async def undo(self, caller: Caller, command: UndoImport) -> Begun:
        """Take an import back; whoever made it may, and owners."""
        async with self._store.writing(caller.workspace) as tx:
            project = await Access(tx).ensure(caller)
            run = await ImportRuns(tx).get(project.id, command.number)
            if run is None or run.person != caller.person:
                context = RequestContext(tx, project, caller, self._owners)
                await context.require(Role.OWNER, "undo what somebody else imported")
        if run is None:
            raise NotFound(f"There is no import {command.number} in this project.")
        if run.state is ImportState.UNDONE:
            raise NothingToDo(f"Import {run.id} has already been undone.")
        place = Place(caller.workspace, project.id, caller.person)
        self._background.start(self._undo(caller, place, run.id), name=f"undo of import {run.id}")
        return Begun(project.name, run=run)

    async def _export(self, caller: Caller, project: Project, command: ExportNow) -> None:
        with tempfile.TemporaryDirectory(prefix="nerbot-export-") as folder:
            suffix = WRITTEN[command.form].suffix
            name = "".join(c if c.isalnum() or c in "-_" else "-" for c in project.name)
            path = Path(folder) / f"{name}{suffix}"
            options = ExportOptions(
                form=command.form, which=Which(command.which), write=WriteOptions(name=project.name)
            )
            report = await export(self._store, caller.workspace, project.id, path, options)
            if not suffix:
                packed = await asyncio.to_thread(shutil.make_archive, str(path), "zip", path)
                path = Path(packed)
            await self._send_file(caller, project, report, path)

    async def _undo(self, caller: Caller, place: Place, number: int) -> None:
        await self._tell_undone(caller, await undo_import(self._store, place, number))
