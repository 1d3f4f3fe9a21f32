"""What was imported, file by file."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, select, update

from bot.db.records.events import Events
from bot.db.repository import Repository, in_project, inserts
from bot.db.tables.exchange import import_run
from bot.domain.events import EventKind
from bot.exchange.values import ImportRun, ImportState

_COLUMNS = (
    import_run.c.id,
    import_run.c.file,
    import_run.c.form,
    import_run.c.person,
    import_run.c.state,
    import_run.c.position,
    import_run.c.report,
    import_run.c.created_at,
)
_ADD = inserts(import_run, lambda insert: insert.returning(import_run.c.id))
_HERE = select(*_COLUMNS).where(in_project(import_run))
_GET = _HERE.where(import_run.c.id == bindparam("number"))
_SAME = (
    _HERE.where(
        import_run.c.digest == bindparam("digest"),
        import_run.c.file == bindparam("file"),
        import_run.c.options == bindparam("options"),
        import_run.c.state == ImportState.RUNNING.value,
    )
    .order_by(import_run.c.id.desc())
    .limit(1)
)
_NEWEST = _HERE.order_by(import_run.c.id.desc()).limit(bindparam("newest"))
_MINE = update(import_run).where(in_project(import_run), import_run.c.id == bindparam("number"))
_ADVANCE = _MINE.values(
    position=bindparam("to"),
    report=bindparam("counts"),
    state=bindparam("as"),
    finished_at=bindparam("at"),
)
_TURN = _MINE.values(state=bindparam("as"))


class ImportRuns(Repository):
    """The imports of a project."""

    __slots__ = ()

    async def begin(
        self, project_id: int, *, file: str, digest: str, options: str, form: str, person: str
    ) -> ImportRun:
        """A new import, of which nothing is stored yet."""
        self.tx.need_room()
        now = self.clock()
        added = await self.execute(
            _ADD,
            project_id,
            file=file,
            digest=digest,
            options=options,
            form=form,
            person=person,
            state=ImportState.RUNNING.value,
            position=0,
            report="{}",
            created_at=now,
        )
        return ImportRun(
            int(added.scalar_one()), file, form, person, ImportState.RUNNING, 0, {}, now
        )

    async def unfinished(
        self, project_id: int, *, file: str, digest: str, options: str
    ) -> ImportRun | None:
        """An import of the same file, asked for in the same way, that was cut off."""
        rows = await self.execute(_SAME, project_id, file=file, digest=digest, options=options)
        row = rows.first()
        return None if row is None else _to_run(row)

    async def get(self, project_id: int, number: int) -> ImportRun | None:
        """One of them."""
        row = (await self.execute(_GET, project_id, number=number)).first()
        return None if row is None else _to_run(row)

    async def newest(self, project_id: int, *, limit: int) -> tuple[ImportRun, ...]:
        """The newest ones."""
        return tuple(map(_to_run, await self.execute(_NEWEST, project_id, newest=limit)))

    async def advance(
        self, project_id: int, number: int, *, position: int, counts: Mapping[str, int], done: bool
    ) -> None:
        """So much of the file is stored, in this transaction."""
        state = ImportState.DONE if done else ImportState.RUNNING
        values: dict[str, Any] = {
            "to": position,
            "counts": json.dumps(dict(counts)),
            "as": state.value,
        }
        at = self.clock() if done else None
        await self.execute(_ADVANCE, project_id, number=number, at=at, **values)

    async def turn(self, project_id: int, number: int, state: ImportState) -> None:
        """It is undone, or has been."""
        await self.execute(_TURN, project_id, number=number, **{"as": state.value})

    async def note(
        self,
        project_id: int,
        run: ImportRun,
        *,
        sentences: int,
        person: str,
        undoes: int | None = None,
    ) -> None:
        """Say in the project's record that a file was imported, or undone."""
        detail = {"import": run.id, "file": run.file, "sentences": sentences}
        await Events(self.tx).add(
            project_id, EventKind.IMPORTED, person=person, detail=detail, undoes=undoes
        )


def _to_run(row: Any) -> ImportRun:
    return ImportRun(
        row.id,
        row.file,
        row.form,
        row.person,
        ImportState(row.state),
        row.position,
        json.loads(row.report),
        row.created_at,
    )
