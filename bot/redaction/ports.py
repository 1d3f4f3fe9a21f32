"""What redaction needs from the engine."""

from collections.abc import Sequence
from typing import Protocol

from ner_engine.redaction.values import Marks


class Marking(Protocol):
    """A model that says what is to be masked."""

    async def marks(
        self,
        project_id: int,
        version: int,
        texts: Sequence[str],
        *,
        labels: Sequence[str] | None = None,
        promise: float | None = None,
    ) -> Marks:
        """What is to be masked in each text by one version; raises ModelUnsound and EngineUnavailable."""


class FallBack(Protocol):
    """Puts the last good version in the place of a damaged live one."""

    async def fall_back(self, workspace: str, project_id: int, damaged: int) -> int | None:
        """The version that is live then; None where there is none."""
