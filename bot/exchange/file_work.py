"""Files of messages at work: fetched, looked through, imported and taken back, whatever their rows say is to be done.

A start goes on where the last one was cut off.
"""

import asyncio
import logging
import shutil
import time
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from bot.db.database import Store
from bot.domain.project import Caller
from bot.errors import EngineUnavailable, LimitReached, NotFound, NothingToDo, StoreUnavailable
from bot.exchange.commands import ImportOptions
from bot.exchange.importing import Importer
from bot.exchange.repositories.file_imports import FileImports
from bot.exchange.storing import Place
from bot.exchange.undoing import undo_import
from bot.exchange.values import (
    TEXTS,
    FileImport,
    FileShown,
    FileState,
    ImportReport,
    ImportRun,
    Undone,
)
from bot.jobs.background import Background
from bot.projects.repositories.access import Access
from bot.projects.repositories.every_project import EveryProject
from bot.projects.repositories.projects import Projects
from bot.slack.shared_files import Fetch, NotFetched
from ner_engine.errors import EngineError

log = logging.getLogger(__name__)

Tell = Callable[[str, FileShown], Awaitable[None]]
"""Shows the newest state of an import in the workspace."""
TOLD_EVERY_SECONDS = 3.0
DECIDED_WITHIN = timedelta(days=1)
"""After that the bytes of a file that nobody decided on are removed."""
REMEMBERED = timedelta(days=30)
_NO_SENTENCE = "There is no sentence in it that can be imported."
#: From which states it comes to its end; whatever somebody wanted meanwhile stands.
_BEFORE = {
    FileState.DONE: (FileState.IMPORTING,),
    FileState.UNDONE: (FileState.UNDOING, FileState.IMPORTING),
    FileState.CANCELLED: (FileState.ASKED,),
    FileState.FAILED: (FileState.READING, FileState.IMPORTING, FileState.UNDOING),
}


