"""Writes what is found to the outputs of projects."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, ClassVar

from bot.db.database import Store
from bot.db.records.entity_changes import EntityChanges
from bot.db.records.receivers import Receivers
from bot.domain.entities import EntityChange
from bot.jobs.delivery import FINE, Delivery
from bot.outputs.ports import OutputFailed, OutputWriter
from bot.outputs.values import Output, OutputKind

WRITE_SECONDS = 60.0

TellPaused = Callable[[Output, str], Awaitable[None]]
"""Tells whoever set an output up that nothing is written to it any more, and why."""


class OutputSender(Delivery[Output, tuple[EntityChange, ...]]):
    """The one that writes; entered once a process."""

    name: ClassVar[str] = "output"

    def __init__(
        self,
        store: Store,
        outputs: Receivers[Output],
        writers: Mapping[OutputKind, OutputWriter],
        tell_paused: TellPaused,
        *,
        clock: Callable[[], datetime],
        write_within: float = WRITE_SECONDS,
        **timing: Any,
    ) -> None:
        super().__init__(outputs, clock=clock, **timing)
        self._store = store
        self._writers = writers
        self._tell_paused = tell_paused
        self._write_within = write_within

    async def coming(self, receiver: Output) -> tuple[EntityChange, ...] | None:
        """The changes it has not had."""
        async with self._store.reading(receiver.workspace) as tx:
            found = await EntityChanges(tx).after(
                receiver.project_id, receiver.position, limit=self._round_of(receiver)
            )
        return found or None

    async def deliver(self, receiver: Output, batch: tuple[EntityChange, ...]) -> str | None:
        """Write them, and note that they are written."""
        error = await self.write(receiver, batch)
        if error is not None:
            return error
        await self.receivers.keep(receiver.id, position=batch[-1].id, **FINE)
        if len(batch) == self._round_of(receiver):
            self.wake()
        return None

    async def write(self, receiver: Output, batch: tuple[EntityChange, ...]) -> str | None:
        """Write some changes; None where they were taken, else why not."""
        writer = self._writers.get(receiver.kind)
        if writer is None:
            return f"this nerbot writes no output of the kind {receiver.kind.value}"
        try:
            async with asyncio.timeout(self._write_within):
                await writer.write(receiver, batch)
        except OutputFailed as error:
            return str(error)
        except TimeoutError:
            return "not written in time"
        return None

    def _round_of(self, receiver: Output) -> int:
        writer = self._writers.get(receiver.kind)
        return writer.round if writer else 1

    def place(self, receiver: Output) -> object:
        """The last change it has."""
        return receiver.position

    async def tell_paused(self, receiver: Output, error: str) -> None:
        """Say it to whoever set it up."""
        await self._tell_paused(receiver, error)
