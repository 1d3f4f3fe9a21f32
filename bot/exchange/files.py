"""The shortcut on a message with a file, and the buttons of the message that follows it."""

from pathlib import Path
from typing import assert_never

from bot.db.database import Store
from bot.db.records.idempotency import once
from bot.db.transaction import Transaction
from bot.domain.json_form import JsonForm
from bot.domain.project import Caller, Project
from bot.domain.roles import Role
from bot.domain.shared_file import SharedFile
from bot.errors import NotFound, NothingToDo, TextRefused
from bot.exchange.commands import CancelFile, ChooseProject, FileCommand, ImportFile, UndoFile
from bot.exchange.file_work import FileWork
from bot.exchange.repositories.file_imports import FileImports
from bot.exchange.repositories.imports import ImportRuns
from bot.exchange.values import FileImport, FilesTaken, FileState, ImportState
from bot.projects.context import RequestContext
from bot.projects.repositories.access import Access
from bot.slack.shared_files import too_large

_TAKEN: JsonForm[FilesTaken] = JsonForm(FilesTaken)
_OFF = "Files are not read here. Whoever runs nerbot can change that with NERBOT_FILE_IMPORTS=true."
_CHANGED = "That is no longer possible: the message says how far the import is."


class FileImporting:
    """The use cases of the shortcut on a file, and the work behind them."""

    def __init__(
        self,
        store: Store,
        work: FileWork,
        *,
        is_on: bool,
        most_bytes: int,
        owners: frozenset[str] = frozenset(),
    ) -> None:
        self._store, self._work = store, work
        self._is_on, self._most_bytes, self._owners = is_on, most_bytes, owners

    async def take(self, caller: Caller, files: tuple[SharedFile, ...]) -> FilesTaken:
        """Begin to read files; a repeat of the request begins nothing more."""

        async def work() -> FilesTaken:
            if not self._is_on:
                raise NothingToDo(_OFF)
            project = await Access(tx).ensure(caller)
            await self._may(tx, caller, project)
            groups = _groups(files)
            if any(file.size > self._most_bytes for file in files):
                raise TextRefused(too_large(self._most_bytes))
            rows = FileImports(tx)
            ids = [await rows.add(project.id, caller.person, group) for group in groups]
            return FilesTaken(tuple(group[0].name for group in groups), tuple(ids))

        async with self._store.writing(caller.workspace) as tx:
            taken = await once(tx, caller.request, _TAKEN, work)
        self._work.go_on(caller.workspace, taken.ids)
        return taken

    async def handle(self, caller: Caller, command: FileCommand) -> None:
        """Do what a button says; its message shows it. Raises NotFound, NothingToDo, NotAllowed."""

        async def work() -> FilesTaken:
            wanted = await FileImports(tx).get(command.number)
            if wanted is None or wanted.person != caller.person:
                raise NotFound(
                    "This import is no longer known. Use the shortcut on the file again."
                )
            if not await self._turned(tx, caller, wanted, command):
                raise NothingToDo(_CHANGED)
            return FilesTaken((wanted.name,), (wanted.id,))

        async with self._store.writing(caller.workspace) as tx:
            await once(tx, caller.request, _TAKEN, work)
        await self._work.show(caller.workspace, command.number)
        self._work.go_on(caller.workspace, [command.number])

    async def _turned(
        self, tx: Transaction, caller: Caller, wanted: FileImport, command: FileCommand
    ) -> bool:
        rows, number = FileImports(tx), wanted.id
        match command:
            case ChooseProject(project_id=project_id):
                await self._may_in(tx, caller, project_id)
                return await rows.turn(
                    number, (FileState.ASKED,), state=FileState.READING.value, project_id=project_id
                )
            case ImportFile():
                await self._may_in(tx, caller, wanted.project_id)
                return await rows.turn(number, (FileState.ASKED,), state=FileState.IMPORTING.value)
            case CancelFile():
                return await rows.turn(
                    number,
                    (FileState.READING, FileState.ASKED),
                    state=FileState.CANCELLED.value,
                )
            case UndoFile():
                if wanted.import_id is not None:
                    await self._stop(tx, wanted.project_id, wanted.import_id)
                return await rows.turn(
                    number,
                    (FileState.IMPORTING, FileState.DONE),
                    state=FileState.UNDOING.value,
                )
            case _:
                assert_never(command)

    async def _stop(self, tx: Transaction, project_id: int, import_id: int) -> None:
        run = await ImportRuns(tx).get(project_id, import_id)
        if run is not None and run.state is ImportState.RUNNING:
            await ImportRuns(tx).turn(project_id, import_id, ImportState.UNDOING)

    async def _may_in(self, tx: Transaction, caller: Caller, project_id: int) -> None:
        found = [each for each in await Access(tx).seen(caller) if each.id == project_id]
        if not found:
            raise NotFound("This project is not there any more.")
        await self._may(tx, caller, found[0])

    async def _may(self, tx: Transaction, caller: Caller, project: Project) -> None:
        context = RequestContext(tx, project, caller, self._owners)
        await context.require(Role.REVIEWER, "import files")


def _groups(files: tuple[SharedFile, ...]) -> list[tuple[SharedFile, ...]]:
    """Each file alone, but for a text and its standoff file, which are one."""
    spans = {Path(file.name).stem: file for file in files if file.name.endswith(".ann")}
    texts = {Path(file.name).stem: file for file in files if file.name.endswith(".txt")}
    paired = spans.keys() & texts.keys()
    groups = [(spans[stem], texts[stem]) for stem in sorted(paired)]
    taken = {file.id for group in groups for file in group}
    return [*groups, *((file,) for file in files if file.id not in taken)]
