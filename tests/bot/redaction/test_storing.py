"""What a project masks is masked before anything is stored."""

import asyncio
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from bot.cli.main import main
from tests.bot.api.conftest import Served
from tests.bot.conftest import Team
from tests.bot.watching.conftest import Ward

LINES: list[dict[str, Any]] = [
    {"text": "He takes aspirin for a cough.", "meta": {"note": "aspirin again"}},
    {
        "text": "Aspirin and zyxol helped his cough.",
        "spans": [
            {"start": 12, "end": 17, "label": "drug"},
            {"start": 29, "end": 34, "label": "SYMPTOM"},
        ],
    },
]


def file_of(folder: Path) -> Path:
    """A file with words that a model finds, and one that only the file knows."""
    file = folder / "notes.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in LINES), "utf-8")
    return file


def stored(data: Path) -> str:
    """All that is in the database and beside it."""
    with sqlite3.connect(data / "nerbot.db") as connection:
        return "\n".join(connection.iterdump())


async def masks(team: Team, typed: str = "redact drug") -> None:
    """Let the project mask what is named."""
    said = (await team.types(f"/nerbot project settings {typed}")).text
    assert "DRUG: masked in imported texts" in said


async def test_imported_texts_are_masked_before_they_are_stored(
    taught: Served, tmp_path: Path
) -> None:
    """Also what only the file says is one; spans on other words move with them, and what may repeat words goes."""
    await masks(taught.team)
    program = await taught.program()
    with file_of(tmp_path).open("rb") as file:
        said = await program.asks("POST", "/import", params={"filename": "n.jsonl"}, data=file)
    assert said.status == 200, said
    told = (await program.gets("/sentences", contains="[DRUG]"))["sentences"]
    assert [each["text"] for each in told] == [
        "He takes [DRUG] for a cough.",
        "[DRUG] and [DRUG] helped his cough.",
    ]
    (span,) = told[1]["annotations"][0]["spans"]
    assert (span["label"], span["text"]) == ("SYMPTOM", "cough")
    assert "zyxol" not in stored(tmp_path / "data")
    assert "aspirin again" not in stored(tmp_path / "data")


async def test_sentences_that_programs_send_are_masked(taught: Served) -> None:
    await masks(taught.team)
    program = await taught.program()
    told = await program.posts("/sentences", {"texts": ["She takes aspirin daily."]})
    assert told["sentences"][0]["text"] == "She takes [DRUG] daily."


async def test_the_command_line_masks_too(
    taught: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether the bot runs or not."""
    await masks(taught.team)
    monkeypatch.setenv("NERBOT_DATA", str(tmp_path / "data"))
    assert await asyncio.to_thread(main, ["import", str(file_of(tmp_path))]) == 0
    assert "zyxol" not in stored(tmp_path / "data")
    assert "He takes [DRUG] for a cough." in stored(tmp_path / "data")


async def test_without_a_model_that_finds_it_nothing_is_stored(
    served: Served, tmp_path: Path
) -> None:
    await served.team.types("/label add He takes aspirin.")
    await served.team.types("/nerbot labels add DRUG")
    await masks(served.team)
    program = await served.program()
    said = await program.asks("POST", "/sentences", json={"texts": ["She takes zyxol."]})
    assert (said.status, said.kind) == (503, "engine-unavailable")
    assert "has no model that finds them yet" in said.body["detail"]
    await served.team.types("/nerbot project settings redact off")
    await program.posts("/sentences", {"texts": ["She takes zyxol."]})


async def test_only_labels_that_are_there_can_be_masked(served: Served) -> None:
    said = (await served.team.types("/nerbot project settings redact PHONE")).text
    assert "There is no label PHONE here" in said
    said = (await served.team.types("/nerbot project settings redact")).text
    assert "redact takes labels with commas between them" in said


async def test_of_a_watched_message_masked_words_are_stored_nowhere(
    ward: Ward, tmp_path: Path
) -> None:
    """Neither in the rows that go out, nor in the text that is kept."""
    await ward.types("/nerbot project settings messages 30")
    await masks(ward)
    before = stored(tmp_path / "data").count("aspirin")
    ward.writes("A man with fever takes aspirin. Aspirin helps.")
    await ward.until_rows(3)
    words = [(row["label"], row["text"]) for row in ward.rows]
    assert ("SYMPTOM", "fever") in words
    assert {text for label, text in words if label == "DRUG"} == {"[DRUG]"}
    assert "A man with fever takes [DRUG].\n[DRUG] helps." in stored(tmp_path / "data")
    assert stored(tmp_path / "data").count("aspirin") == before
