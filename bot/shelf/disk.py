"""Models in the data folder, which is all there is of them."""

import asyncio
import shutil
from collections.abc import Sequence
from pathlib import Path


class DiskShelf:
    """Implements `ports.ModelShelf` by a folder for each project with one for each version."""

    is_shared = False

    def __init__(self, data: Path) -> None:
        self._models = data / "models"

    async def open(self) -> None:
        """Nothing arrives here."""

    async def is_empty(self) -> bool:
        """Whether there is no model."""
        return not any(self._models.glob("*/*"))

    def place(self, project_id: int, version: int) -> Path:
        """Where a version is on this machine."""
        return self._models / str(project_id) / str(version)

    async def publish(self, project_id: int, version: int, directory: Path) -> bool:
        """Move a model to its place. A folder without a row was left by a crash between the rename and the commit."""
        await asyncio.to_thread(install_over, directory, self.place(project_id, version))
        return True

    async def fetch(self, project_id: int, version: int) -> Path:
        """Where it is, or would be: whether it is sound is seen by whoever loads it."""
        return self.place(project_id, version)

    def bring(self, project_id: int, version: int) -> Path:
        """As `fetch`, for whoever has no event loop."""
        return self.place(project_id, version)

    async def fetch_again(self, _project: int, _version: int, *, since: float) -> bool:  # noqa: ARG002
        """There is no other copy."""
        return False

    async def remove(self, project_id: int, versions: Sequence[int]) -> None:
        """Remove versions."""
        for version in versions:
            path = self.place(project_id, version)
            await asyncio.to_thread(shutil.rmtree, path, ignore_errors=True)

    async def drop(self, _project: int, _versions: Sequence[int]) -> None:
        """Nothing here is a copy."""

    async def copies(self) -> dict[int, dict[int, float]]:
        """Nothing here is a copy."""
        return {}

    async def share(self, _project: int, _version: int, *, learned: str | None) -> bool:  # noqa: ARG002
        """There is nobody to share it with."""
        return False

    async def versions(self, project_id: int) -> frozenset[int]:
        """The versions that are there."""
        return await asyncio.to_thread(numbers_in, self._models / str(project_id))

    async def verify(self, project_id: int, version: int) -> None:
        """Look whether a version is whole."""
        await asyncio.to_thread(verified, self.place(project_id, version))

    async def file(self, project_id: int, version: int, name: str) -> bytes | None:
        """A small file of a version."""
        return await asyncio.to_thread(read_if_there, self.place(project_id, version) / name)


def install_over(directory: Path, place: Path) -> None:
    """Move a saved model to a place, instead of what is there. Raises ModelDamaged."""
    from ner_engine.model_files.store import install  # noqa: PLC0415 - numpy-free, but not needed to start

    shutil.rmtree(place, ignore_errors=True)
    install(directory, place.parent, int(place.name))


def has_learned(place: Path, fingerprint: str | None) -> bool:
    """Whether a model learned what has this fingerprint; raises the engine's ModelStoreError."""
    from ner_engine.model_files.manifest import read_manifest  # noqa: PLC0415 - as above

    return fingerprint in {None, read_manifest(place).facts.fingerprint}


def verified(place: Path) -> None:
    """Raises the engine's ModelStoreError for a folder that is not a whole model."""
    from ner_engine.model_files.store import verify_model  # noqa: PLC0415 - as above

    verify_model(place)


def numbers_in(folder: Path) -> frozenset[int]:
    """The versions that have a folder."""
    if not folder.is_dir():
        return frozenset()
    return frozenset(int(path.name) for path in folder.iterdir() if path.name.isdecimal())


def read_if_there(file: Path) -> bytes | None:
    """A file's content; None where there is none."""
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return None
