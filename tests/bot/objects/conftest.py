"""Every test of an object store runs on a folder and on a bucket; both are real."""

from pathlib import Path

import pytest

from bot.objects.opening import open_objects
from bot.objects.ports import ObjectStore
from tests.support.object_store import STORES, address_of


@pytest.fixture(params=STORES)
def address(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of an empty store."""
    return address_of(request.param, request, tmp_path, monkeypatch)


@pytest.fixture
def objects(address: str) -> ObjectStore:
    """A store with nothing in it."""
    return open_objects(address)
