"""What every use case works with: one transaction, one project, one person, and what they may do."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Generic, TypeVar

from bot.db.transaction import Transaction
from bot.domain.project import Caller, Project
from bot.domain.roles import Role
from bot.errors import NotAllowed
from bot.projects.repositories.roles import Roles

C = TypeVar("C")
A = TypeVar("A")

_WHO = {
    Role.REVIEWER: "a reviewer or an owner",
    Role.OWNER: "an owner",
}


@dataclass(frozen=True, slots=True)
class RequestContext:
    """One person's request in one transaction. Roles are read where they are asked for: labelling needs none."""

    tx: Transaction
    project: Project
    caller: Caller
    named_owners: frozenset[str] = frozenset()
    """Owners by the setting NERBOT_OWNERS."""
    zone: tzinfo = UTC
    """Where the days of this nerbot begin."""

    @property
    def now(self) -> datetime:
        """The time, in the zone in which days begin."""
        return self.tx.clock().astimezone(self.zone)

    async def roles(self) -> Mapping[str, Role]:
        """Everybody who has a role."""
        return await read_roles(self.tx, self.named_owners)

    async def role(self) -> Role:
        """What this person may do."""
        return (await self.roles()).get(self.caller.person, Role.LABELLER)

    async def require(self, needed: Role, doing: str) -> None:
        """Raise NotAllowed, which names who can, where this person may not. Before there is an owner everybody may."""
        roles = await self.roles()
        role = roles.get(self.caller.person, Role.LABELLER)
        if Role.OWNER in roles.values() and not role.may(needed):
            who = tuple(person for person, role in roles.items() if role.may(needed))
            raise NotAllowed(f"Only {_WHO[needed]} can {doing}. Here that is", who)

    async def require_behind(self, person: str | None, doing: str) -> None:
        """Raise NotAllowed where something is neither this person's own nor theirs to end as an owner."""
        if person != self.caller.person:
            await self.require(Role.OWNER, doing)


@dataclass(frozen=True, slots=True)
class Restricted(Generic[C, A]):
    """A use case that only some people may carry out; others get NotAllowed."""

    work: Callable[[RequestContext, C], Awaitable[A]]
    who: Role
    doing: str

    async def __call__(self, context: RequestContext, command: C) -> A:
        """Carry it out, where this person may."""
        await context.require(self.who, self.doing)
        return await self.work(context, command)


def only(
    who: Role, doing: str
) -> Callable[[Callable[[RequestContext, C], Awaitable[A]]], Restricted[C, A]]:
    """Say who can carry out a use case, which help shows, too; `doing` completes “Only an owner can …”."""
    return lambda work: Restricted(work, who, doing)


async def read_roles(tx: Transaction, named_owners: frozenset[str]) -> dict[str, Role]:
    """Everybody's role, with the owners the setting names."""
    stored = await Roles(tx).all()
    return {**dict.fromkeys(sorted(named_owners), Role.OWNER), **stored} | dict.fromkeys(
        named_owners, Role.OWNER
    )
