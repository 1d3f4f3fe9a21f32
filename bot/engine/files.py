"""The engine's files from the side of who erases: what learned a text, and how it is removed."""

import asyncio
import shutil
from collections.abc import Collection, Sequence
from pathlib import Path


class EngineFiles:
    """Models, jobs and vectors in the data folder. Nothing here imports spaCy before it is needed."""

    def __init__(self, data: Path) -> None:
        self._models = data / "models"
        self._jobs = data / "jobs"
        self._vectors = data / "vectors"

    async def learned(self, project_id: int, texts: Sequence[str]) -> frozenset[int]:
        """The versions that were taught one of the texts, or do not say what they were taught."""
        from ner_engine.processes.forgetting import versions_that_learned  # noqa: PLC0415

        folder = self._models / str(project_id)
        return await asyncio.to_thread(versions_that_learned, folder, texts)

    async def vector_keys(self, texts: Sequence[str]) -> tuple[str, ...]:
        """The names of the texts' vectors, which are hashes."""
        if not texts or not self._vectors.exists():
            return ()
        from ner_engine.processes.forgetting import vector_keys  # noqa: PLC0415

        return await asyncio.to_thread(vector_keys, texts)

    async def remove_vectors(self, keys: Sequence[str]) -> None:
        """Remove vectors by name."""
        if keys:
            from ner_engine.processes.forgetting import remove_vectors  # noqa: PLC0415

            await asyncio.to_thread(remove_vectors, self._vectors, keys)

    async def keep_only(self, project_id: int, versions: Collection[int]) -> None:
        """Remove all models of a project but these, those that were never named among them."""
        await asyncio.to_thread(_keep_only, self._models / str(project_id), frozenset(versions))

    async def remove_jobs(self, active: Collection[int]) -> None:
        """Remove what trainings that are over left behind."""
        await asyncio.to_thread(_remove_jobs, self._jobs, frozenset(map(str, active)))


def _keep_only(folder: Path, versions: frozenset[int]) -> None:
    if not folder.exists():
        return
    names = set(map(str, versions))
    for path in folder.iterdir():
        if path.name not in names:
            shutil.rmtree(path, ignore_errors=True)
    if not names:
        folder.rmdir()


def _remove_jobs(folder: Path, active: frozenset[str]) -> None:
    for path in folder.iterdir() if folder.exists() else ():
        if path.name not in active:
            shutil.rmtree(path, ignore_errors=True)