class FileWork:
    """Does what is to be done with files, one at a time: two at once would take twice as long, and labelling would
    wait for both."""

    def __init__(
        self,
        store: Store,
        every_project: EveryProject,
        importer: Importer,
        fetch: Fetch,
        tell: Tell,
        background: Background,
        folder: Path,
    ) -> None:
        self._store, self._every_project, self._importer = store, every_project, importer
        self._fetch, self._tell, self._background = fetch, tell, background
        self._folder = folder
        self._busy: set[int] = set()
        self._turn = asyncio.Lock()

    async def look(self) -> None:
        """Go on with what was cut off; forget what nobody decided on."""
        for workspace in sorted({workspace for workspace, _ in await self._every_project.all()}):
            async with self._store.reading(workspace) as tx:
                rows = FileImports(tx)
                cut_off = [each.id for each in await rows.at_work()]
                old = await rows.forgotten(before=tx.clock() - DECIDED_WITHIN)
                kept = await rows.kept()
            for each in old:
                await self._end(workspace, each.id, FileState.CANCELLED)
            if old:
                async with self._store.writing(workspace) as tx:
                    await FileImports(tx).drop(before=tx.clock() - REMEMBERED)
            await asyncio.to_thread(_keep_only, self._folder / workspace, kept)
            self.go_on(workspace, cut_off)

    def go_on(self, workspace: str, numbers: Collection[int]) -> None:
        """Do what these say is to be done, in the background."""
        for number in numbers:
            if number not in self._busy and not self._background.stopping.is_set():
                self._busy.add(number)
                self._background.start(
                    self._work(workspace, number), name=f"file import {number}", droppable=True
                )

    async def _work(self, workspace: str, number: int) -> None:
        """Do whatever is to be done with it, until nothing is."""
        try:
            await self.show(workspace, number)
            async with self._turn:
                while await self._step(workspace, number):
                    pass
            wanted = await self._get(workspace, number)
            if wanted is None or wanted.state is not FileState.ASKED:
                await asyncio.to_thread(_remove, self._home(workspace, number))
        except StoreUnavailable as error:
            log.warning("file import %d goes on later: %s", number, error)
        finally:
            self._busy.discard(number)

    async def _step(self, workspace: str, number: int) -> bool:
        """The next thing to do; False where there is none."""
        wanted = await self._get(workspace, number)
        if wanted is None:
            return False
        try:
            match wanted.state:
                case FileState.READING:
                    await self._read(workspace, wanted)
                case FileState.IMPORTING:
                    await self._import(workspace, wanted)
                case FileState.UNDOING:
                    await self._undo(workspace, wanted)
                case _:
                    return False
        except (NotFetched, LimitReached, EngineError, EngineUnavailable, OSError) as error:
            if isinstance(error, OSError):
                log.warning("a file was not imported: %s", error)
            words = str(error) if not isinstance(error, OSError) else error.strerror or "disk error"
            await self._end(workspace, number, FileState.FAILED, failure=words)
        return True

    async def _read(self, workspace: str, wanted: FileImport) -> None:
        path = await self._fetched(workspace, wanted)
        place = Place(workspace, wanted.project_id, wanted.person)
        tell = _Telling(lambda report: self.show(workspace, wanted.id, report))
        report = await self._importer.dry_run(place, path, ImportOptions(), progress=tell)
        texts = report.counts[TEXTS]
        state, failure = (FileState.ASKED, None) if texts else (FileState.FAILED, _NO_SENTENCE)
        async with self._store.writing(workspace) as tx:
            # Cancelled, or meant for another project meanwhile, it stays as it is.
            now = await FileImports(tx).get(wanted.id)
            if now is None or now.project_id != wanted.project_id:
                return
            turned = await FileImports(tx).turn(
                wanted.id, (FileState.READING,), state=state.value, texts=texts, failure=failure
            )
        if turned:
            await self.show(workspace, wanted.id, report)

    async def _import(self, workspace: str, wanted: FileImport) -> None:
        path = await self._fetched(workspace, wanted)
        place = Place(workspace, wanted.project_id, wanted.person)
        tell = _Telling(lambda report: self.show(workspace, wanted.id, report))

        async def begun(run: ImportRun) -> None:
            async with self._store.writing(workspace) as tx:
                await FileImports(tx).note_import(wanted.id, run.id)
                now = await FileImports(tx).get(wanted.id)
            if now is None or now.state is not FileState.IMPORTING:
                raise NothingToDo("It was taken back.")

        try:
            report = await self._importer.run(
                place, path, ImportOptions(), progress=tell, begun=begun
            )
        except NothingToDo:
            # Taken back by the button, which its state says, or by another command, which is the end of it.
            now = await self._get(workspace, wanted.id)
            if now is not None and now.state is FileState.IMPORTING:
                await self._end(workspace, wanted.id, FileState.UNDONE)
        else:
            await self._end(workspace, wanted.id, FileState.DONE, report=report)

    async def _undo(self, workspace: str, wanted: FileImport) -> None:
        undone = None
        if wanted.import_id is not None:
            place = Place(workspace, wanted.project_id, wanted.person)
            with suppress(NothingToDo, NotFound):  # another command was faster
                undone = await undo_import(self._store, place, wanted.import_id)
        await self._end(workspace, wanted.id, FileState.UNDONE, undone=undone)

    async def _end(
        self,
        workspace: str,
        number: int,
        state: FileState,
        *,
        report: ImportReport | None = None,
        undone: Undone | None = None,
        failure: str | None = None,
    ) -> None:
        """Its last state, unless somebody wanted something else meanwhile."""
        async with self._store.writing(workspace) as tx:
            turned = await FileImports(tx).turn(
                number, _BEFORE[state], state=state.value, failure=failure
            )
        if turned:
            await self.show(workspace, number, report, undone)

    async def _fetched(self, workspace: str, wanted: FileImport) -> Path:
        """The file on this machine, with those that go with it; fetched now where it is not there."""
        home = self._home(workspace, wanted.id)
        await asyncio.to_thread(home.mkdir, parents=True, exist_ok=True, mode=0o700)
        for file in wanted.files:
            path = home / file.file_name
            if not path.exists():
                part = home / "part"
                await self._fetch(workspace, file, part)
                part.rename(path)
        return home / wanted.files[0].file_name

    def _home(self, workspace: str, number: int) -> Path:
        return self._folder / workspace / str(number)

    async def _get(self, workspace: str, number: int) -> FileImport | None:
        async with self._store.reading(workspace) as tx:
            return await FileImports(tx).get(number)

    async def show(
        self,
        workspace: str,
        number: int,
        report: ImportReport | None = None,
        undone: Undone | None = None,
    ) -> None:
        """Let its message say how far it is."""
        async with self._store.reading(workspace) as tx:
            wanted = await FileImports(tx).get(number)
            if wanted is None:
                return
            every = await Projects(tx).all(with_deleted=True)
            whose = Caller(workspace, wanted.person, wanted.person, "", is_direct=True)
            seen = await Access(tx).seen(whose) if wanted.state is FileState.ASKED else ()
        name = next((each.name for each in every if each.id == wanted.project_id), "")
        others = tuple(each for each in seen if each.id != wanted.project_id)
        await self._tell(workspace, FileShown(wanted, name, report, others, undone))


class _Telling:
    """Tells how far something is, not at each portion."""

    def __init__(self, tell: Callable[[ImportReport], Awaitable[None]]) -> None:
        self._tell, self._told = tell, time.monotonic()

    async def __call__(self, report: ImportReport) -> None:
        if time.monotonic() - self._told >= TOLD_EVERY_SECONDS:
            self._told = time.monotonic()
            await self._tell(report)


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)


def _keep_only(folder: Path, numbers: Collection[int]) -> None:
    names = set(map(str, numbers))
    for path in folder.iterdir() if folder.exists() else ():
        if path.name not in names:
            _remove(path)
