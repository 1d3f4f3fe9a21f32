"""A data folder has one nerbot: a second one says so and stops."""

from pathlib import Path

import pytest

from bot.errors import SettingsError
from bot.operations.data_lock import locked


def test_a_second_one_is_refused_with_the_folder(tmp_path: Path) -> None:
    with (
        locked(tmp_path / "data"),
        pytest.raises(SettingsError, match=r"another nerbot is already running on .*data"),
        locked(tmp_path / "data"),
    ):
        pass


def test_the_folder_is_free_once_the_first_has_ended(tmp_path: Path) -> None:
    with locked(tmp_path):
        pass
    with locked(tmp_path):
        assert (tmp_path / "running.lock").exists()


def test_folders_do_not_hold_up_each_other(tmp_path: Path) -> None:
    with locked(tmp_path / "one"), locked(tmp_path / "two"):
        pass
