"""Who can do what, and how that is changed."""

from bot.domain.roles import Role
from bot.errors import NothingToDo
from bot.projects.commands import GiveRole, RolesShown, ShowRoles
from bot.projects.context import RequestContext, only
from bot.projects.repositories.roles import Roles


async def show(context: RequestContext, _: ShowRoles) -> RolesShown:
    """Everybody who has a role."""
    return await _shown(context)


@only(Role.OWNER, "change roles")
async def give(context: RequestContext, command: GiveRole) -> RolesShown:
    """Give somebody a role, or take theirs away; the last owner stays one."""
    return await change(context, command)


async def change(
    context: RequestContext, command: GiveRole, *, undoes: int | None = None
) -> RolesShown:
    """The same, by whoever may take that step."""
    person, to = command.person, command.role
    roles = await context.roles()
    has = roles.get(person, Role.LABELLER)
    if has is to:
        raise NothingToDo(f"Nothing to change: that person is already {_a(to)}.")
    if person in context.named_owners:
        raise NothingToDo(
            "That person is an owner by the setting NERBOT_OWNERS of the machine nerbot runs on; change it there."
        )
    if has is Role.OWNER and list(roles.values()).count(Role.OWNER) == 1:
        raise NothingToDo(
            "That is the only owner, and somebody has to be one. First: /nerbot roles owner @somebody"
        )
    await Roles(context.tx).give(
        context.project.id, person, to, by=context.caller.person, undoes=undoes
    )
    return await _shown(context, changed=person, role=to)


async def _shown(
    context: RequestContext, *, changed: str | None = None, role: Role = Role.LABELLER
) -> RolesShown:
    roles = await context.roles()
    owners, reviewers = (
        tuple(person for person, has in roles.items() if has is wanted)
        for wanted in (Role.OWNER, Role.REVIEWER)
    )
    return RolesShown(owners, reviewers, changed, role)


def _a(role: Role) -> str:
    return "an owner" if role is Role.OWNER else f"a {role.value}"
