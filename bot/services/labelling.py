"""Labelling: what each form of /label and each button of a card does, in one transaction a request."""

import asyncio

from bot.domain import (
    Caller,
    LabelCommand,
    LabelPhrase,
    MarkedSentence,
    Offsets,
    Outcome,
)
from bot.services.desk import Desk
from bot.services.ports import Engine, Store


class Labelling:
    """Does what a person asks with /label; a repeated request changes nothing and gets the same answer."""

    def __init__(self, store: Store, engine: Engine, *, seeded: asyncio.Event) -> None:
        self._store = store
        self._engine = engine
        self._seeded = seeded

    async def handle(self, caller: Caller, command: LabelCommand) -> Outcome:
        """Carry out one command and commit it; raises PersonError where it cannot be done as asked."""
        await self._seeded.wait()
        tokens = await self._tokens(command)
        async with self._store.writing(caller.workspace) as work:
            before = await work.receipts.get(caller.request)
            if before is not None:
                return before
            # Asked each time: another process may have bound the channel to another project just now.
            project = await work.projects.ensure(caller.channel)
            outcome = await Desk(work, project, caller).handle(command, tokens)
            await work.receipts.put(caller.request, outcome)
        return outcome

    async def _tokens(self, command: LabelCommand) -> tuple[Offsets, ...]:
        """Tokens of a text that may be new, found before the transaction so that it does not wait for the engine."""
        match command:
            case LabelPhrase(sentence=str(text)) | MarkedSentence(text=text):
                return (await self._engine.tokens([text]))[0]
        return ()
