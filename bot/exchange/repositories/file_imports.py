"""Files of messages that are to be imported."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, select, update

from bot.db.repository import Repository, here, inserts
from bot.db.tables.exchange import file_import
from bot.db.types import Moment
from bot.domain.shared_file import SharedFile
from bot.exchange.values import AT_WORK, FileImport, FileState

_COLUMNS = tuple(
    file_import.c[name]
    for name in ("id", "project_id", "person", "files", "state", "texts", "import_id", "failure")
)
_ADD = inserts(file_import, lambda insert: insert.returning(file_import.c.id))
_HERE = select(*_COLUMNS).where(here(file_import))
_GET = _HERE.where(file_import.c.id == bindparam("number"))
_AT_WORK = _HERE.where(file_import.c.state.in_([state.value for state in AT_WORK]))
_FORGOTTEN = _HERE.where(
    file_import.c.state == FileState.ASKED.value,
    file_import.c.created_at < bindparam("before", type_=Moment),
)
_KEPT = select(file_import.c.id).where(
    here(file_import),
    file_import.c.state.in_([state.value for state in (*AT_WORK, FileState.ASKED)]),
)
_MINE = update(file_import).where(here(file_import), file_import.c.id == bindparam("number"))
_TURN = _MINE.where(file_import.c.state.in_(bindparam("before", expanding=True)))
_DROP = delete(file_import).where(
    here(file_import), file_import.c.created_at < bindparam("before", type_=Moment)
)


class FileImports(Repository):
    """Which files are wanted, by whom, and how far that is."""

    __slots__ = ()

    async def add(self, project_id: int, person: str, files: tuple[SharedFile, ...]) -> int:
        """A file with those that go with it; its number."""
        self.tx.need_room()
        added = await self.execute(
            _ADD,
            project_id,
            person=person,
            files=json.dumps([asdict(file) for file in files]),
            state=FileState.READING.value,
            created_at=self.clock(),
        )
        return int(added.scalar_one())

    async def get(self, number: int) -> FileImport | None:
        """One of them."""
        row = (await self.execute(_GET, number=number)).first()
        return None if row is None else _to_wanted(row)

    async def at_work(self) -> tuple[FileImport, ...]:
        """Those with which something is to be done."""
        return tuple(map(_to_wanted, await self.execute(_AT_WORK)))

    async def forgotten(self, *, before: datetime) -> tuple[FileImport, ...]:
        """Those that nobody has decided on since."""
        return tuple(map(_to_wanted, await self.execute(_FORGOTTEN, before=before)))

    async def kept(self) -> frozenset[int]:
        """The numbers of those whose bytes are still needed."""
        return frozenset((await self.execute(_KEPT)).scalars())

    async def turn(self, number: int, before: tuple[FileState, ...], **now: Any) -> bool:
        """Change one that is in one of these states; False where it is not, or no longer."""
        turned = await self.execute(
            _TURN.values(**now), number=number, before=[state.value for state in before]
        )
        return bool(turned.rowcount)

    async def note_import(self, number: int, import_id: int) -> None:
        """The import it became, in whatever state it is."""
        await self.execute(_MINE.values(import_id=import_id), number=number)

    async def drop(self, *, before: datetime) -> None:
        """Forget those of long ago."""
        await self.execute(_DROP, before=before)


def _to_wanted(row: Any) -> FileImport:
    return FileImport(
        row.id,
        row.project_id,
        row.person,
        tuple(SharedFile(**file) for file in json.loads(row.files)),
        FileState(row.state),
        row.texts or 0,
        row.import_id,
        row.failure or "",
    )
