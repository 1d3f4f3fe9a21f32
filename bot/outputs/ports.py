"""What an output is written by."""

from collections.abc import Sequence
from typing import Protocol

from bot.domain.entities import EntityChange
from bot.errors import NerbotError
from bot.outputs.values import Output


class OutputFailed(NerbotError):
    """An output did not take something; the words say why. It is tried again, for a day."""


class OutputWriter(Protocol):
    """Writes one kind of output."""

    @property
    def round(self) -> int:
        """How many changes it is given at a time: as many as it writes in seconds."""

    async def write(self, output: Output, changes: Sequence[EntityChange]) -> None:
        """Write changes in their order, all of which are noted as taken when this returns.

        The same ones may come again, when a process ended before that was noted, so that a second time changes
        nothing: an entity is known by its `key`, a change by its `id`. Without a change it is only seen whether it
        could be written. Raises OutputFailed.
        """
