"""The whole bot on a disk that becomes full: it says what helps, and what makes room still works."""

import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from bot.app import open_bot
from bot.db.reserve import NAME
from bot.playground import Playground
from tests.bot.conftest import Team, settings_for
from tests.db.test_disk_full import can_mount
from tests.support.patience import patient

DISK_MB, RESERVE_MB = 48, 4
"""Beside the reserve, 16 MB have to be free before it is made anew."""


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    if not can_mount(folder, megabytes=DISK_MB):
        pytest.skip("needs root, and a machine that lets it mount a file system in memory")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(disk: Path) -> Path:
    """A file that takes all the room there is."""
    ballast = disk / "ballast"
    with suppress(OSError), ballast.open("wb", buffering=0) as file:
        while file.write(bytes(4096)) == 4096:
            pass
    return ballast


async def label_until_refused(team: Team) -> tuple[int, str]:
    """The number of sentences that were acknowledged, and the first refusal."""
    for number in range(500):
        words = " ".join(f"word{number}" for _ in range(150))
        said = (await team.types(f"/label none in: Visit {number} {words}.")).text
        if "no entities here" not in said:
            return number, said
    pytest.fail("the disk never was full")


async def home(team: Team) -> str:
    """Home, published anew."""
    person = team.slack.workspace.person("ada").id
    team.slack.views.homes.pop(person, None)
    await team.slack.open_home("ada")
    await team.slack.until(lambda: bool(team.slack.home("ada")))
    return str(team.slack.home("ada"))


async def test_a_full_disk_is_told_and_left_by_deleting_and_labelling_comes_back_with_room(
    slack: Playground, disk: Path
) -> None:
    data = disk / "data"
    settings = settings_for(slack, data).model_copy(update={"reserve_mb": RESERVE_MB})
    async with open_bot(settings) as bot:
        team = Team(slack, bot)
        await team.types("/nerbot labels")
        await team.types("/label SIGN plimpain in: A plimpain today.")
        assert (data / NAME).exists()
        ballast = fill(disk)
        saved, refused = await label_until_refused(team)
        assert "Nothing was saved, because the disk" in refused
        assert "Undo and deleting still work" in refused
        assert not (data / NAME).exists()
        assert f"{min(saved, 10)} of 10 so far" in await home(team) or saved >= 10
        asked = (await team.types("/label delete #1")).message
        deleted = await team.presses(asked, "Delete")
        assert "Deleted sentence #1." in deleted.shown
        ballast.unlink()
        await slack.until((data / NAME).exists, timeout=patient(30))
        assert "no entities here" in (await team.types("/label none in: There is room.")).text
        await team.presses(deleted, "Undo")
        assert "plimpain SIGN" in (await team.types("/label SIGN plimpain")).text
