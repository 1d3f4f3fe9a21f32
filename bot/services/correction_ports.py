"""What telling people of their corrections needs from the store, as a protocol."""

from collections.abc import Sequence
from typing import Protocol

from bot.domain.correction import Correction


class Corrections(Protocol):
    """What people put right in answers of /ner. A later version is asked about what was there when it went live."""

    async def put(
        self, project_id: int, sentence_id: int, person: str, *, version: int, step_id: int | None
    ) -> None:
        """This version was wrong about the sentence, and the step put it right; in place of what was kept before."""

    async def remove(self, project_id: int, sentence_id: int, person: str) -> None:
        """There is nothing the person corrected in this sentence."""

    async def to_ask(self, project_id: int, version: int, *, limit: int) -> tuple[Correction, ...]:
        """What the live version has to be asked about: the newest corrections of earlier ones that were not told,
        still stand in a finished annotation, and belong to people who wish to hear of it."""

    async def mark_told(
        self, project_id: int, version: int, person: str, sentences: Sequence[int]
    ) -> frozenset[int]:
        """The person is told now that this version, if it is live still, finds these; those not told before."""

    async def mark_asked(self, project_id: int, version: int) -> None:
        """This version, if it is live still, need not be asked again about what was there when it went live."""
