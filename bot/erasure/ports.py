"""What forgetting needs of whoever tells people, as a protocol."""

from typing import Protocol


class TellDone(Protocol):
    """Tells a person that nothing of what was to be forgotten is left."""

    async def __call__(self, workspace: str, erasure_id: int, person: str) -> None:
        """Once for each erasure."""
