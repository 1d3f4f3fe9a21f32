"""Sentences of a message, taken out of the queue again."""

from bot.db.idempotency import Receipts
from bot.db.sentences import Sentences
from bot.db.transaction import Transaction
from bot.errors import NothingToDo
from bot.labelling.values.messages import Queued, Withdrawn


async def withdraw(tx: Transaction, project_id: int, step: str) -> Withdrawn:
    """Take back what a request put into the queue, apart from what somebody has worked with since."""
    queued = await Receipts(tx).get(step)
    if not isinstance(queued, Queued):
        raise NothingToDo(
            "That is too long ago to be taken back in one step. Skip the sentences when they come, or flag them."
        )
    gone = await Sentences(tx).withdraw(project_id, queued.added)
    there = [number for number in queued.added if await Sentences(tx).get(project_id, number)]
    if not gone and not there:
        raise NothingToDo("These sentences are out of the queue already.")
    return Withdrawn(len(gone), tuple(there))
