"""Copies of shared models follow the rows, whichever bot writes them."""

import asyncio
import os
from pathlib import Path
from typing import Any, cast

import pytest

from bot.engine.ports import Engine
from bot.errors import ModelAbsent, ObjectsUnavailable
from bot.jobs.background import Background
from bot.models.copies import CopyKeeper
from bot.models.repositories.copies import KeptVersions, ModelCopies
from bot.objects.folder import FolderObjects
from bot.shelf.objects import ObjectShelf
from tests.bot.shelf.conftest import Save, save

__all__ = ["save"]


class Rows:
    """What the database says."""

    def __init__(self) -> None:
        self.is_live: dict[int, int] = {}
        self.kept: dict[int, KeptVersions] = {}
        self.awaited = False

    async def live(self) -> dict[int, int]:
        return dict(self.is_live)

    async def are_awaited(self) -> bool:
        return self.awaited

    async def of(self, projects: Any) -> dict[int, KeptVersions]:
        return {each: self.kept.get(each, KeptVersions()) for each in projects}


class Loader:
    """The engine's side: what is loaded is fetched."""

    def __init__(self, shelf: ObjectShelf) -> None:
        self.shelf = shelf
        self.loaded: list[tuple[int, int]] = []
        self.is_asleep = True
        self.woken = 0

    async def wake(self) -> None:
        self.woken += 1
        self.is_asleep = False

    async def load(self, project_id: int, version: int) -> None:
        await self.shelf.fetch(project_id, version)
        self.loaded.append((project_id, version))


@pytest.fixture
def rows() -> Rows:
    return Rows()


@pytest.fixture
def here(tmp_path: Path) -> ObjectShelf:
    return ObjectShelf(FolderObjects(tmp_path / "shared"), tmp_path / "data")


@pytest.fixture
def elsewhere(tmp_path: Path) -> ObjectShelf:
    return ObjectShelf(FolderObjects(tmp_path / "shared"), tmp_path / "elsewhere")


async def looks(rows: Rows, shelf: ObjectShelf, *, times: int = 1) -> Loader:
    """A keeper of a bot that has just started looks so many times, and what it began is done."""
    loader = Loader(shelf)
    async with Background() as background:
        keeper = CopyKeeper(shelf, cast("ModelCopies", rows), cast("Engine", loader), background)
        for _ in range(times):
            await keeper.look()
            await _settled()
    return loader


async def _settled() -> None:
    while len(asyncio.all_tasks()) > 1:  # noqa: ASYNC110 - what the background does
        await asyncio.sleep(0.01)


async def test_what_goes_live_is_fetched_before_anybody_asks(
    here: ObjectShelf, elsewhere: ObjectShelf, rows: Rows, save: Save
) -> None:
    """The first live model of a project as well as each that follows; what was live at the start is for the warm-up."""
    for version in (1, 2):
        await here.publish(1, version, save(f"one {version}"))
    await here.publish(2, 1, save("two"))
    rows.is_live = {2: 1}
    loader = Loader(elsewhere)
    async with Background() as background:
        keeper = CopyKeeper(
            elsewhere, cast("ModelCopies", rows), cast("Engine", loader), background
        )
        await keeper.look()
        for version in (1, 2):
            rows.is_live |= {1: version}
            await keeper.look()
            await _settled()
    assert loader.loaded == [(1, 1), (1, 2)]


async def test_the_engine_is_started_ahead_while_a_first_model_is_made(
    elsewhere: ObjectShelf, rows: Rows
) -> None:
    """Once, and not where nothing is trained."""
    assert (await looks(rows, elsewhere, times=2)).woken == 0
    rows.awaited = True
    assert (await looks(rows, elsewhere, times=2)).woken == 1


async def test_copies_of_what_is_gone_go(
    here: ObjectShelf, elsewhere: ObjectShelf, rows: Rows, save: Save
) -> None:
    """A bot drops what another one has cleared away or erased, and keeps what is about to get its row."""
    for version in (1, 2, 3):
        await here.publish(1, version, save(str(version)))
        await elsewhere.fetch(1, version)
    await here.publish(7, 1, save("erased"))
    erased = await elsewhere.fetch(7, 1)
    os.utime(erased, (0, 0))
    rows.kept = {1: KeptVersions({2: None}, newest=2)}
    await looks(rows, elsewhere)
    there = [n for n in (1, 2, 3) if elsewhere.place(1, n).exists()]
    assert there == [2, 3]
    assert not erased.exists()
    # The store is not this bot's to clear.
    assert await here.versions(1) == {1, 2, 3}


async def test_what_was_trained_before_models_were_shared_becomes_everybodys(
    here: ObjectShelf, elsewhere: ObjectShelf, rows: Rows, save: Save
) -> None:
    """At the first look; a folder that a crash left, which learned something else than its row says, does not."""
    for version in (1, 2, 3):
        save(f"old {version}").rename(_made(here.place(1, version)))
    rows.kept = {1: KeptVersions({1: None, 2: "", 3: "another one"}, newest=3)}
    await looks(rows, here)
    for version in (1, 2):
        await elsewhere.fetch(1, version)
    with pytest.raises(ModelAbsent):
        await elsewhere.fetch(1, 3)


async def test_a_store_that_does_not_answer_is_told_at_the_start(
    here: ObjectShelf, rows: Rows, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And not when the first training is over; the bot goes on."""

    async def is_empty() -> bool:
        raise ObjectsUnavailable("There is no bucket at s3://never.")

    monkeypatch.setattr(here, "is_empty", is_empty)
    await looks(rows, here)
    assert "NERBOT_MODELS: There is no bucket" in caplog.text


def _made(place: Path) -> Path:
    place.parent.mkdir(parents=True, exist_ok=True)
    return place
