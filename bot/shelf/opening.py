"""The shelf that the settings name."""

from pathlib import Path

from bot.objects.opening import open_objects
from bot.shelf.disk import DiskShelf
from bot.shelf.objects import ObjectShelf
from bot.shelf.ports import ModelShelf


def open_shelf(data: Path, address: str | None) -> ModelShelf:
    """The data folder where no address of an object store is set; raises SettingsError."""
    return DiskShelf(data) if address is None else ObjectShelf(open_objects(address), data)
