"""The object store of an address."""

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bot.errors import SettingsError
from bot.objects.folder import FolderObjects
from bot.objects.ports import ObjectStore

_ADDRESS = re.compile(r"(s3|gs|file)://", re.ASCII)


def is_address(text: str) -> bool:
    """Whether this names an object store, and not a file or a folder."""
    return _ADDRESS.match(text) is not None


def split(address: str) -> tuple[str, str]:
    """The address of the store that an object is in, and its key there; raises SettingsError."""
    store, _, key = address.rpartition("/")
    if not is_address(address) or store.endswith("/") or not key:
        raise SettingsError(f"{address} does not name a file, such as s3://bucket/folder/file")
    return store, key


def open_objects(address: str) -> ObjectStore:
    """The store at s3://bucket/folder, gs://bucket/folder or file:///folder; raises SettingsError, ObjectsUnavailable.

    Nothing is asked of it yet.
    """
    if not is_address(address):
        raise SettingsError(
            f"{address} is not an address such as s3://bucket/folder or file:///folder"
        )
    parts = urlsplit(address)
    if parts.scheme == "file":
        return FolderObjects(Path(unquote(parts.path)))
    try:
        from bot.objects.cloud import CloudObjects  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"{parts.scheme}:// needs the package {error.name}: .venv/bin/pip install 'nerbot[objects]'"
        ) from error
    return CloudObjects(address)
