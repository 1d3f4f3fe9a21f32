"""The outputs of a project, and what they keep of what they wrote."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, delete, func, select, update

from bot.db.database import Database
from bot.db.records.receivers import Receivers
from bot.db.repository import Repository, here, in_project, inserts, replace_columns
from bot.db.served import Served
from bot.db.tables.watching import entity_change, output, output_place
from bot.db.transaction import Clock
from bot.outputs.values import Output, OutputKind

COLUMNS = tuple(output.c[name] for name in Output.__dataclass_fields__)

_ADD = inserts(output, lambda insert: insert.returning(*COLUMNS))
_PLACE = inserts(output_place, lambda insert: replace_columns(insert, output_place, "place"))


def to_output(row: Row[*tuple[Any, ...]]) -> Output:
    """The value of a row that has COLUMNS."""
    values = {name: getattr(row, name) for name in Output.__dataclass_fields__}
    parsed = {"kind": OutputKind(row.kind), "settings": json.loads(row.settings)}
    return Output(**values | parsed)


def outputs_to_serve(database: Database, serves: Served, clock: Clock) -> Receivers[Output]:
    """The outputs of the workspaces of a process, as the sender works on them."""
    return Receivers(database, serves, clock, output, COLUMNS, to_output)


class Outputs(Repository):
    """Where a project's entities go."""

    __slots__ = ()

    async def of(self, project_id: int) -> tuple[Output, ...]:
        """All of a project, oldest first."""
        wanted = select(*COLUMNS).where(in_project(output)).order_by(output.c.id)
        return tuple(map(to_output, await self.execute(wanted, project_id)))

    async def get(self, output_id: int) -> Output | None:
        """The one of that number."""
        wanted = select(*COLUMNS).where(here(output), output.c.id == output_id)
        row = (await self.execute(wanted)).first()
        return None if row is None else to_output(row)

    async def add(
        self,
        project_id: int,
        kind: OutputKind,
        target: str,
        settings: Mapping[str, Any],
        *,
        person: str,
    ) -> Output:
        """Write to it from now on: what was found before is there to be replayed for a while."""
        now = self.clock()
        last = select(func.max(entity_change.c.id)).where(in_project(entity_change))
        added = await self.execute(
            _ADD,
            project_id,
            kind=kind.value,
            target=target,
            settings=json.dumps(dict(settings)),
            person=person,
            position=(await self.execute(last, project_id)).scalar() or 0,
            due_at=now,
            created_at=now,
        )
        return to_output(added.one())

    async def waiting(self, found: Output) -> int:
        """How many changes it has not had."""
        wanted = select(func.count()).where(
            in_project(entity_change), entity_change.c.id > found.position
        )
        return int((await self.execute(wanted, found.project_id)).scalar_one())

    async def change(self, output_id: int, **values: Any) -> bool:
        """Change columns of one; False where it is not there."""
        changed = await self.execute(
            update(output)
            .where(here(output), output.c.id == output_id)
            .values(**values)
            .returning(output.c.id)
        )
        return changed.first() is not None

    async def remove(self, output_id: int) -> bool:
        """Write nothing to it any more; False where it was not there."""
        places = delete(output_place).where(
            here(output_place), output_place.c.output_id == output_id
        )
        await self.execute(places)
        gone = await self.execute(
            delete(output).where(here(output), output.c.id == output_id).returning(output.c.id)
        )
        return gone.first() is not None

    async def place(self, output_id: int, about: str) -> str | None:
        """What it made for a message or an entity, as `keep_place` was told."""
        wanted = select(output_place.c.place).where(
            here(output_place),
            output_place.c.output_id == output_id,
            output_place.c.about == about,
        )
        found: str | None = (await self.execute(wanted)).scalar()
        return found

    async def keep_place(self, found: Output, about: str, place: str) -> None:
        """Note what it made for a message or an entity, so that it can be changed."""
        await self.execute(_PLACE, found.project_id, output_id=found.id, about=about, place=place)

    async def drop_place(self, output_id: int, about: str) -> None:
        """What it made is gone."""
        await self.execute(
            delete(output_place).where(
                here(output_place),
                output_place.c.output_id == output_id,
                output_place.c.about == about,
            )
        )
