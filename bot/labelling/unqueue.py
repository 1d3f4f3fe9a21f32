"""Sentences of a message, taken out of the queue again."""

from bot.db.records.idempotency import IdempotencyRecords
from bot.db.records.sentences import Sentences
from bot.db.transaction import Transaction
from bot.domain.json_form import JsonForm
from bot.errors import NothingToDo
from bot.labelling.values.messages import Queued, Withdrawn

_QUEUED: JsonForm[Queued] = JsonForm(Queued)


async def withdraw(tx: Transaction, project_id: int, step: str) -> Withdrawn:
    """Take back what a request put into the queue, apart from what somebody has worked with since."""
    queued = await IdempotencyRecords(tx).get(step, _QUEUED)
    if queued is None:
        raise NothingToDo(
            "That is too long ago to be taken back in one step. Skip the sentences when they come, or flag them."
        )
    gone = await Sentences(tx).withdraw(project_id, queued.added)
    there = [number for number in queued.added if await Sentences(tx).get(project_id, number)]
    if not gone and not there:
        raise NothingToDo("These sentences are out of the queue already.")
    return Withdrawn(len(gone), tuple(there))
