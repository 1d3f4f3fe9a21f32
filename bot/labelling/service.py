"""Labelling: what each form of /label and each button of a card does, in one transaction a request."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.db.records.idempotency import once
from bot.db.store import Store
from bot.domain.project import Caller, Offsets
from bot.engine.ports import Engine
from bot.labelling.commands import LabelCommand, LabelPhrase
from bot.labelling.repositories.flags import Flags
from bot.labelling.session import Desk
from bot.labelling.suggestions import Suggestions
from bot.labelling.values.cards import OUTCOME, Outcome
from bot.labelling.values.intents import MarkedSentence
from bot.projects.repositories.projects import Projects


class Labelling:
    """Does what a person asks with /label; a repeated request changes nothing and gets the same answer."""

    def __init__(
        self,
        store: Store,
        engine: Engine,
        suggestions: Suggestions,
        *,
        seeded: asyncio.Event,
        today: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._engine = engine
        self._suggestions = suggestions
        self._seeded = seeded
        self._today = today

    async def handle(self, caller: Caller, command: LabelCommand) -> Outcome:
        """Carry out one command and commit it; raises PersonError where it cannot be done as asked."""
        await self._seeded.wait()
        tokens = await self._tokens(command)
        async with self._store.writing(caller.workspace) as tx:
            # Asked each time: another process may have bound the channel to another project just now.
            project = await Projects(tx).ensure(caller.room)
            desk = Desk(tx, project, caller, today=self._today())
            outcome = await once(tx, caller.request, OUTCOME, lambda: desk.handle(command, tokens))
        return await self._suggestions.dress(caller.workspace, project.id, outcome)

    async def say_why(self, caller: Caller, sentence_id: int, note: str) -> bool:
        """Keep why a person flagged a sentence; False where the flag is not there any more."""
        async with self._store.writing(caller.workspace) as tx:
            project = await Projects(tx).ensure(caller.room)
            return await Flags(tx).say_why(project.id, caller.person, sentence_id, note)

    async def _tokens(self, command: LabelCommand) -> tuple[Offsets, ...]:
        """Tokens of a text that may be new, found before the transaction so that it does not wait for the engine."""
        match command:
            case LabelPhrase(sentence=str(text)) | MarkedSentence(text=text):
                return (await self._engine.tokens([text]))[0]
        return ()


def beginning_of_day(timezone: str, clock: Callable[[], datetime]) -> Callable[[], datetime]:
    """When today began in a time zone, in UTC."""
    zone = ZoneInfo(timezone)

    def today() -> datetime:
        here = clock().astimezone(zone)
        return here.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)

    return today
