"""Tells people that what they watch has changed, and what of it is to be checked."""

from bot.db.records.outbox import Outbox, OutboxMessage
from bot.db.transaction import Transaction
from bot.health.values import StreamChange
from bot.health.views import change_view, check_view
from bot.projects.seeding import name_among_several


async def tell_change(
    tx: Transaction, project_id: int, alarm: int, person: str, change: StreamChange
) -> None:
    """Keep a direct message, said once for each alarm of a project."""
    key = f"change {alarm} of the stream of project {project_id} for {person}"
    view = change_view(change, project_id, await name_among_several(tx, project_id))
    await Outbox(tx).put(OutboxMessage(key, person, view.to_message(), once=True))


async def ask_to_check(
    tx: Transaction, project_id: int, draw: int, person: str, waiting: int
) -> None:
    """Keep a direct message, said once for each draw."""
    key = f"draw {draw} of project {project_id} to be checked by {person}"
    view = check_view(waiting, project_id, await name_among_several(tx, project_id))
    await Outbox(tx).put(OutboxMessage(key, person, view.to_message(), once=True))
