"""Which projects a person may see, and which of them is meant where they ask."""

from datetime import timedelta

from sqlalchemy import BindParameter, Boolean, and_, bindparam, exists, func, or_, select

from bot.db.repository import Repository, by_key, here, inserts, replace_columns
from bot.db.tables.projects import channel, channel_member, project
from bot.db.types import Moment
from bot.domain.project import Caller, Project
from bot.errors import NotAllowed, NotFound
from bot.projects.repositories.projects import Projects

NO_GUESTS = (
    "Guests of other workspaces cannot use this project; ask one of its owners to let them in with "
    "/nerbot project settings guests on."
)
NO_PROJECT = "The project of this token was deleted. Ask whoever runs nerbot for another token."

_PERSON: BindParameter[str] = bindparam("person")
_ROOM: BindParameter[str] = bindparam("room")
_ITS_CHANNEL = and_(
    channel.c.workspace == project.c.workspace,
    channel.c.project_id == project.c.id,
    # The rows of people are the projects of their direct messages.
    func.substr(channel.c.channel, 1, 1).not_in(("U", "W")),
)
VISIT_COUNTS = timedelta(days=30)
"""How long a request from a channel shows that somebody is in it: Slack does not tell nerbot who leaves."""
NOTED_AGAIN = timedelta(days=1)
"""After so long a request is noted anew."""

_IS_KNOWN = and_(here(channel_member), channel_member.c.person == _PERSON)
_IS_MEMBER = and_(_IS_KNOWN, channel_member.c.created_at >= bindparam("since", type_=Moment))
_IN_ITS_CHANNEL = exists().where(
    _ITS_CHANNEL,
    or_(
        channel.c.channel == _ROOM,
        exists().where(_IS_MEMBER, channel_member.c.channel == channel.c.channel),
    ),
)
_WHERE_IT_WAS_MADE = and_(
    ~exists().where(_ITS_CHANNEL),
    or_(
        project.c.made_in.in_((_PERSON, _ROOM)),
        exists().where(_IS_MEMBER, channel_member.c.channel == project.c.made_in),
    ),
)
_IS_MEMBER_HERE = and_(
    ~bindparam("from_elsewhere", type_=Boolean),
    ~exists().where(_IS_KNOWN, channel_member.c.is_guest),
)
_IS_SEEN = and_(
    here(project),
    project.c.deleted_at.is_(None),
    or_(project.c.is_open, _IN_ITS_CHANNEL, _WHERE_IT_WAS_MADE),
    or_(project.c.guests, _IS_MEMBER_HERE),
)
_SEEN = select(project.c.id, project.c.name).where(_IS_SEEN).order_by(project.c.id)
_SEES = select(project.c.id).where(_IS_SEEN, project.c.id == bindparam("wanted"))
_IS_NOTED = by_key(
    select(channel_member.c.is_guest).where(_IS_MEMBER, channel_member.c.channel == _ROOM)
)
_NOTE = inserts(
    channel_member, lambda insert: replace_columns(insert, channel_member, "created_at")
)


class Access(Repository):
    """The projects of the workspace as one person may see them.

    A project is open to everybody, or closed: then it is for those who have used nerbot in one of its channels of
    late. A request from a channel shows that the person is in it. Guests see the projects that let them in. A program
    sees the one project that its token is for, wherever the person who made the token is.
    """

    __slots__ = ()

    async def of(self, caller: Caller) -> Project | None:
        """The project where they ask: that of the channel, or the one they chose for their direct messages.

        None before the workspace has one, and for a guest who is not let in.
        """
        if caller.project_id is not None:
            return next(iter(await self.seen(caller)), None)
        found = await Projects(self.tx).of_channel(caller.room)
        if found is None or not (caller.is_direct or caller.is_guest):
            return found  # the request comes from a channel of the project
        seen = await self.seen(caller)
        if found in seen or not caller.is_direct:
            return found if found in seen else None
        default = await Projects(self.tx).default()
        return default if default in seen else next(iter(seen), None)

    async def ensure(self, caller: Caller) -> Project:
        """The same; it is made now if this is the workspace's first use. Raises NotAllowed for a guest."""
        found = await self.of(caller)
        if found is not None:
            return found
        if caller.project_id is not None:
            raise NotFound(NO_PROJECT)
        if caller.is_guest:
            raise NotAllowed(NO_GUESTS)
        self.tx.must_be_alone()
        if caller.is_private:
            return await Projects(self.tx).add_private(caller.room, person=caller.person)
        return await Projects(self.tx).ensure_default()

    async def seen(self, caller: Caller) -> tuple[Project, ...]:
        """Every project they may see, oldest first."""
        if caller.project_id is not None:
            every = await Projects(self.tx).all()
            return tuple(each for each in every if each.id == caller.project_id)
        rows = await self.execute(_SEEN, **self._whose(caller))
        return tuple(Project(id=row.id, name=row.name) for row in rows)

    async def sees(self, caller: Caller, project_id: int) -> bool:
        """Whether they may see a project, wherever they ask."""
        if caller.project_id is not None:
            return any(each.id == project_id for each in await self.seen(caller))
        found = await self.execute(_SEES, wanted=project_id, **self._whose(caller))
        return found.first() is not None

    async def is_noted(self, caller: Caller) -> bool:
        """Whether it was kept within a day that they are where they ask."""
        since = self.clock() - NOTED_AGAIN
        noted = await self.execute(_IS_NOTED, person=caller.person, room=caller.room, since=since)
        return noted.first() is not None

    async def note(self, caller: Caller) -> None:
        """Keep that they are where they ask, and when that was."""
        await self.execute(
            _NOTE,
            channel=caller.room,
            person=caller.person,
            is_guest=caller.is_guest,
            created_at=self.clock(),
        )

    def _whose(self, caller: Caller) -> dict[str, object]:
        return {
            "person": caller.person,
            "room": caller.room,
            "from_elsewhere": caller.is_guest,
            "since": self.clock() - VISIT_COUNTS,
        }


def alone(workspace: str, person: str) -> Caller:
    """A person in their Home or direct messages, where no request of theirs is at hand."""
    return Caller(workspace, person, person, request="", is_direct=True)
