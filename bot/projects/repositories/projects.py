"""The projects of a workspace, and which of them a channel uses."""

from dataclasses import asdict

from sqlalchemy import and_, bindparam, delete, func, or_, select, update

from bot.db.records.assignments import Assignments
from bot.db.records.events import Events
from bot.db.repository import (
    Repository,
    by_key,
    here,
    in_project,
    insert_if_new,
    inserts,
    is_project,
    replace_columns,
)
from bot.db.tables.projects import channel, project
from bot.db.tables.sentences import sentence
from bot.domain.events import Event, EventKind
from bot.domain.project import Project
from bot.errors import NotFound
from bot.projects.values import ProjectSettings

DEFAULT_NAME = "default"

_COLUMNS = (project.c.id, project.c.name)
_DEFAULT = select(*_COLUMNS).where(here(project), project.c.is_default)
_ADD = insert_if_new(project, *_COLUMNS)
_BOUND = and_(here(channel), channel.c.channel == bindparam("channel_name"))
_OF_CHANNEL = by_key(
    select(*_COLUMNS)
    .select_from(project.outerjoin(channel, and_(_BOUND, channel.c.project_id == project.c.id)))
    .where(here(project), or_(channel.c.channel.is_not(None), project.c.is_default))
    .where(project.c.deleted_at.is_(None))
    .order_by(channel.c.channel.is_(None))
    .limit(1)
)
_BIND = inserts(
    channel, lambda insert: replace_columns(insert, channel, "project_id", "created_at")
)
_SETTINGS = tuple(project.c[name] for name in ProjectSettings.__dataclass_fields__)
_GET_SETTINGS = select(*_SETTINGS).where(is_project(project))
_SET_SETTINGS = (
    update(project)
    .where(is_project(project))
    .values({column.name: bindparam(f"new_{column.name}") for column in _SETTINGS})
)
# The order is made again, from the uncertainties that are there.
_ORDER_AGAIN = update(project).where(is_project(project)).values(ranked_by=None)
_LIVE_VERSION = by_key(select(project.c.live_version).where(is_project(project)))


class Projects(Repository):
    """The projects of the workspace."""

    __slots__ = ()

    async def default(self) -> Project | None:
        """The workspace's default project, None before its first use."""
        row = (await self.execute(_DEFAULT)).first()
        return None if row is None else Project(id=row.id, name=row.name)

    async def ensure_default(self) -> Project:
        """The default project, made now if this is its first use."""
        if (found := await self.default()) is not None:
            return found
        await self.execute(_ADD, name=DEFAULT_NAME, is_default=True, created_at=self.clock())
        found = await self.default()
        assert found is not None
        return found

    async def of_channel(self, channel: str) -> Project | None:
        """The project a channel uses: the one it is bound to, else the default one."""
        row = (await self.execute(_OF_CHANNEL, channel_name=channel)).first()
        return None if row is None else Project(id=row.id, name=row.name)

    async def ensure(self, channel: str) -> Project:
        """The same; the default project is made now if this is its first use."""
        return await self.of_channel(channel) or await self.ensure_default()

    async def live_version(self, project_id: int) -> int | None:
        """Which version of its model is live; None before the first training."""
        version: int | None = (await self.execute(_LIVE_VERSION, project_id)).scalar()
        return version

    async def bound(self, channel_name: str) -> int | None:
        """The project this channel is bound to, None where it uses the default one unasked."""
        wanted = select(channel.c.project_id).where(_BOUND)
        found = (await self.execute(wanted, channel_name=channel_name)).scalar()
        return None if found is None else int(found)

    async def all(self, *, with_deleted: bool = False) -> tuple[Project, ...]:
        """Every project, oldest first."""
        wanted = select(*_COLUMNS).where(here(project)).order_by(project.c.id)
        if not with_deleted:
            wanted = wanted.where(project.c.deleted_at.is_(None))
        rows = await self.execute(wanted)
        return tuple(Project(id=row.id, name=row.name) for row in rows)

    async def add(self, name: str, *, person: str) -> Project | None:
        """Make a project; None where the name is taken."""
        added = await self.execute(_ADD, name=name, is_default=False, created_at=self.clock())
        row = added.first()
        if row is None:
            return None
        detail = {"name": name}
        await self._events().add(row.id, EventKind.PROJECT_MADE, person=person, detail=detail)
        return Project(id=row.id, name=row.name)

    async def bind(
        self,
        project_id: int,
        channel_name: str,
        *,
        to: int | None,
        person: str,
        undoes: int | None = None,
    ) -> None:
        """Let a channel use a project, None for the default one; `project_id` has it in its record."""
        before = await self.bound(channel_name)
        if to is None:
            await self.execute(delete(channel).where(_BOUND), channel_name=channel_name)
        else:
            await self.execute(_BIND, to, channel=channel_name, created_at=self.clock())
        detail = {"channel": channel_name, "from": before, "to": to}
        await self._events().add(
            project_id, EventKind.CHANNEL_BOUND, person=person, detail=detail, undoes=undoes
        )

    async def sentences(self, project_id: int) -> int:
        """How many sentences it has."""
        wanted = select(func.count()).select_from(sentence).where(in_project(sentence))
        return int((await self.execute(wanted, project_id)).scalar_one())

    async def delete(self, gone: Project, *, record: int, person: str) -> None:
        """Take a project out of sight, and free its name; another project has it in its record."""
        mine = update(project).where(here(project), project.c.id == gone.id)
        hidden = f"{gone.name} (deleted {gone.id})"
        await self.execute(mine.values(deleted_at=self.clock(), name=hidden))
        detail = {"name": gone.name, "project": gone.id}
        await self._events().add(record, EventKind.PROJECT_DELETED, person=person, detail=detail)

    async def bring_back(self, event: Event, *, record: int, person: str) -> bool:
        """Let a deleted project be seen again; False where its name is taken or it was forgotten."""
        detail = event.detail or {}
        taken = select(project.c.id).where(here(project), project.c.name == detail["name"])
        if (await self.execute(taken)).first() is not None:
            return False
        back = await self.execute(
            update(project)
            .where(here(project), project.c.id == detail["project"])
            .values(deleted_at=None, name=detail["name"])
            .returning(project.c.id)
        )
        if back.first() is None:
            return False
        await self._events().add(
            record, EventKind.PROJECT_DELETED, person=person, detail=detail, undoes=event.id
        )
        return True

    async def settings(self, project_id: int) -> ProjectSettings:
        """What the project is asked to do differently."""
        row = (await self.execute(_GET_SETTINGS, project_id)).first()
        if row is None:
            raise NotFound("That project is not here, or no longer.")
        return ProjectSettings(**row._asdict())

    async def change_settings(
        self,
        project_id: int,
        after: ProjectSettings,
        *,
        person: str,
        undoes: int | None = None,
    ) -> ProjectSettings:
        """Let the project do so from now on; an event says who changed what. What held before."""
        before = await self.settings(project_id)
        if after == before:
            return before
        values = {f"new_{name}": value for name, value in asdict(after).items()}
        await self.execute(_SET_SETTINGS, project_id, **values)
        if after.annotations_per_sentence != before.annotations_per_sentence:
            await Assignments(self.tx).resized(project_id, before=before.annotations_per_sentence)
        if after.random_share != before.random_share:
            await self.execute(_ORDER_AGAIN, project_id)
        detail = {"from": asdict(before), "to": asdict(after)}
        await self._events().add(
            project_id, EventKind.SETTINGS_CHANGED, person=person, detail=detail, undoes=undoes
        )
        return before

    def _events(self) -> Events:
        return Events(self.tx)
