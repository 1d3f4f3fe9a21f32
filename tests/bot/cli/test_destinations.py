"""`nerbot export` to an object store."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.cli.destinations import destination
from bot.errors import SettingsError
from bot.objects.opening import open_objects
from tests.bot.cli.test_import_export import LINE, told
from tests.support.object_store import STORES, address_of

__all__ = ["told"]


@pytest.fixture(params=STORES)
def address(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    return address_of(request.param, request, tmp_path, monkeypatch)


def test_an_export_goes_to_an_address(told: Any, address: str) -> None:
    """It says where the file is, and writes over one only with --force."""
    told("import notes.jsonl")
    code, out, _ = told(f"export --all --out {address}/all.jsonl --json")
    assert (code, json.loads(out)["files"]) == (0, [f"{address}/all.jsonl"])
    kept = open_objects(address).read("all.jsonl")
    assert json.loads(kept)["text"] == LINE["text"]
    code, _, error = told(f"export --all --out {address}/all.jsonl")
    assert (code, "already exists" in error) == (2, True)
    assert told(f"export --all --out {address}/all.jsonl --force")[0] == 0


def test_a_folder_is_sent_file_by_file_and_nothing_after_an_error(address: str) -> None:
    """What fails on the way leaves nothing at the address."""
    with destination(f"{address}/corpus", force=False) as to:
        assert to.path is not None
        (to.path / "deeper").mkdir(parents=True)
        (to.path / "a.txt").write_text("a")
        (to.path / "deeper" / "b.txt").write_text("b")
        assert to.named(to.path / "a.txt") == f"{address}/corpus/a.txt"
    objects = open_objects(address)
    assert {each.key for each in objects.list()} == {"corpus/a.txt", "corpus/deeper/b.txt"}
    with pytest.raises(SettingsError), destination(f"{address}/corpus", force=False):
        pass

    def fails() -> None:
        with destination(f"{address}/x", force=False) as to:
            assert to.path is not None
            to.path.write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert not objects.has("x")
