"""The projects of a workspace, and which of them a channel uses."""

from collections.abc import Iterator
from dataclasses import asdict
from itertools import count

from sqlalchemy import and_, bindparam, delete, exists, func, or_, select, update

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
PRIVATE_NAME = "private"

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
_HAS_CHANNEL = select(project.c.id).where(
    is_project(project),
    or_(
        project.c.is_default,
        exists().where(
            channel.c.workspace == project.c.workspace,
            channel.c.project_id == project.c.id,
            func.substr(channel.c.channel, 1, 1).not_in(("U", "W")),
        ),
    ),
)
_SETTINGS = tuple(project.c[name] for name in ProjectSettings.__dataclass_fields__)
_GET_SETTINGS = select(*_SETTINGS).where(is_project(project))
_LANGUAGE = by_key(select(project.c.language).where(is_project(project)))
_SET_SETTINGS = (
    update(project)
    .where(is_project(project))
    .values({column.name: bindparam(f"new_{column.name}") for column in _SETTINGS})
)
# The order is made again, from the uncertainties that are there.
_ORDER_AGAIN = update(project).where(is_project(project)).values(ranked_by=None)
_SET_DEFAULT = update(project).where(is_project(project)).values(is_default=bindparam("whether"))
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
        for name in _names(DEFAULT_NAME):
            if (found := await self.default()) is not None:
                return found
            # Taken where a default project was closed, which then is the default one no longer.
            await self.execute(_ADD, name=name, is_default=True, created_at=self.clock())
        raise AssertionError("names do not run out")

    async def of_channel(self, channel: str) -> Project | None:
        """The project a channel uses: the one it is bound to, else the default one."""
        row = (await self.execute(_OF_CHANNEL, channel_name=channel)).first()
        return None if row is None else Project(id=row.id, name=row.name)

    async def live_version(self, project_id: int) -> int | None:
        """Which version of its model is live; None before the first training."""
        version: int | None = (await self.execute(_LIVE_VERSION, project_id)).scalar()
        return version

    async def bound(self, channel_name: str) -> int | None:
        """The project this channel is bound to, None where it uses the default one unasked."""
        wanted = select(channel.c.project_id).where(_BOUND)
        found = (await self.execute(wanted, channel_name=channel_name)).scalar()
        return None if found is None else int(found)

    async def has_channel(self, project_id: int) -> bool:
        """Whether a channel is bound to it, or uses it as the default one; direct messages do not count."""
        return (await self.execute(_HAS_CHANNEL, project_id)).first() is not None

    async def all(self, *, with_deleted: bool = False) -> tuple[Project, ...]:
        """Every project, oldest first."""
        wanted = select(*_COLUMNS).where(here(project)).order_by(project.c.id)
        if not with_deleted:
            wanted = wanted.where(project.c.deleted_at.is_(None))
        rows = await self.execute(wanted)
        return tuple(Project(id=row.id, name=row.name) for row in rows)

    async def add(
        self, name: str, *, person: str, made_in: str | None = None, is_open: bool = True
    ) -> Project | None:
        """Make a project; None where the name is taken."""
        added = await self.execute(
            _ADD,
            name=name,
            is_default=False,
            created_at=self.clock(),
            is_open=is_open,
            made_in=made_in,
        )
        row = added.first()
        if row is None:
            return None
        detail = {"name": name}
        await self._events().add(row.id, EventKind.PROJECT_MADE, person=person, detail=detail)
        return Project(id=row.id, name=row.name)

    async def add_private(self, channel_name: str, *, person: str) -> Project:
        """Make a closed project for a private channel, which uses it from now on."""
        for name in _names(PRIVATE_NAME):
            made = await self.add(name, person=person, made_in=channel_name, is_open=False)
            if made is not None:
                await self.bind(made.id, channel_name, to=made.id, person=person)
                return made
        raise AssertionError("names do not run out")

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

    async def language(self, project_id: int) -> str:
        """spaCy's code of the language its words are told apart by; English where there is no such project."""
        found: str | None = (await self.execute(_LANGUAGE, project_id)).scalar()
        return found or "en"

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
        if after.is_open != before.is_open:
            await self._keep_default_open(project_id, is_open=after.is_open)
        detail = {"from": asdict(before), "to": asdict(after)}
        await self._events().add(
            project_id, EventKind.SETTINGS_CHANGED, person=person, detail=detail, undoes=undoes
        )
        return before

    async def _keep_default_open(self, project_id: int, *, is_open: bool) -> None:
        """Channels that chose no project use the default one, so a closed project cannot be it."""
        found = await self.default()
        if not is_open and found is not None and found.id == project_id:
            await self.execute(_SET_DEFAULT, project_id, whether=False)
        elif is_open and found is None:
            await self.execute(_SET_DEFAULT, project_id, whether=True)

    def _events(self) -> Events:
        return Events(self.tx)


def _names(first: str) -> Iterator[str]:
    yield first
    yield from (f"{first} {number}" for number in count(2))
