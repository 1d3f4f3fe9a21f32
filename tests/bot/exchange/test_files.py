"""The file of a message in Slack: looked through, imported, followed in one message, taken back."""

import json
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path

import pytest

from bot.app import open_bot
from bot.playground import Message, Playground
from bot.slack.diagnosis import read_manifest
from tests.bot.conftest import Team, settings_for
from tests.support.opening import patient_timing
from tests.support.patience import patient

SHORTCUT = "import_file"


def lines(count: int) -> bytes:
    """Lines with a label each."""
    texts = [f"Patient {n} has chest pain." for n in range(count)]
    return "".join(
        json.dumps(
            {
                "text": text,
                "spans": [{"start": len(text) - 11, "end": len(text) - 1, "label": "SYMPTOM"}],
            }
        )
        + "\n"
        for text in texts
    ).encode()


@pytest.fixture
async def slack(tmp_path: Path) -> AsyncIterator[Playground]:
    """A workspace that lets nerbot read files."""
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps(read_manifest(file_imports=True)))
    timing = patient_timing()
    async with Playground.open(data=tmp_path / "slack", timing=timing, manifest=manifest) as opened:
        yield opened
        assert not opened.problems


@pytest.fixture
async def team(slack: Playground, tmp_path: Path) -> AsyncIterator[Team]:
    """The bot with files switched on."""
    settings = settings_for(slack, tmp_path / "data").model_copy(update={"file_imports": True})
    async with open_bot(settings) as bot:
        yield Team(slack, bot)


def followed(team: Team, person: str = "ada") -> Message:
    """The one message that follows an import."""
    (message,) = team.slack.messages("dm", viewer=person)
    return message


async def until(team: Team, holds: Callable[[Message], object], person: str = "ada") -> Message:
    """Wait until the message says so."""
    told = team.slack.messages
    await team.slack.until(
        lambda: (found := told("dm", viewer=person)) and holds(found[-1]), timeout=patient(30)
    )
    return followed(team, person)


async def offered(team: Team, name: str, data: bytes) -> Message:
    """The message of a file that was looked through."""
    message = team.slack.share("ada", "#triage", name, data)
    await team.slack.shortcut("ada", SHORTCUT, message)
    return await until(team, lambda found: "Import" in found.buttons)


async def test_a_file_is_looked_through_before_anything_is_stored(team: Team) -> None:
    message = await offered(team, "notes.jsonl", lines(3) + lines(1) + b"{broken\n")
    assert "notes.jsonl is jsonl in utf-8. In the project default:" in message.shown
    assert "4 sentences: 3 new here, 1 duplicate" in message.shown
    assert "Labels: SYMPTOM (4, new)" in message.shown
    assert "line 5: it is not JSON" in message.shown
    assert message.buttons == ["Import", "Cancel"]
    assert "0 to go" in (await team.types("/nerbot stats")).text


async def test_import_stores_and_undo_takes_back(team: Team) -> None:
    message = await offered(team, "notes.jsonl", lines(1200))
    await team.slack.click("ada", message, "Import")
    message = await until(team, lambda found: "Undo" in found.buttons)
    assert "was imported into default" in message.shown
    assert "1,200 new sentences" in message.shown
    await team.slack.click("ada", message, "Undo")
    message = await until(team, lambda found: "was taken back" in found.shown)
    assert "1,200 sentences removed" in message.shown
    assert message.buttons == []


async def test_a_file_that_is_not_wanted_leaves_nothing_behind(team: Team, tmp_path: Path) -> None:
    message = await offered(team, "notes.jsonl", lines(3))
    assert list((tmp_path / "data" / "imports").rglob("notes.jsonl"))
    await team.slack.click("ada", message, "Cancel")
    message = await until(team, lambda found: "was not imported" in found.shown)
    assert message.buttons == []
    await team.slack.until(lambda: not list((tmp_path / "data" / "imports").rglob("notes.jsonl")))


async def test_another_project_is_looked_at_first(team: Team) -> None:
    await team.types("/nerbot project new Oncology")
    message = await offered(team, "notes.jsonl", lines(3))
    await team.slack.click("ada", message, "nerbot.file_project", option="Oncology")
    message = await until(
        team, lambda found: "In the project Oncology" in found.shown and "Import" in found.buttons
    )
    await team.slack.click("ada", message, "Import")
    message = await until(team, lambda found: "Undo" in found.buttons)
    assert "was imported into Oncology" in message.shown


