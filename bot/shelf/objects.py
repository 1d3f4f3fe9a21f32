"""Models in an object store that several bots share, each with copies in its data folder.

A version is its MANIFEST.json, which is written last and only if there is none yet, and an object for each file, named
by its content's hash: what two processes publish at the same time can never become a mixture.
"""

import asyncio
import logging
import shutil
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from bot.errors import ModelAbsent, ModelUnsound, ModelUnusable, ObjectAbsent, ObjectsUnavailable
from bot.objects.ports import ObjectStore
from bot.shelf.disk import has_learned, install_over, numbers_in, verified
from bot.shelf.manifest import MANIFEST, ManifestWrong, from_json, of_folder, to_json
from bot.shelf.scratch import clear, scratch

MODELS = "models"
_TRIES = 2
"""What is wrong so many times in the same way is wrong in the store."""

log = logging.getLogger(__name__)

_Wrong = frozenset[tuple[str, int, str]]
"""What arrived otherwise than the manifest says: the file, its bytes and hash."""


class ObjectShelf:
    """Implements `ports.ModelShelf`."""

    is_shared = True

    def __init__(self, objects: ObjectStore, data: Path) -> None:
        self._objects = objects
        self._models = data / MODELS
        self._arriving = data / "arriving"
        self._turns: defaultdict[Path, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._fetched: dict[Path, float] = {}
        self._failed: dict[Path, tuple[float, ModelUnusable]] = {}

    async def open(self) -> None:
        """Clear away what was arriving when a process was killed."""
        await asyncio.to_thread(clear, self._arriving)

    async def is_empty(self) -> bool:
        """Whether there is no model of anybody, here or for others."""
        if any(self._models.glob("*/*")):
            return False
        return await asyncio.to_thread(lambda: next(self._objects.list(MODELS), None) is None)

    def place(self, project_id: int, version: int) -> Path:
        """Where a version is on this machine, once it has been fetched."""
        return self._models / str(project_id) / str(version)

    async def publish(self, project_id: int, version: int, directory: Path) -> bool:
        """Files first, the manifest last, then its place here; False where the number is taken by another model."""
        prefix = _prefix(project_id, version)
        if not await asyncio.to_thread(self._put, prefix, directory):
            return False
        place = self.place(project_id, version)
        await asyncio.to_thread(install_over, directory, place)
        return True

    def _put(self, prefix: str, directory: Path) -> bool:
        from ner_engine.model_files.store import verify_model  # noqa: PLC0415 - not needed to start

        verify_model(directory)
        manifest = of_folder(directory)
        for name, (_, sha256) in manifest.files.items():
            self._objects.put(f"{prefix}/{sha256}", directory / name)
        raw = to_json(manifest)
        # Where the answer to a try was lost, the manifest that is there is this one.
        return self._objects.put_new(f"{prefix}/{MANIFEST}", raw) or (
            self._objects.read(f"{prefix}/{MANIFEST}") == raw
        )

    async def fetch(self, project_id: int, version: int) -> Path:
        """The folder of a version on this machine."""
        place = self.place(project_id, version)
        if place.is_dir():
            return place
        began = time.monotonic()
        async with self._turns[place]:
            if place.is_dir():
                return place
            failed, error = self._failed.get(place, (-1.0, None))
            if error is not None and failed >= began:
                # Whoever waited meanwhile does not wait for as long again.
                raise error
            try:
                await asyncio.to_thread(self._arrive, project_id, version)
            except ModelUnusable as error:
                self._failed[place] = time.monotonic(), error
                raise
        return place

    def bring(self, project_id: int, version: int) -> Path:
        """As `fetch`, for whoever has no event loop."""
        place = self.place(project_id, version)
        if not place.is_dir():
            self._arrive(project_id, version)
        return place

    async def fetch_again(self, project_id: int, version: int, *, since: float) -> bool:
        """Replace what the engine could not use here, unless that was done since a monotonic time."""
        place = self.place(project_id, version)
        async with self._turns[place]:
            if self._fetched.get(place, -1.0) < since:
                await asyncio.to_thread(self._arrive, project_id, version)
        return True

    def _arrive(self, project_id: int, version: int) -> None:
        place, began = self.place(project_id, version), time.monotonic()
        try:
            self._bring(_prefix(project_id, version), place)
        except ObjectAbsent as error:
            log.warning("model %d of project %d is not there: %s", version, project_id, error)
            raise ModelAbsent(
                f"The files of model {version} are not in the store that nerbot's models are kept in. They are looked "
                "for again each time the model is asked. Ask whoever runs nerbot to bring them back; /train makes a "
                "new one."
            ) from error
        except ObjectsUnavailable as error:
            log.warning("model %d of project %d cannot be fetched: %s", version, project_id, error)
            raise ModelAbsent(
                f"The files of model {version} cannot be fetched now. Please ask again; if it happens again, the log "
                "of the machine nerbot runs on says more."
            ) from error
        except _StoreWrong as error:
            raise ModelUnsound(
                f"Model {version} is damaged and is not asked. /train makes a new one."
            ) from error
        self._fetched[place] = time.monotonic()
        seconds = time.monotonic() - began
        log.info("model %d of project %d was fetched in %.2f s", version, project_id, seconds)

    def _bring(self, prefix: str, place: Path) -> None:
        before: _Wrong | None = None
        for _ in range(_TRIES):
            with scratch(self._arriving) as folder:
                wrong = self._download(prefix, folder / "model")
                if not wrong:
                    _put_in_place(folder, place)
                    return
                if wrong == before:
                    raise _StoreWrong(prefix)
                before = wrong
        raise ObjectsUnavailable(f"{prefix} did not arrive as it is at {self._objects.place}.")

    def _download(self, prefix: str, folder: Path) -> _Wrong:
        raw = self._objects.read(f"{prefix}/{MANIFEST}")
        try:
            manifest = from_json(raw)
        except ManifestWrong:
            return frozenset({(MANIFEST, len(raw), raw.hex())})
        folder.mkdir(mode=0o700)
        wrong = set()
        for name, (size, sha256) in manifest.files.items():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            arrived = self._objects.get(f"{prefix}/{sha256}", target)
            if (arrived.size, arrived.sha256) != (size, sha256):
                wrong.add((name, arrived.size, arrived.sha256))
        return frozenset(wrong)

    async def remove(self, project_id: int, versions: Sequence[int]) -> None:
        """Remove versions, here and for others."""
        if versions:
            await asyncio.to_thread(self._remove, project_id, frozenset(versions))
            await self.drop(project_id, versions)

    def _remove(self, project_id: int, versions: frozenset[int]) -> None:
        keys = [each.key for each in self._objects.list(f"{MODELS}/{project_id}")]
        going = [key for key in keys if _version_of(key) in versions]
        # The manifest first: what is removed by half is absent, not damaged.
        self._objects.delete(key for key in going if key.endswith(f"/{MANIFEST}"))
        self._objects.delete(key for key in going if not key.endswith(f"/{MANIFEST}"))

    async def drop(self, project_id: int, versions: Sequence[int]) -> None:
        """Remove the copies of versions that are on this machine."""
        for version in versions:
            path = self.place(project_id, version)
            await asyncio.to_thread(shutil.rmtree, path, ignore_errors=True)

    async def copies(self) -> dict[int, dict[int, float]]:
        """The versions on this machine, by project, each with the seconds since it was made."""
        return await asyncio.to_thread(self._copies)

    def _copies(self) -> dict[int, dict[int, float]]:
        now, found = time.time(), {}
        for project_id in numbers_in(self._models):
            versions = {}
            for version in numbers_in(self._models / str(project_id)):
                with suppress(FileNotFoundError):
                    made = self.place(project_id, version).stat().st_mtime
                    versions[version] = now - made
            found[project_id] = versions
        return found

    async def share(self, project_id: int, version: int, /, *, learned: str | None) -> bool:
        """Publish what is on this machine alone, from when models were not shared."""
        return await asyncio.to_thread(self._share, project_id, version, learned)

    def _share(self, project_id: int, version: int, learned: str | None) -> bool:
        prefix, place = _prefix(project_id, version), self.place(project_id, version)
        try:
            self._objects.read(f"{prefix}/{MANIFEST}")
        except ObjectAbsent:
            if not has_learned(place, learned):
                log.warning("model %d of project %d here is another one", version, project_id)
                return False
            return self._put(prefix, place)
        return False

    async def versions(self, project_id: int) -> frozenset[int]:
        """The versions that are kept, here or for others."""
        return await asyncio.to_thread(self._versions, project_id)

    def _versions(self, project_id: int) -> frozenset[int]:
        kept = {_version_of(each.key) for each in self._objects.list(f"{MODELS}/{project_id}")}
        here = numbers_in(self._models / str(project_id))
        return here | {version for version in kept if version is not None}

    async def verify(self, project_id: int, version: int) -> None:
        """Look whether each object is there in its length; and whether the copy here, if there is one, is whole."""
        await asyncio.to_thread(self._verify, project_id, version)
        if (place := self.place(project_id, version)).is_dir():
            await asyncio.to_thread(verified, place)

    def _verify(self, project_id: int, version: int) -> None:
        prefix = _prefix(project_id, version)
        sizes = {each.key: each.size for each in self._objects.list(prefix)}
        try:
            manifest = from_json(self._objects.read(f"{prefix}/{MANIFEST}"))
        except ObjectAbsent as error:
            raise ModelAbsent(f"it is not at {self._objects.place}") from error
        except ManifestWrong as error:
            raise ModelUnsound(f"its {MANIFEST} was changed") from error
        for name, (size, sha256) in manifest.files.items():
            there = sizes.get(f"{prefix}/{sha256}")
            if there is None:
                raise ModelAbsent(f"{name} is missing at {self._objects.place}")
            if there != size:
                raise ModelUnsound(f"{name} is not as it was published")

    async def file(self, project_id: int, version: int, name: str) -> bytes | None:
        """A small file of a version, without the rest of it."""
        return await asyncio.to_thread(self._file, project_id, version, name)

    def _file(self, project_id: int, version: int, name: str) -> bytes | None:
        prefix = _prefix(project_id, version)
        try:
            manifest = from_json(self._objects.read(f"{prefix}/{MANIFEST}"))
            kept = manifest.files.get(name)
            return None if kept is None else self._objects.read(f"{prefix}/{kept[1]}")
        except (ObjectAbsent, ObjectsUnavailable, ManifestWrong) as error:
            raise ModelAbsent(f"The files of model {version} cannot be fetched now.") from error


class _StoreWrong(Exception):
    """The bytes that are kept are not those that were published."""


def _prefix(project_id: int, version: int) -> str:
    return f"{MODELS}/{project_id}/{version}"


def _version_of(key: str) -> int | None:
    number = key.split("/")[2]
    return int(number) if number.isdecimal() else None


def _put_in_place(folder: Path, place: Path) -> None:
    """What is there already goes to the folder, which is about to be removed."""
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if place.exists():
        place.rename(folder / "before")
    (folder / "model").rename(place)
