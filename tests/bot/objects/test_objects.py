"""An object store keeps files by key, whole or not at all."""

import hashlib
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.errors import ObjectAbsent, ObjectsUnavailable, SettingsError
from bot.objects.opening import is_address, open_objects
from bot.objects.ports import Arrived, ObjectStore

LARGE = bytes(range(256)) * 48_000
"""More than is sent in one piece."""


def test_what_was_put_arrives_as_it_was(objects: ObjectStore, tmp_path: Path) -> None:
    """Bytes and files come back whole, with their size and hash, in files for their owner alone."""
    (tmp_path / "large").write_bytes(LARGE)
    objects.put("a/large", tmp_path / "large")
    objects.put("a/small", b"few")
    arrived = objects.get("a/large", tmp_path / "back")
    assert arrived == Arrived(len(LARGE), hashlib.sha256(LARGE).hexdigest())
    assert (tmp_path / "back").read_bytes() == LARGE
    assert (tmp_path / "back").stat().st_mode & 0o777 == 0o600
    assert objects.read("a/small") == b"few"


def test_a_put_replaces(objects: ObjectStore) -> None:
    """The newest content is the one that is read."""
    objects.put("key", b"old")
    objects.put("key", b"new")
    assert objects.read("key") == b"new"


def test_put_new_never_replaces(objects: ObjectStore) -> None:
    """Where there is an object, `put_new` says so and leaves it."""
    assert objects.put_new("key", b"first")
    assert not objects.put_new("key", b"second")
    assert objects.read("key") == b"first"
    assert objects.has("key")
    assert not objects.has("ke")


def test_one_of_many_succeeds(objects: ObjectStore) -> None:
    """Of eight who put a new object at the same moment one alone does, and its content is what is kept."""
    with ThreadPoolExecutor(8) as threads:
        done = list(threads.map(lambda n: objects.put_new("key", str(n).encode() * 999), range(8)))
    assert sum(done) == 1
    assert objects.read("key") == str(done.index(True)).encode() * 999


def test_a_list_has_what_is_below(objects: ObjectStore) -> None:
    """Keys are listed by their parts: "a" has "a/b" and not "ab"."""
    for key in ("a/b", "a/c/d", "ab", "b/a"):
        objects.put(key, key.encode())
    assert {(each.key, each.size) for each in objects.list("a")} == {("a/b", 3), ("a/c/d", 5)}
    assert {each.key for each in objects.list()} == {"a/b", "a/c/d", "ab", "b/a"}
    assert list(objects.list("nothing")) == []


def test_what_is_deleted_is_absent(objects: ObjectStore, tmp_path: Path) -> None:
    """Deleting is done once and can be asked for again; whoever reads then is told that it is absent."""
    objects.put("a/b", b"1")
    objects.put("a/c", b"2")
    for _ in range(2):
        objects.delete(["a/b", "a/never"])
    assert [each.key for each in objects.list()] == ["a/c"]
    with pytest.raises(ObjectAbsent):
        objects.read("a/b")
    with pytest.raises(ObjectAbsent):
        objects.get("a/b", tmp_path / "target")
    objects.delete(["a/c"])
    assert list(objects.list()) == []


@pytest.mark.parametrize("key", ["", "/a", "a//b", "../a", "a/../../b", "a/.", "a\\b", "a\nb"])
def test_no_key_leads_out(objects: ObjectStore, key: str) -> None:
    """A key that is no path inside the store is refused."""
    with pytest.raises(ObjectsUnavailable):
        objects.put(key, b"")


def test_a_store_that_is_not_there_is_said_to_be(
    objects: ObjectStore, address: str, tmp_path: Path
) -> None:
    """A bucket or folder that cannot be used is another thing than an object that is absent."""
    if address.startswith("file"):
        (tmp_path / "taken").write_bytes(b"")
        elsewhere = open_objects(f"file://{tmp_path}/taken")
    else:
        elsewhere = open_objects("s3://nerbot-no-such-bucket")
    with pytest.raises(ObjectsUnavailable):
        elsewhere.put("key", b"")
    if address.startswith("s3"):
        with pytest.raises(ObjectsUnavailable):
            elsewhere.read("key")
        with pytest.raises(ObjectsUnavailable):
            list(elsewhere.list())


def test_what_a_kill_left_is_not_listed_and_goes(tmp_path: Path) -> None:
    """A file that was being written is no object, and is cleared away a day later."""
    objects = open_objects(f"file://{tmp_path}")
    objects.put("key", b"1")
    left = tmp_path / ".unfinished" / "left"
    left.write_bytes(b"half")
    assert [each.key for each in objects.list()] == ["key"]
    objects.put("key", b"2")
    assert left.exists()
    os.utime(left, (0, 0))
    objects.put("key", b"3")
    assert not left.exists()


def test_addresses() -> None:
    """s3, gs and file are addresses; a path is none, and what is none is refused."""
    assert all(map(is_address, ("s3://bucket/a", "gs://bucket", "file:///shared")))
    assert not any(map(is_address, ("data/backups", "/s3://", "http://x", "nerbot.tar")))
    with pytest.raises(SettingsError):
        open_objects("ftp://host/folder")


def test_the_default_needs_no_extra() -> None:
    """A folder is used without the package of the extra, which is not imported before a bucket is."""
    code = (
        "import sys; sys.modules['obstore'] = None\n"
        "from bot.objects.opening import open_objects\n"
        "from bot.errors import SettingsError\n"
        "import bot.app, bot.cli.main\n"
        "open_objects('file:///shared')\n"
        "try: open_objects('s3://bucket')\n"
        "except SettingsError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "nerbot[objects]" in done.stdout
