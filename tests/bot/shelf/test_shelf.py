"""Models that several machines share: published once, fetched by each, and never condemned by a copy."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from bot.domain.runs import TrainingJob
from bot.engine.client import EngineClient
from bot.engine.files import EngineFiles
from bot.errors import ModelAbsent, ModelUnsound, ObjectsUnavailable
from bot.objects.opening import open_objects
from bot.objects.ports import Arrived, ObjectStore, StoredObject
from bot.shelf.disk import DiskShelf
from bot.shelf.objects import ObjectShelf
from bot.shelf.ports import ModelShelf
from bot.shelf.scratch import scratch
from ner_engine.model_files.store import inventory, verify_model
from ner_engine.training.splits import text_key
from tests.bot.shelf.conftest import Save
from tests.support.object_store import STORES, address_of


@pytest.fixture(params=["disk", *STORES])
def shelf(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> ModelShelf:
    """Each kind."""
    if request.param == "disk":
        return DiskShelf(tmp_path / "data")
    address = address_of(request.param, request, tmp_path, monkeypatch)
    return ObjectShelf(open_objects(address), tmp_path / "data")


@pytest.fixture
def here(objects: ObjectStore, tmp_path: Path) -> ObjectShelf:
    """The shelf as the machine sees it that trains."""
    return ObjectShelf(objects, tmp_path / "data")


@pytest.fixture
def elsewhere(objects: ObjectStore, tmp_path: Path) -> ObjectShelf:
    """The same as another machine sees it, which has a disk of its own."""
    return ObjectShelf(objects, tmp_path / "elsewhere")


# what holds for each kind


async def test_what_is_published_is_in_its_place(shelf: ModelShelf, save: Save) -> None:
    """A published model is whole where it is fetched, and gone from where it was saved."""
    saved = save("one")
    files = inventory(saved)
    assert await shelf.publish(1, 3, saved)
    place = await shelf.fetch(1, 3)
    assert inventory(place) == files
    assert not saved.exists()
    await shelf.verify(1, 3)
    assert await shelf.versions(1) == {3}
    assert await shelf.file(1, 3, "learned.txt") == b"one\n"
    assert await shelf.file(1, 3, "never.txt") is None


async def test_what_is_removed_is_gone(shelf: ModelShelf, save: Save) -> None:
    """Removing leaves the other versions, and can be asked for again."""
    for version, name in enumerate(("one", "two", "three"), start=9):
        await shelf.publish(1, version, save(name))
    for _ in range(2):
        await shelf.remove(1, [9, 11, 12])
    assert await shelf.versions(1) == {10}
    verify_model(await shelf.fetch(1, 10))


# what holds where it is shared


async def test_another_machine_has_it(
    here: ObjectShelf, elsewhere: ObjectShelf, save: Save
) -> None:
    """What one machine publishes another one fetches, bit for bit, and once for all who ask at the same moment."""
    await here.publish(1, 1, save("one"))
    places = await asyncio.gather(*(elsewhere.fetch(1, 1) for _ in range(5)))
    assert inventory(places[0]) == inventory(here.place(1, 1))
    verify_model(places[0])


async def test_absent_is_not_damaged(
    here: ObjectShelf, elsewhere: ObjectShelf, objects: ObjectStore, save: Save
) -> None:
    """A version without a manifest, or without one of its files, is absent until it is there."""
    with pytest.raises(ModelAbsent):
        await elsewhere.fetch(1, 1)
    await here.publish(1, 1, save("one"))
    key = next(each.key for each in objects.list("models/1/1") if "MANIFEST" not in each.key)
    kept = objects.read(key)
    objects.delete([key])
    with pytest.raises(ModelAbsent):
        await elsewhere.fetch(1, 1)
    with pytest.raises(ModelAbsent):
        await elsewhere.verify(1, 1)
    objects.put(key, kept)
    verify_model(await elsewhere.fetch(1, 1))


async def test_a_store_that_does_not_answer_is_not_damage(
    here: ObjectShelf, tmp_path: Path, objects: ObjectStore, save: Save
) -> None:
    """Where the store cannot be reached the model is absent here, and asked for again the next time."""
    await here.publish(1, 1, save("one"))
    faulty = Faulty(objects)
    elsewhere = ObjectShelf(faulty, tmp_path / "elsewhere")
    faulty.is_down = True
    with pytest.raises(ModelAbsent):
        await elsewhere.fetch(1, 1)
    faulty.is_down = False
    verify_model(await elsewhere.fetch(1, 1))


async def test_nobody_waits_for_what_has_failed_meanwhile(
    tmp_path: Path, objects: ObjectStore
) -> None:
    """Of five who ask at the same moment one finds out that the store does not answer, and all are told."""
    faulty = Faulty(objects)
    faulty.is_down = True
    elsewhere = ObjectShelf(faulty, tmp_path / "elsewhere")
    asked = [elsewhere.fetch(1, 1) for _ in range(5)]
    told = await asyncio.gather(*asked, return_exceptions=True)
    assert all(isinstance(each, ModelAbsent) for each in told)
    assert faulty.asked == 1


async def test_wrong_bytes_on_the_way_are_fetched_again(
    here: ObjectShelf, tmp_path: Path, objects: ObjectStore, save: Save
) -> None:
    """What arrives wrong once says nothing of the model."""
    await here.publish(1, 1, save("one"))
    faulty = Faulty(objects)
    faulty.flips = 1
    elsewhere = ObjectShelf(faulty, tmp_path / "elsewhere")
    verify_model(await elsewhere.fetch(1, 1))


async def test_what_arrives_wrong_in_other_ways_is_not_damage(
    here: ObjectShelf, tmp_path: Path, objects: ObjectStore, save: Save
) -> None:
    """Two arrivals that are wrong differently are a bad line: the model is absent here."""
    await here.publish(1, 1, save("one"))
    faulty = Faulty(objects)
    faulty.flips = 5
    elsewhere = ObjectShelf(faulty, tmp_path / "elsewhere")
    with pytest.raises(ModelAbsent):
        await elsewhere.fetch(1, 1)
    verify_model(await elsewhere.fetch(1, 1))


@pytest.mark.parametrize("what", ["file", "manifest"])
async def test_wrong_bytes_in_the_store_are_damage(
    here: ObjectShelf, elsewhere: ObjectShelf, objects: ObjectStore, save: Save, what: str
) -> None:
    """What is wrong in the store itself is damaged for everybody, and leaves no folder that looks like a model."""
    await here.publish(1, 1, save("one"))
    is_manifest = what == "manifest"
    key = next(
        each.key for each in objects.list("models/1/1") if ("MANIFEST" in each.key) == is_manifest
    )
    objects.put(key, objects.read(key)[:-3] + b"bad")
    with pytest.raises(ModelUnsound):
        await elsewhere.fetch(1, 1)
    assert not elsewhere.place(1, 1).exists()


async def test_a_copy_that_rotted_is_replaced(
    here: ObjectShelf, elsewhere: ObjectShelf, save: Save
) -> None:
    """What is wrong here alone is fetched once more, once for all who noticed."""
    await here.publish(1, 1, save("one"))
    place = await elsewhere.fetch(1, 1)
    (place / "config.json").write_text("rotten")
    began = asyncio.get_running_loop().time()
    assert await elsewhere.fetch_again(1, 1, since=began)
    verify_model(place)
    (place / "mark").touch()
    assert await elsewhere.fetch_again(1, 1, since=began)
    assert (place / "mark").exists()


async def test_a_number_is_taken_once(
    here: ObjectShelf, elsewhere: ObjectShelf, save: Save
) -> None:
    """Of two machines that publish the same version one alone does; the other keeps its model for another number."""
    models = save("one"), save("two")
    done = await asyncio.gather(here.publish(1, 1, models[0]), elsewhere.publish(1, 1, models[1]))
    assert sorted(done) == [False, True]
    loser = (here, elsewhere)[done.index(False)]
    saved = models[done.index(False)]
    assert await loser.publish(1, 2, saved)
    winner = (here, elsewhere)[done.index(True)]
    assert inventory(await winner.fetch(1, 2)) == inventory(await loser.fetch(1, 2))
    assert inventory(await winner.fetch(1, 1)) == inventory(await loser.fetch(1, 1))


async def test_a_publication_that_was_cut_off_is_repeated(
    tmp_path: Path, objects: ObjectStore, save: Save
) -> None:
    """A failure before the manifest leaves nothing that is fetched, and the same number is published afterwards."""
    saved = save("one")
    for calls in range(1, 6):
        faulty = Faulty(objects)
        faulty.ends_after = calls
        with pytest.raises(ObjectsUnavailable):
            await ObjectShelf(faulty, tmp_path / "data").publish(1, 1, saved)
        assert (saved / "MANIFEST.json").exists()
        # The last one was cut off between the manifest and its answer.
        if calls < 5:
            with pytest.raises(ModelAbsent):
                await ObjectShelf(objects, tmp_path / f"at {calls}").fetch(1, 1)
    assert await ObjectShelf(objects, tmp_path / "data").publish(1, 1, saved)
    verify_model(await ObjectShelf(objects, tmp_path / "elsewhere").fetch(1, 1))


_KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from bot.objects.opening import open_objects
from bot.shelf.objects import ObjectShelf
address, data, saved, calls = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4])
objects = open_objects(address)
def counted(call):
    def do(*given):
        global calls
        done = call(*given)
        calls -= 1
        if not calls:
            os.kill(os.getpid(), signal.SIGKILL)
        return done
    return do
objects.put, objects.put_new = counted(objects.put), counted(objects.put_new)
print(asyncio.run(ObjectShelf(objects, data).publish(1, 1, saved)))
"""
FILES = 4
"""Of a model that `save` makes, with the engine's own manifest."""


