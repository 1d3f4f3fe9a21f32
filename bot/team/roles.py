"""Who may do what, and how that is changed."""

from bot.domain.roles import Role
from bot.errors import NothingToDo
from bot.projects.context import RequestContext
from bot.projects.repositories.roles import Roles
from bot.team.commands import GiveRole, RolesShown


def show(
    context: RequestContext, *, changed: str | None = None, role: Role = Role.LABELLER
) -> RolesShown:
    """Everybody who has a role."""
    having = {
        wanted: tuple(person for person, has in context.roles.items() if has is wanted)
        for wanted in (Role.OWNER, Role.REVIEWER)
    }
    return RolesShown(having[Role.OWNER], having[Role.REVIEWER], changed, role)


async def give(
    context: RequestContext, command: GiveRole, *, undoes: int | None = None
) -> RolesShown:
    """Give somebody a role, or take theirs away; the last owner stays one."""
    context.require(Role.OWNER, "change roles")
    person, to = command.person, command.role
    has = context.roles.get(person, Role.LABELLER)
    if has is to:
        raise NothingToDo(f"Nothing to change: that person is {_a(to)} already.")
    if person in context.named_owners:
        raise NothingToDo(
            "That person is an owner by the setting NERBOT_OWNERS of the machine nerbot runs on; change it there."
        )
    if has is Role.OWNER and context.holders(Role.OWNER) == (person,):
        raise NothingToDo(
            "That is the only owner, and somebody has to be one. First: /nerbot roles owner @somebody"
        )
    await Roles(context.tx).give(
        context.project.id, person, to, by=context.caller.person, undoes=undoes
    )
    roles = {name: role for name, role in context.roles.items() if name != person}
    if to is not Role.LABELLER:
        roles[person] = to
    after = RequestContext(context.tx, context.project, context.caller, roles, context.named_owners)
    return show(after, changed=person, role=to)


def _a(role: Role) -> str:
    return "an owner" if role is Role.OWNER else f"a {role.value}"
