"""Backups at set times, and those that are kept."""

import shutil
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.app import open_bot
from bot.backups import keeper as keeping
from bot.backups.backup import make_backup
from bot.backups.keeper import RETRY, BackupKeeper, BackupPlan
from bot.backups.places import BackupFolder, kept_in
from bot.backups.restore import restore_backup
from bot.backups.settings import backup_plan
from bot.errors import SettingsError
from bot.jobs.background import Background
from bot.playground import Playground
from bot.settings import Settings
from tests.bot.backups.conftest import DataFolder
from tests.bot.conftest import settings_for
from tests.support.patience import patient


class Place:
    """A plan, and a clock that stands until it is moved."""

    def __init__(self, folder: DataFolder, backups: Path) -> None:
        self.now = datetime(2031, 5, 4, 3, 2, 1, tzinfo=UTC)
        self.folder = backups
        self.plan = BackupPlan(
            folder.path, folder.database, BackupFolder(backups), "0 3 * * *", "UTC", 3
        )
        self.keeper = self.starts()

    def starts(self) -> BackupKeeper:
        return BackupKeeper(self.plan, Background(), clock=lambda: self.now)

    def looks(self) -> None:
        if self.keeper.is_due():
            self.keeper.make()

    def names(self) -> list[str]:
        return sorted(path.name for _, path in kept_in(self.folder))


@pytest.fixture
def place(folder: DataFolder, tmp_path: Path) -> Place:
    return Place(folder, tmp_path / "backups")


def test_the_newest_are_kept(place: Place, tmp_path: Path) -> None:
    """Of six days, three: each is whole."""
    for _ in range(6):
        place.now += timedelta(days=1)
        place.looks()
        place.looks()  # once a time
    assert place.names() == [f"nerbot-203105{day:02}T030201Z" for day in ("08", "09", "10")]
    for name in place.names():
        restore_backup(place.folder / name, tmp_path / name)


def test_one_that_was_missed_while_nerbot_was_down_is_made_after_the_start(place: Place) -> None:
    place.now += timedelta(days=1)
    place.looks()
    place.now += timedelta(days=2)
    place.keeper = place.starts()
    place.looks()
    assert len(place.names()) == 2


def test_nothing_is_made_before_its_time(place: Place) -> None:
    place.now += timedelta(hours=23)
    place.looks()
    assert place.names() == []


def test_what_is_not_ours_is_left_alone(place: Place) -> None:
    """A folder without a manifest is not a backup, and is neither counted nor removed."""
    (place.folder / "nerbot-20200101T000000Z").mkdir(parents=True)
    (place.folder / "nerbot-mine").mkdir()
    for _ in range(5):
        place.now += timedelta(days=1)
        place.looks()
    there = {path.name for path in place.folder.iterdir()}
    assert {"nerbot-20200101T000000Z", "nerbot-mine"} < there
    assert len(place.names()) == 3


def test_what_a_kill_left_is_cleared_away(place: Place) -> None:
    (place.folder / ".unfinished-nerbot-x" / "backup").mkdir(parents=True)
    place.now += timedelta(days=1)
    place.looks()
    assert not list(place.folder.glob(".unfinished-*"))


async def test_one_that_fails_is_tried_again_later_and_told_in_one_line(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    shutil.move(place.plan.database, place.plan.database.with_suffix(".away"))
    async with Background(grace=60) as background:
        keeper = BackupKeeper(place.plan, background, clock=lambda: place.now)
        place.now += timedelta(days=1)
        await keeper.look()
    assert place.names() == []
    [record] = [record for record in caplog.records if record.levelname == "ERROR"]
    assert "the backup could not be made" in record.message
    assert record.exc_info is None
    shutil.move(place.plan.database.with_suffix(".away"), place.plan.database)
    for moved, made in ((timedelta(0), 0), (RETRY, 1)):
        place.now += moved
        async with Background(grace=60) as background:
            keeper._background = background
            await keeper.look()
        assert len(place.names()) == made


async def test_a_look_does_not_wait_for_the_backup(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The chores go on while a large database is copied, and a second look begins no second backup."""
    go, begun = threading.Event(), []
    real: Callable[..., object] = make_backup

    def slow(*arguments: object, **options: object) -> object:
        begun.append(1)
        assert go.wait(60)
        return real(*arguments, **options)

    monkeypatch.setattr(keeping, "make_backup", slow)
    async with Background(grace=60) as background:
        keeper = BackupKeeper(place.plan, background, clock=lambda: place.now)
        place.now += timedelta(days=1)
        await keeper.look()
        await keeper.look()
        assert place.names() == []
        go.set()
    assert begun == [1]
    assert len(place.names()) == 1


async def test_the_bot_keeps_backups(tmp_path: Path, slack: Playground) -> None:
    """One that is overdue is made when the bot starts."""
    old = tmp_path / "backups" / "nerbot-20200101T000000Z"
    old.mkdir(parents=True)
    (old / "MANIFEST.json").touch()
    more = {"backup": "every day at 03:00", "backup_folder": str(tmp_path / "backups")}
    async with open_bot(settings_for(slack, tmp_path / "data").model_copy(update=more)):
        await slack.until(lambda: len(kept_in(tmp_path / "backups")) == 2, timeout=patient(30))


@pytest.mark.parametrize(
    ("words", "cron", "zone"),
    [
        ("every day at 03:00", "0 3 * * *", "UTC"),
        ("every monday at 6:30 Europe/Berlin", "30 6 * * mon", "Europe/Berlin"),
        ("15 4 * * 0", "15 4 * * 0", "UTC"),
    ],
)
def test_the_setting_is_read_in_words_or_cron(
    tmp_path: Path, words: str, cron: str, zone: str
) -> None:
    plan = backup_plan(Settings().model_copy(update={"backup": words, "data": tmp_path}))
    assert plan
    assert (plan.cron, plan.timezone, plan.keep) == (cron, zone, 7)
    assert isinstance(plan.place, BackupFolder)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"backup": "now and then"}, "NERBOT_BACKUP: .*every day at 03:00"),
        ({"backup": "every day at 03:00 Nowhere/Town"}, "NERBOT_BACKUP: .*time zone"),
    ],
)
def test_a_setting_that_cannot_be_read_ends_the_start(more: dict[str, str], words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        backup_plan(Settings().model_copy(update=more))


def test_postgresql_is_not_backed_up_by_nerbot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NERBOT_DATABASE_URL", "postgresql+asyncpg://db/nerbot")
    monkeypatch.setenv("NERBOT_BACKUP", "every day at 03:00")
    with pytest.raises(SettingsError, match="pg_dump"):
        backup_plan(Settings())