@pytest.mark.parametrize("calls", [1, FILES, FILES + 1, FILES + 2])
async def test_a_kill_leaves_a_whole_model_or_none(
    address: str, elsewhere: ObjectShelf, tmp_path: Path, save: Save, calls: int
) -> None:
    """kill -9 after the first file, after the last one, and between the manifest and the row; and none."""
    saved = save("one")
    arguments = [address, str(tmp_path / "data"), str(saved), str(calls)]
    command = [sys.executable, "-c", _KILLED, *arguments]
    done = await asyncio.to_thread(
        subprocess.run, command, capture_output=True, text=True, check=False
    )
    is_killed = calls <= FILES + 1
    assert done.returncode == (-signal.SIGKILL if is_killed else 0), done.stderr
    if calls <= FILES:
        with pytest.raises(ModelAbsent):
            await elsewhere.fetch(1, 1)
        assert await elsewhere.publish(1, 1, saved)
    verify_model(await elsewhere.fetch(1, 1))
    # Another model never takes the number of one that is whole.
    assert not await elsewhere.publish(1, 1, save("two"))
    assert await elsewhere.publish(1, 2, tmp_path / "data" / "jobs" / "two" / "model")


async def test_the_next_number_is_taken_where_a_crash_left_one(
    objects: ObjectStore, tmp_path: Path, save: Save
) -> None:
    """What has no row keeps its number until the chores after the training clear it away."""
    shelf = ObjectShelf(objects, tmp_path / "data")
    await shelf.publish(5, 1, save("left"))
    save("7")
    engine = EngineClient(tmp_path / "data", shelf=shelf)
    job = TrainingJob(run_id=7, project_id=5, preset="fast", seed=1, live_version=None)
    try:
        assert await engine.adopt(job, 1) == 2
        await engine.remove(5, [1])
    finally:
        await engine.close()
    assert await shelf.versions(5) == {2}


