"""What the engine needs of the place where models are kept, as a protocol."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol


class ModelShelf(Protocol):
    """Models by project and version. A version that was published never becomes another one."""

    is_shared: bool
    """Whether other machines see what is published here."""

    async def open(self) -> None:
        """Clear away what was arriving when a process was killed."""

    async def is_empty(self) -> bool:
        """Whether there is no model of anybody, here or for others; raises ObjectsUnavailable."""

    def place(self, project_id: int, version: int) -> Path:
        """Where a version is on this machine, once it has been fetched."""

    async def publish(self, project_id: int, version: int, directory: Path) -> bool:
        """Move a model that was saved to its place as this version, here and for others; False where the number is
        taken by another model. Raises ModelUnusable, ObjectsUnavailable and the engine's ModelDamaged."""

    async def fetch(self, project_id: int, version: int) -> Path:
        """The folder of a version on this machine. Raises ModelAbsent for what is not there or cannot be had now,
        ModelUnsound where the bytes that are kept are not those that were published."""

    def bring(self, project_id: int, version: int) -> Path:
        """As `fetch`, for whoever has no event loop; it blocks."""

    async def fetch_again(self, project_id: int, version: int, /, *, since: float) -> bool:
        """Replace what the engine could not use here, unless that was done since a monotonic time; False where there
        is no other copy. Raises as `fetch`."""

    async def remove(self, project_id: int, versions: Sequence[int]) -> None:
        """Remove versions, here and for others; raises ObjectsUnavailable."""

    async def drop(self, project_id: int, versions: Sequence[int], /) -> None:
        """Remove the copies of versions that are on this machine, where they are copies."""

    async def copies(self) -> dict[int, dict[int, float]]:
        """The versions on this machine, by project, each with the seconds since it was made."""

    async def share(self, project_id: int, version: int, /, *, learned: str | None) -> bool:
        """Publish what is on this machine alone, if it learned what has this fingerprint (None: whatever it learned);
        False where it was published before, or is another model. Raises as `publish`."""

    async def versions(self, project_id: int) -> frozenset[int]:
        """The versions that are kept, here or for others; raises ObjectsUnavailable."""

    async def verify(self, project_id: int, version: int) -> None:
        """Look whether a version is whole, without fetching it. Raises what says that it is not: ModelUnusable or the
        engine's ModelStoreError, and ObjectsUnavailable."""

    async def file(self, project_id: int, version: int, name: str) -> bytes | None:
        """A small file of a version, without the rest of it; None where it has none. Raises ModelUnusable."""