async def test_a_file_with_nothing_in_it_is_told_with_its_reason(team: Team) -> None:
    message = team.slack.share("ada", "#triage", "notes.jsonl", b"PK\x03\x04 and more")
    await team.slack.shortcut("ada", SHORTCUT, message)
    told = await until(team, lambda found: "was not imported" in found.shown)
    assert "it is a zip archive" in told.shown
    assert told.buttons == []


async def test_a_file_of_a_channel_without_nerbot_is_refused_with_the_next_step(team: Team) -> None:
    message = team.slack.share("ada", "#random", "notes.jsonl", lines(2))
    await team.slack.shortcut("ada", SHORTCUT, message)
    told = await until(team, lambda found: "was not imported" in found.shown)
    assert "invite it there" in told.shown


async def test_a_standoff_file_comes_with_its_text(team: Team) -> None:
    message = team.slack.share("ada", "#triage", "a.txt", b"Fever and chest pain.")
    spans = team.slack.uploads.shared(*_stored(team, "a.ann", b"T1\tSYMPTOM 0 5\tFever\n"))
    both = team.slack.workspace.add(
        channel=message.channel, user=message.user, text="", files=[*message.files, spans]
    )
    await team.slack.shortcut("ada", SHORTCUT, both)
    told = await until(team, lambda found: "Import" in found.buttons)
    assert "a.ann is brat" in told.shown
    assert "SYMPTOM (1, new)" in told.shown


def _stored(team: Team, name: str, data: bytes) -> tuple[str, str]:
    file_id, path = team.slack.uploads.place()
    path.write_bytes(data)
    return file_id, name


async def test_a_message_without_a_file_is_refused(team: Team) -> None:
    message = team.slack.say("ada", "#triage", "Fever since Monday.")
    await team.slack.shortcut("ada", SHORTCUT, message)
    await team.slack.until(lambda: "There is no file in this message" in team.reads("ada"))


async def test_a_labeller_may_not_import_where_there_is_an_owner(team: Team) -> None:
    assert "You are the owner" in (await team.types("/nerbot stats", person="ada")).text
    message = team.slack.share("linus", "#triage", "notes.jsonl", lines(2))
    await team.slack.shortcut("linus", SHORTCUT, message)
    await team.slack.until(lambda: "can import files" in team.reads("linus"))
    assert team.slack.messages("dm", viewer="linus") == []


async def test_a_press_of_somebody_else_or_a_second_one_changes_nothing(team: Team) -> None:
    message = await offered(team, "notes.jsonl", lines(2))
    await team.slack.click("ada", message, "Import")
    await until(team, lambda found: "Undo" in found.buttons)
    await team.slack.click("ada", message, "Import")
    await team.slack.until(
        lambda: any(
            "no longer possible" in m.shown for m in team.slack.messages("dm", viewer="ada")
        )
    )


def position(folder: Path) -> int:
    """How many sentences of the only import are stored."""
    with closing(sqlite3.connect(folder / "data" / "nerbot.db")) as database:
        found = database.execute("SELECT max(position) FROM import_run").fetchone()
    return found[0] or 0


async def test_an_import_goes_on_where_the_bot_was_cut_off(
    slack: Playground, tmp_path: Path
) -> None:
    settings = settings_for(slack, tmp_path / "data").model_copy(update={"file_imports": True})
    async with open_bot(settings) as bot:
        team = Team(slack, bot)
        message = await offered(team, "notes.jsonl", lines(4000))
        await slack.click("ada", message, "Import")
        await slack.until(lambda: position(tmp_path) >= 500, timeout=patient(30))
    assert position(tmp_path) < 4000
    async with open_bot(settings) as bot:
        team = Team(slack, bot)
        message = await until(team, lambda found: "Undo" in found.buttons)
        assert "4,000 new sentences" in message.shown


async def test_an_app_without_the_scope_is_sent_to_where_people_sign_in(
    tmp_path: Path,
) -> None:
    """The setting is on, but the app was not installed again."""
    manifest = tmp_path / "manifest.json"
    tree = read_manifest(file_imports=True)
    tree["oauth_config"]["scopes"]["bot"].remove("files:read")
    manifest.write_text(json.dumps(tree))
    timing = patient_timing()
    async with Playground.open(data=tmp_path / "slack", timing=timing, manifest=manifest) as slack:
        settings = settings_for(slack, tmp_path / "data").model_copy(update={"file_imports": True})
        async with open_bot(settings) as bot:
            team = Team(slack, bot)
            message = slack.share("ada", "#triage", "notes.jsonl", lines(2))
            await slack.shortcut("ada", SHORTCUT, message)
            told = await until(team, lambda found: "was not imported" in found.shown)
            assert "files:read" in told.shown