async def test_what_was_arriving_when_a_bot_was_killed_is_cleared_at_its_start(
    here: ObjectShelf, tmp_path: Path
) -> None:
    """A folder of a process that is gone goes; that of one that runs stays."""
    arriving = tmp_path / "data" / "arriving"
    (arriving / "left" / "model").mkdir(parents=True)
    with scratch(arriving) as busy:
        await here.open()
        assert [path.name for path in arriving.iterdir()] == [busy.name]
    assert list(arriving.iterdir()) == []


async def test_what_learned_a_text_is_known_without_a_copy(
    here: ObjectShelf, elsewhere: ObjectShelf, objects: ObjectStore, tmp_path: Path, save: Save
) -> None:
    """Whoever forgets finds the models that learned it wherever they are, and removes them for all; a model that
    cannot be looked into counts as one that learned it."""
    text = "A patient with a cough."
    await here.publish(1, 1, save(text_key(text)))
    await here.publish(1, 2, save("another"))
    await here.publish(1, 3, save("third"))
    objects.delete(each.key for each in objects.list("models/1/3") if "MANIFEST" in each.key)
    files = EngineFiles(tmp_path / "elsewhere", elsewhere)
    assert await files.learned(1, [text]) == {1, 3}
    await files.keep_only(1, {2}, following=None)
    assert await elsewhere.versions(1) == {2}
    await files.keep_only(1, set(), following=2)
    assert await elsewhere.versions(1) == {2}
    await files.keep_only(1, set(), following=None)
    assert list(objects.list()) == []


class Faulty:
    """An object store of which some answers are lost or wrong."""

    def __init__(self, objects: ObjectStore) -> None:
        self.place = objects.place
        self.is_down = False
        self.asked = 0
        self.flips = 0
        self.ends_after: int | None = None
        self._objects = objects

    def _look(self) -> None:
        self.asked += 1
        if self.is_down:
            raise ObjectsUnavailable("it is down")

    def _count(self) -> None:
        if self.ends_after is not None:
            self.ends_after -= 1
            if self.ends_after <= 0:
                raise ObjectsUnavailable("it ended")

    def put(self, key: str, content: bytes | Path) -> None:
        self._objects.put(key, content)
        self._count()

    def put_new(self, key: str, content: bytes | Path) -> bool:
        is_new = self._objects.put_new(key, content)
        self._count()
        return is_new

    def has(self, key: str) -> bool:
        return self._objects.has(key)

    def read(self, key: str) -> bytes:
        self._look()
        return self._objects.read(key)

    def get(self, key: str, target: Path) -> Arrived:
        self._look()
        arrived = self._objects.get(key, target)
        if not self.flips:
            return arrived
        self.flips -= 1
        return Arrived(arrived.size, f"{self.flips:064x}")

    def list(self, prefix: str = "") -> Iterator[StoredObject]:
        return self._objects.list(prefix)

    def delete(self, keys: Iterable[str]) -> None:
        self._objects.delete(keys)
