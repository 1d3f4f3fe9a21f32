"""Flagged sentences, looked after by reviewers."""

from bot.domain.events import Event
from bot.domain.roles import Role
from bot.labelling.repositories.flags import Flags
from bot.projects.context import Turn
from bot.team.values.flags import FlagsShown, SettleFlags
from bot.team.values.history import Undone

SHOWN = 5
"""Flags in one message: each is a sentence and two buttons, readable on a phone."""
_DOING = "look after flagged sentences"


async def show(turn: Turn, *, settled: int | None = None, gone: int | None = None) -> FlagsShown:
    """What waits, the oldest first."""
    turn.require(Role.REVIEWER, _DOING)
    flags = await Flags(turn.tx).all(turn.project.id, limit=SHOWN)
    waiting = await Flags(turn.tx).count(turn.project.id)
    shown = len({flag.sentence.id for flag in flags})
    return FlagsShown(flags, waiting - shown, settled, gone)


async def settle(turn: Turn, command: SettleFlags) -> FlagsShown:
    """Take a sentence's flags off the list."""
    turn.require(Role.REVIEWER, _DOING)
    number = command.sentence_id
    if await Flags(turn.tx).settle(turn.project.id, number, person=turn.caller.person):
        return await show(turn, settled=number)
    return await show(turn, gone=number)


async def undo(turn: Turn, event: Event) -> Undone:
    """Put them back."""
    turn.require(Role.REVIEWER, _DOING)
    await Flags(turn.tx).reopen(turn.project.id, event, person=turn.caller.person)
    return Undone(event)
