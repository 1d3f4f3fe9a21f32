"""A bot's start where models are shared."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.app import open_bot
from bot.errors import SettingsError
from bot.objects.folder import FolderObjects
from bot.playground import Playground
from bot.settings import Settings
from bot.shelf.objects import ObjectShelf
from tests.bot.conftest import settings_for


async def test_an_empty_database_does_not_take_anothers_models(
    slack: Playground, tmp_path: Path, save: Callable[[str], Path]
) -> None:
    """A test system that is pointed at the place of the real one does not start, and clears nothing away."""
    shared = f"file://{tmp_path}/shared"
    shelf = ObjectShelf(FolderObjects(tmp_path / "shared"), tmp_path / "real")
    await shelf.publish(1, 1, save("one"))
    settings = settings_for(slack, tmp_path / "new").model_copy(update={"models": shared})
    with pytest.raises(SettingsError, match="models of another one in file:"):
        async with open_bot(settings):
            pass
    assert await shelf.versions(1) == {1}


def test_an_address_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The setting takes s3, gs and file addresses."""
    for address in ("s3://bucket/nerbot", "gs://bucket", "file:///shared"):
        monkeypatch.setenv("NERBOT_MODELS", address)
        assert Settings().models == address
    for address in ("data/models", "s3://", "http://bucket/a", "file://relative"):
        monkeypatch.setenv("NERBOT_MODELS", address)
        with pytest.raises(ValueError, match="NERBOT_MODELS"):
            Settings()
