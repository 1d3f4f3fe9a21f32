"""Flagged sentences, looked after by reviewers."""

from bot.domain.events import Event
from bot.domain.roles import Role
from bot.labelling.repositories.flags import Flags
from bot.projects.context import RequestContext, only
from bot.team.values.flags import FlagsShown, SettleFlags, ShowFlags
from bot.team.values.history import Undone

SHOWN = 5
"""Flags in one message: each is a sentence and two buttons, readable on a phone."""
_DOING = "look after flagged sentences"


@only(Role.REVIEWER, _DOING)
async def show(context: RequestContext, _: ShowFlags) -> FlagsShown:
    """What waits, the oldest first."""
    return await _waiting(context)


@only(Role.REVIEWER, _DOING)
async def settle(context: RequestContext, command: SettleFlags) -> FlagsShown:
    """Take a sentence's flags off the list."""
    number = command.sentence_id
    if await Flags(context.tx).settle(context.project.id, number, person=context.caller.person):
        return await _waiting(context, settled=number)
    return await _waiting(context, gone=number)


@only(Role.REVIEWER, _DOING)
async def undo(context: RequestContext, event: Event) -> Undone:
    """Put them back."""
    await Flags(context.tx).reopen(context.project.id, event, person=context.caller.person)
    return Undone(event)


async def _waiting(
    context: RequestContext, *, settled: int | None = None, gone: int | None = None
) -> FlagsShown:
    flags = await Flags(context.tx).all(context.project.id, limit=SHOWN)
    waiting = await Flags(context.tx).count(context.project.id)
    shown = len({flag.sentence.id for flag in flags})
    return FlagsShown(flags, waiting - shown, settled, gone)
