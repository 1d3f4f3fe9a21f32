"""Only a whole backup is put back, and only where nothing is."""

import asyncio
import io
import json
import tarfile
from pathlib import Path

import pytest

from bot.backups.backup import make_backup
from bot.backups.manifest import DATABASE, MANIFEST, from_json, to_json
from bot.backups.restore import restore_backup
from bot.db.database import Store
from bot.db.records.outbox import Outbox, OutboxMessage
from bot.db.records.outbox_delivery import OutboxDelivery
from bot.db.served import EVERY_WORKSPACE
from bot.errors import BackupRefused
from tests.bot.backups.conftest import HERE, DataFolder, now
from tests.support.opening import open_database


@pytest.fixture
def backup(folder: DataFolder, tmp_path: Path) -> Path:
    make_backup(folder.path, tmp_path / "backup", database=folder.database)
    return tmp_path / "backup"


def refused(backup: Path, target: Path, words: str) -> None:
    with pytest.raises(BackupRefused, match=words):
        restore_backup(backup, target)
    assert not target.exists() or list(target.iterdir()) == []


def test_a_folder_with_anything_in_it_is_left_as_it_is(backup: Path, tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.mkdir()
    (target / "mine").write_text("x")
    with pytest.raises(BackupRefused, match="is not empty"):
        restore_backup(backup, target)
    assert [path.name for path in target.iterdir()] == ["mine"]


def test_a_restore_that_was_cut_off_can_be_begun_again(backup: Path, tmp_path: Path) -> None:
    (tmp_path / "target" / ".unfinished-restore" / "models").mkdir(parents=True)
    restore_backup(backup, tmp_path / "target")
    assert sorted(p.name for p in (tmp_path / "target").iterdir()) == ["models", DATABASE]


@pytest.mark.parametrize("name", [DATABASE, "models/1/2/inner/weights", "models/1/2/MANIFEST.json"])
def test_a_flipped_bit_is_noticed_before_anything_is_written(
    backup: Path, tmp_path: Path, name: str
) -> None:
    content = bytearray((backup / name).read_bytes())
    content[len(content) // 2] ^= 1
    (backup / name).write_bytes(content)
    refused(backup, tmp_path / "target", f"{name} is not as it was")


def test_a_missing_file_and_one_too_many_are_noticed(backup: Path, tmp_path: Path) -> None:
    (backup / "models/1/2/learned.txt").rename(backup / "models/1/2/other.txt")
    refused(backup, tmp_path / "target", "learned.txt is missing")
    (backup / "models/1/2/other.txt").rename(backup / "models/1/2/learned.txt")
    (backup / "more").touch()
    refused(backup, tmp_path / "target", "more was not in this backup")


def test_a_backup_without_its_manifest_is_not_one(backup: Path, tmp_path: Path) -> None:
    (backup / MANIFEST).unlink()
    refused(backup, tmp_path / "target", "not a whole backup")


@pytest.mark.parametrize("change", ["made_at", "counts", "revision", "files", "format"])
def test_a_manifest_that_was_changed_is_not_believed(
    backup: Path, tmp_path: Path, change: str
) -> None:
    told = json.loads((backup / MANIFEST).read_text("utf-8"))
    told[change] = {"counts": {}, "files": {}}.get(change, "9")
    (backup / MANIFEST).write_text(json.dumps(told), "utf-8")
    refused(backup, tmp_path / "target", "was changed")


@pytest.mark.parametrize(
    "name", ["../nerbot.db", "/etc/cron.d/x", "models/1/2/../../../x", "models/../x/y", "x", ""]
)
def test_a_name_that_leads_elsewhere_is_refused(backup: Path, name: str) -> None:
    manifest = from_json((backup / MANIFEST).read_bytes())
    manifest.files[name] = (0, "")  # type: ignore[index]
    with pytest.raises(BackupRefused):
        from_json(to_json(manifest))


def test_a_link_in_a_tar_file_is_not_followed(backup: Path, tmp_path: Path) -> None:
    packed = tmp_path / "packed.tar"
    with tarfile.open(packed, "w") as tar:
        tar.add(backup / MANIFEST, MANIFEST)
        for name in from_json((backup / MANIFEST).read_bytes()).files:
            link = tarfile.TarInfo(name)
            link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
            tar.addfile(link)
    refused(packed, tmp_path / "target", "not a plain file")


def test_what_is_neither_a_folder_nor_a_backups_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "junk").write_bytes(io.BytesIO(b"junk" * 500).read())
    refused(tmp_path / "junk", tmp_path / "target", "neither a folder nor a file")
    refused(tmp_path / "none", tmp_path / "target", "no backup at")


def test_a_backup_of_a_newer_nerbot_is_refused(backup: Path, tmp_path: Path) -> None:
    told = json.loads((backup / MANIFEST).read_text("utf-8"))
    del told["sha256"], told["format"]
    from bot.backups.manifest import BackupManifest  # noqa: PLC0415

    newer = BackupManifest(**told | {"revision": "9999"})
    (backup / MANIFEST).write_bytes(to_json(newer))
    refused(backup, tmp_path / "target", "made by a newer nerbot")


def test_what_waited_for_slack_is_held_back_and_can_be_sent_again(
    folder: DataFolder, tmp_path: Path
) -> None:
    """It may have been told after the backup was made; what was told before stays known."""
    asyncio.run(tell(folder))
    make_backup(folder.path, tmp_path / "backup", database=folder.database)
    assert restore_backup(tmp_path / "backup", tmp_path / "restored").held_back == 1
    assert asyncio.run(sent_again(DataFolder(tmp_path / "restored"))) == (0, ["restored"], 1, 1)


async def tell(folder: DataFolder) -> None:
    """Two messages, of which Slack takes one."""
    async with open_database(folder.url) as database:
        async with Store(database, clock=now).writing(HERE) as tx:
            for key in ("first", "second"):
                await Outbox(tx).put(OutboxMessage(key, "C0", {"text": key}))
        delivery = OutboxDelivery(database, EVERY_WORKSPACE, clock=now)
        [first, _] = await delivery.claim(limit=2)
        await delivery.delivered(first, place=("C0", "1.0"))


async def sent_again(folder: DataFolder) -> tuple[int, list[str | None], int, int]:
    """How many are due; why the others are held back; how many are sent again when asked for, and are due then."""
    async with open_database(folder.url) as database:
        delivery = OutboxDelivery(database, EVERY_WORKSPACE, clock=now)
        due = len(await delivery.claim(limit=9))
        held = [each.error for each in await delivery.waiting(limit=9) if each.dead_at]
        again = await delivery.try_again()
        return due, held, again, len(await delivery.claim(limit=9))
