"""A file has each change once, whatever was cut off, repeated or rotated."""

import csv
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.entities import ChangeKind, EntityChange, MessageEntity
from bot.outputs.files import FileWriter
from bot.outputs.ports import OutputFailed
from bot.outputs.values import Output, OutputKind

NOW = datetime(2031, 5, 4, tzinfo=UTC)


def made(number: int, text: str = "fever", *, at: datetime = NOW) -> EntityChange:
    """A change with this number."""
    entity = MessageEntity(
        f"ent_{number}", "SYMPTOM", text, 1, 0, 5, 0.91234, 1, "C1", "1900000000.000100"
    )
    return EntityChange(number, number, ChangeKind.FOUND, entity, at)


def output(path: Path, **settings: Any) -> Output:
    """An output that is this file."""
    return Output(1, "T1", 1, OutputKind.FILE, str(path), "U1", 0, NOW, NOW, settings)


def numbers(path: Path) -> list[int]:
    """The changes in a file, as they are in it."""
    return [json.loads(line)["change"] for line in path.read_text("utf-8").splitlines()]


def oldest_first(folder: Path) -> list[Path]:
    """The files in a folder, those that were put aside first before the others."""
    aside = {each: each.suffix[1:] for each in folder.iterdir()}
    return sorted(aside, key=lambda each: -int(aside[each] if aside[each].isdigit() else 0))


async def test_a_change_that_comes_again_is_in_the_file_once(tmp_path: Path) -> None:
    path, writer = tmp_path / "e.jsonl", FileWriter()
    await writer.write(output(path), [made(1), made(2)])
    await writer.write(output(path), [made(1), made(2), made(3)])
    assert numbers(path) == [1, 2, 3]
    assert path.stat().st_mode & 0o777 == 0o600


async def test_a_line_that_was_cut_off_is_written_whole(tmp_path: Path) -> None:
    path, writer = tmp_path / "e.jsonl", FileWriter()
    await writer.write(output(path), [made(1), made(2)])
    path.write_bytes(path.read_bytes()[:-9])
    await writer.write(output(path), [made(1), made(2)])
    assert numbers(path) == [1, 2]


async def test_what_is_found_after_an_old_backup_was_put_back_is_written(tmp_path: Path) -> None:
    """The numbers are given again then, later."""
    path, writer = tmp_path / "e.jsonl", FileWriter()
    await writer.write(output(path), [made(7), made(8)])
    await writer.write(output(path), [made(3, at=NOW + timedelta(days=1))])
    assert numbers(path) == [7, 8, 3]


async def test_a_full_file_is_put_aside_and_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    path, writer = tmp_path / "e.jsonl", FileWriter()
    small = output(path, megabytes=0.002, files=50)
    for first in range(1, 60, 3):
        await writer.write(small, [made(each) for each in range(first, first + 3)])
        await writer.write(small, [made(each) for each in range(first, first + 3)])
    files = oldest_first(tmp_path)
    assert [number for each in files for number in numbers(each)] == list(range(1, 61))
    assert max(each.stat().st_size for each in files) <= 2_097


async def test_of_too_many_files_the_oldest_goes(tmp_path: Path) -> None:
    path, writer = tmp_path / "e.jsonl", FileWriter()
    await writer.write(
        output(path, megabytes=0.001, files=2), [made(each) for each in range(1, 30)]
    )
    assert [each.name for each in oldest_first(tmp_path)] == ["e.jsonl.1", "e.jsonl"]
    assert numbers(path)[-1] == 29


async def test_a_csv_has_a_head_and_no_cell_that_is_a_formula(tmp_path: Path) -> None:
    path, writer = tmp_path / "e.csv", FileWriter()
    await writer.write(output(path), [made(1, '=HYPERLINK("x")'), made(2, 'a "b", c')])
    await writer.write(output(path), [made(2, 'a "b", c'), made(3)])
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["text"] for row in rows] == ['\'=HYPERLINK("x")', 'a "b", c', "fever"]


async def test_a_file_that_somebody_else_wrote_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "e.jsonl"
    path.write_text("my notes\n")
    with pytest.raises(OutputFailed, match="nerbot did not write"):
        await FileWriter().write(output(path), [made(1)])
    assert path.read_text() == "my notes\n"


async def test_a_folder_that_is_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(OutputFailed, match="No such file"):
        await FileWriter().write(output(tmp_path / "gone" / "e.jsonl"), [made(1)])
