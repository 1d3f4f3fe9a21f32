"""Carries what people say of a sentence to the messages that have it: what was sent is corrected."""

from collections.abc import Callable
from itertools import groupby

from bot.db.database import Store
from bot.db.transaction import Transaction
from bot.projects.repositories.projects import Projects
from bot.watching.amending import amend
from bot.watching.masking import without_words
from bot.watching.reader import by_person, count
from bot.watching.repositories.corrections import Corrections
from bot.watching.repositories.entities import Entities
from bot.watching.repositories.messages import Messages
from bot.watching.repositories.watches import Watches

MOST_MESSAGES = 200
"""So many messages with the same sentence are corrected, the newest ones."""
A_ROUND = 100


class Correcting:
    """Follows the record of each watching project."""

    def __init__(
        self,
        store: Store,
        *,
        workspace: str,
        on_change: Callable[[], None],
        on_new: Callable[[], None],
    ) -> None:
        self._store = store
        self._workspace = workspace
        self._on_change = on_change
        self._on_new = on_new

    async def look(self) -> bool:
        """Carry over what is new in the record of every project; whether there may be more."""
        async with self._store.reading(self._workspace) as tx:
            watches = sorted(await Watches(tx).all(), key=lambda each: each.project_id)
            due = []
            for project_id, mine in groupby(watches, key=lambda each: each.project_id):
                position = min(each.event_position for each in mine)
                if await Corrections(tx).newest(project_id) > position:
                    due.append((project_id, position))
            unsaid = await Messages(tx).unsaid(most=MOST_MESSAGES)
        for project_id, position in due:
            async with self._store.writing(self._workspace) as tx:
                await self._carry(tx, project_id, position)
        if unsaid:  # a sentence that was deleted takes its events with it
            async with self._store.writing(self._workspace) as tx:
                await Messages(tx).read_again(unsaid)
        if due or unsaid:
            self._on_change()
            self._on_new()
        return bool(due)

    async def _carry(self, tx: Transaction, project_id: int, position: int) -> None:
        corrections = Corrections(tx)
        texts, reached = await corrections.after(project_id, position, most=A_ROUND)
        for text in texts:
            await correct(tx, project_id, text)
        await corrections.reach(project_id, reached)


async def correct(tx: Transaction, project_id: int, text: str) -> int:
    """Bring the messages that have a sentence in line with what people say of it now: how many of them. Where nobody
    says anything any more, the model reads them again."""
    found = await Messages(tx).with_sentence(project_id, text, most=MOST_MESSAGES)
    if not found:
        return 0
    entities = Entities(tx)
    said = (await entities.said(project_id, [text])).get(text)
    if said is None:
        await Messages(tx).read_again([message for message, _ in found])
        return len(found)
    masked = frozenset((await Projects(tx).settings(project_id)).masked)
    await Messages(tx).note_said(project_id, text, said.sentence_id)
    for message_id, number in found:
        before = [
            each for each in await entities.of(project_id, message_id) if each.sentence == number
        ]
        now = without_words((by_person(number, text, span) for span in said.spans), masked)
        _, done = await entities.apply(project_id, message_id, amend(before, now))
        count(done)
    return len(found)
