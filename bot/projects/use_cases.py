"""Carries out use cases: a function `async def show(context, command) -> Answer` for each thing people ask."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, tzinfo
from functools import cache
from typing import Any, Generic, Literal, TypeVar, get_type_hints

from bot.db.database import Store
from bot.db.records.idempotency import once
from bot.db.transaction import Transaction
from bot.domain.json_form import JsonForm
from bot.domain.project import Caller
from bot.domain.roles import Role
from bot.projects.context import RequestContext, Restricted, read_roles
from bot.projects.repositories.access import Access
from bot.projects.repositories.roles import Roles

C = TypeVar("C")
A = TypeVar("A")

Work = Callable[[RequestContext, C], Awaitable[A]]


@dataclass(frozen=True, slots=True)
class Reply(Generic[A]):
    """An answer of /nerbot; `first_owner` where the person became the workspace's first owner by asking."""

    answer: A
    first_owner: bool = False
    undo: int | None = None
    """The event that [Undo] undoes, where something was changed."""
    type: Literal["team"] = "team"


@dataclass(frozen=True, slots=True)
class UseCase(Generic[C, A]):
    """A function of a feature, and whether it changes anything."""

    work: Work[C, A]
    writes: bool
    takes_long: bool = False
    """It reads so much that nobody else is to wait for its connection."""

    @property
    def who(self) -> Role:
        """Who can ask for it; what depends on the command is the function's own business."""
        return self.work.who if isinstance(self.work, Restricted) else Role.LABELLER


def reads(work: Work[C, A]) -> UseCase[C, A]:
    """A use case that only reads."""
    return UseCase(work, writes=False)


def reports(work: Work[C, A]) -> UseCase[C, A]:
    """A use case that reads a lot, on a connection that no label waits for."""
    return UseCase(work, writes=False, takes_long=True)


def writes(work: Work[C, A]) -> UseCase[C, A]:
    """A use case that changes something, once for each request; its return annotation says what is kept."""
    return UseCase(work, writes=True)


@cache
def reply_form(work: Work[Any, Any]) -> JsonForm[Reply[Any]]:
    """How the replies of a use case are kept: its answers are those of its return annotation."""
    plain = work.work if isinstance(work, Restricted) else work
    kind: Any = Reply
    return JsonForm(kind[get_type_hints(plain)["return"]])


class UseCases:
    """Opens the context of a use case; a repeated request changes nothing and gets the same reply."""

    def __init__(
        self, store: Store, *, owners: frozenset[str] = frozenset(), zone: tzinfo = UTC
    ) -> None:
        self._store = store
        self._owners = owners
        self._zone = zone

    async def carry_out(self, use_case: UseCase[C, A], caller: Caller, command: C) -> Reply[A]:
        """Carry out one command; raises PersonError where it cannot be done as asked."""
        work = use_case.work
        if not use_case.writes:
            first = await self.welcome(caller)
            reading = self._store.reporting if use_case.takes_long else self._store.reading
            async with reading(caller.workspace) as tx:
                answer = await work(await self._context(tx, caller), command)
            return Reply(answer, first_owner=first)
        # A label that is renamed or merged changes every annotation.
        async with self._store.writing(caller.workspace, alone=True) as tx:
            return await once(
                tx, caller.request, reply_form(work), lambda: self._write(tx, work, caller, command)
            )

    async def _write(
        self, tx: Transaction, work: Work[C, A], caller: Caller, command: C
    ) -> Reply[A]:
        first = await self._make_ready(tx, caller)
        before = len(tx.added)
        answer = await work(await self._context(tx, caller), command)
        return Reply(answer, first_owner=first, undo=await _to_undo(tx, caller, before))

    async def welcome(self, caller: Caller) -> bool:
        """See to it that there is a project and an owner; True where this person became it."""
        async with self._store.reading(caller.workspace) as tx:
            roles = await read_roles(tx, self._owners)
            if Role.OWNER in roles.values() and await Access(tx).of(caller):
                return False
        async with self._store.writing(caller.workspace) as tx:
            return await self._make_ready(tx, caller)

    async def _make_ready(self, tx: Transaction, caller: Caller) -> bool:
        project = await Access(tx).ensure(caller)
        if caller.is_guest or Role.OWNER in (await read_roles(tx, self._owners)).values():
            return False
        await Roles(tx).give(project.id, caller.person, Role.OWNER, by=caller.person)
        return True

    async def _context(self, tx: Transaction, caller: Caller) -> RequestContext:
        project = await Access(tx).of(caller)
        assert project is not None, "made ready before"
        return RequestContext(tx, project, caller, self._owners, self._zone)


async def _to_undo(tx: Transaction, caller: Caller, before: int) -> int | None:
    """The last step that was taken, unless it undoes another or belongs to a project that is not the channel's."""
    step = tx.added[-1] if len(tx.added) > before else None
    if step is None or step.undoes is not None:
        return None
    project = await Access(tx).of(caller)
    return step.event_id if project is not None and project.id == step.project_id else None
