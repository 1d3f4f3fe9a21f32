"""What a file says beside its sentences is on their cards: their neighbours, and what other tools' models found."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bot.app import open_bot
from bot.db.clock import DatabaseClock
from bot.db.database import Database, Store
from bot.engine.tokenizer import TokenizerThread
from bot.exchange.commands import ImportOptions
from bot.exchange.importing import Importer
from bot.exchange.storing import Place
from bot.playground import Message, Playground
from bot.projects.repositories.projects import Projects
from tests.bot.conftest import Team, settings_for

TASK = {
    "data": {"text": "He takes aspirin and codeine."},
    "predictions": [
        {
            "model_version": "gpt-mini",
            "result": [
                {
                    "type": "labels",
                    "value": {"start": 9, "end": 16, "text": "aspirin", "labels": ["DRUG"]},
                },
                {
                    "type": "labels",
                    "value": {"start": 21, "end": 28, "text": "codeine", "labels": ["DRUG"]},
                },
            ],
        }
    ],
}
DOCUMENT = [
    {"text": text, "document": "letter 1"}
    for text in ("She was seen on Monday.", "She had a fever.", "It went away.")
]


@asynccontextmanager
async def started_with(slack: Playground, folder: Path, *values: Any) -> AsyncIterator[Team]:
    """The bot, in whose only project these values were imported before."""
    settings = settings_for(slack, folder / "data")
    file = folder / "file.jsonl"
    file.write_text("".join(json.dumps(value) + "\n" for value in values), "utf-8")
    async with Database.open(settings.database) as database:
        store = Store(database, clock=await DatabaseClock.of(database))
        workspace, tokenizer = slack.workspace.identity.team_id, TokenizerThread()
        async with store.writing(workspace) as tx:
            project = await Projects(tx).ensure_default()
        importer = Importer(store, tokenizer.tokens)
        await importer.run(Place(workspace, project.id), file, ImportOptions())
        tokenizer.close()
    async with open_bot(settings) as bot:
        yield Team(slack, bot)


async def card(team: Team, typed: str = "/label") -> Message:
    message = (await team.types(typed)).message
    assert message is not None
    return message


async def test_a_sentence_of_a_document_is_shown_between_its_neighbours(
    slack: Playground, tmp_path: Path
) -> None:
    async with started_with(slack, tmp_path, *DOCUMENT) as team:
        cards = [(await card(team, "/label next")).shown for _ in DOCUMENT]
        (first,) = (each for each in cards if "#1 ·" in each)
        (middle,) = (each for each in cards if "#2 ·" in each)
        assert "Before it: She was seen on Monday." in middle
        assert "After it: It went away." in middle
        assert "Before it" not in first


async def test_the_neighbours_stay_while_it_is_labelled(slack: Playground, tmp_path: Path) -> None:
    async with started_with(slack, tmp_path, *DOCUMENT[:2]) as team:
        await card(team)
        labelled = await card(team, "/label SIGN She")
        assert "After it" in labelled.shown or "Before it" in labelled.shown


async def test_what_another_tools_model_found_is_suggested_with_its_name(
    slack: Playground, tmp_path: Path
) -> None:
    async with started_with(slack, tmp_path, TASK) as team:
        message = await card(team)
        assert "Suggested by gpt-mini, from an imported file." in message.shown
        taken = [each for each in message.buttons if each.startswith("✓")]
        assert len(taken) == 2
        assert "aspirin" in taken[0]
        assert "codeine" in taken[1]
        green = [e for _, e in message.actions if e.get("style") == "primary"]
        assert green == []
        left = await team.presses(message, next(b for b in message.buttons if "codeine" in b))
        done = await team.presses(left, next(b for b in left.buttons if "Accept" in b))
        assert "1 labelled phrase" in done.shown


async def test_labels_of_suggestions_are_labels_of_the_project(
    slack: Playground, tmp_path: Path
) -> None:
    async with started_with(slack, tmp_path, TASK) as team:
        assert "DRUG" in (await team.types("/nerbot labels")).text
