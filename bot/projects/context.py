"""What every use case of /nerbot stands on: one transaction, one project, one person, and what they may."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.db.transaction import Transaction
from bot.domain.project import Caller, Project
from bot.domain.roles import Role
from bot.errors import NotAllowed
from bot.projects.repositories.roles import Roles

_WHO = {
    Role.REVIEWER: "a reviewer or an owner",
    Role.OWNER: "an owner",
}


@dataclass(frozen=True, slots=True)
class RequestContext:
    """One person's request in one transaction; `roles` are those of everybody who has one."""

    tx: Transaction
    project: Project
    caller: Caller
    roles: Mapping[str, Role]
    named_owners: frozenset[str] = frozenset()
    """Owners by the setting NERBOT_OWNERS."""

    @property
    def role(self) -> Role:
        """What this person may do."""
        return self.roles.get(self.caller.person, Role.LABELLER)

    def holders(self, needed: Role) -> tuple[str, ...]:
        """Everybody who may do what this role may."""
        return tuple(person for person, role in self.roles.items() if role.may(needed))

    def require(self, needed: Role, doing: str) -> None:
        """Raise NotAllowed, which names who can, where this person may not."""
        if not self.role.may(needed):
            raise NotAllowed(f"Only {_WHO[needed]} can {doing}. Here that is", self.holders(needed))


async def require_owner(
    tx: Transaction, project: Project, caller: Caller, named_owners: frozenset[str], doing: str
) -> None:
    """Owners only, once there is one; raises NotAllowed."""
    roles = await read_roles(tx, named_owners)
    if Role.OWNER in roles.values():
        RequestContext(tx, project, caller, roles, named_owners).require(Role.OWNER, doing)


async def read_roles(tx: Transaction, named_owners: frozenset[str]) -> dict[str, Role]:
    """Everybody's role, with the owners the setting names."""
    stored = await Roles(tx).all()
    return {**dict.fromkeys(sorted(named_owners), Role.OWNER), **stored} | dict.fromkeys(
        named_owners, Role.OWNER
    )
