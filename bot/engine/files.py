"""The engine's files from the side of who erases: what learned a text, and how it is removed."""

import asyncio
import shutil
import tempfile
from collections.abc import Collection, Sequence
from contextlib import suppress
from pathlib import Path

from bot.errors import ModelUnusable
from bot.shelf.ports import ModelShelf


class EngineFiles:
    """Models, jobs and vectors in the data folder. Nothing here imports spaCy before it is needed."""

    def __init__(self, data: Path, shelf: ModelShelf) -> None:
        self._shelf = shelf
        self._models = data / "models"
        self._jobs = data / "jobs"
        self._vectors = data / "vectors"
        self._erased = data / "erased-vectors"

    async def learned(self, project_id: int, texts: Sequence[str]) -> frozenset[int]:
        """The versions that were taught one of the texts, or do not say what they were taught."""
        from ner_engine.processes.forgetting import versions_that_learned  # noqa: PLC0415

        with tempfile.TemporaryDirectory() as folder:
            unknown = await self._bring_learned(project_id, Path(folder))
            found = await asyncio.to_thread(versions_that_learned, Path(folder), texts)
        return found | unknown

    async def _bring_learned(self, project_id: int, folder: Path) -> frozenset[int]:
        """Put what each version says of what it was taught into a folder; those of which it cannot be had now."""
        from ner_engine.model_files.store import LEARNED  # noqa: PLC0415 - as above

        unknown = set()
        for version in await self._shelf.versions(project_id):
            (folder / str(version)).mkdir()
            try:
                told = await self._shelf.file(project_id, version, LEARNED)
            except ModelUnusable:
                unknown.add(version)
                continue
            if told is not None:
                (folder / str(version) / LEARNED).write_bytes(told)
        return frozenset(unknown)

    async def vector_keys(self, texts: Sequence[str]) -> tuple[str, ...]:
        """The names of the texts' vectors, which are hashes, whether this machine has any or another one."""
        if not texts:
            return ()
        from ner_engine.processes.forgetting import vector_keys  # noqa: PLC0415

        return await asyncio.to_thread(vector_keys, texts)

    async def remove_vectors(self, keys: Sequence[str]) -> None:
        """Remove vectors by name."""
        if keys:
            from ner_engine.processes.forgetting import remove_vectors  # noqa: PLC0415

            await asyncio.to_thread(remove_vectors, self._vectors, keys)

    async def remove_all_vectors(self) -> None:
        """Remove all vectors; what is needed again is computed again."""
        await asyncio.to_thread(shutil.rmtree, self._vectors, ignore_errors=True)

    async def erased_up_to(self) -> int:
        """The newest erasure of which no vector is left here."""
        return await asyncio.to_thread(_number_in, self._erased)

    async def note_erased(self, number: int) -> None:
        """Note the newest erasure of which no vector is left here."""
        await asyncio.to_thread(self._erased.write_text, str(number), "utf-8")

    async def keep_only(
        self, project_id: int, versions: Collection[int], *, following: int | None
    ) -> None:
        """Remove all models of a project but these, those that were never named among them; from `following` on they
        are those of a training that is under way."""
        stored = await self._shelf.versions(project_id)
        keep = {n for n in stored if n in versions or (following is not None and n >= following)}
        await self._shelf.remove(project_id, sorted(stored - keep))
        await asyncio.to_thread(_keep_only, self._models / str(project_id), keep)

    async def remove_jobs(self, active: Collection[int]) -> None:
        """Remove what trainings that are over left behind."""
        await asyncio.to_thread(_remove_jobs, self._jobs, frozenset(map(str, active)))


def _keep_only(folder: Path, versions: Collection[int]) -> None:
    if not folder.exists():
        return
    names = set(map(str, versions))
    for path in folder.iterdir():
        # What has a number and came meanwhile is a version that was not looked at.
        if path.name not in names and not path.name.isdecimal():
            shutil.rmtree(path, ignore_errors=True)
    if not names:
        with suppress(OSError):
            folder.rmdir()


def _remove_jobs(folder: Path, active: frozenset[str]) -> None:
    for path in folder.iterdir() if folder.exists() else ():
        if path.name not in active:
            shutil.rmtree(path, ignore_errors=True)


def _number_in(path: Path) -> int:
    """The number in a file; 0 where there is none, or none that was written whole."""
    try:
        return int(path.read_text("utf-8"))
    except (OSError, ValueError):
        return 0
