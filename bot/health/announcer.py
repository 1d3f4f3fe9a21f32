"""Tells people that what they watch has changed, and what of it is to be checked."""

from bot.db.records.outbox import Outbox, OutboxMessage
from bot.db.transaction import Transaction
from bot.health.values import StreamChange
from bot.health.views import change_view, check_view
from bot.projects.seeding import name_among_several
from bot.slack.text import View


async def tell_change(
    tx: Transaction, project_id: int, alarm: int, person: str, change: StreamChange
) -> None:
    """Say that the stream has changed."""
    view = change_view(change, project_id, await name_among_several(tx, project_id))
    await _tell_once(tx, f"change {alarm} of the stream of project {project_id}", person, view)


async def ask_to_check(
    tx: Transaction, project_id: int, draw: int, person: str, waiting: int
) -> None:
    """Ask for what was drawn to be checked."""
    view = check_view(waiting, project_id, await name_among_several(tx, project_id))
    await _tell_once(tx, f"draw {draw} of project {project_id} to be checked", person, view)


async def _tell_once(tx: Transaction, what: str, person: str, view: View) -> None:
    """Keep a direct message in the transaction that notes what it is about; said once, whatever is tried again."""
    await Outbox(tx).put(
        OutboxMessage(f"{what} for {person}", person, view.to_message(), once=True)
    )
