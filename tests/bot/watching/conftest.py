"""A bot with a live model that watches a channel of the Slack simulator, and writes to a file."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.app import Bot, open_bot
from bot.db.clock import DatabaseClock
from bot.db.database import Store
from bot.outputs.kinds import read_output
from bot.outputs.repository import Outputs
from bot.playground import Message, Playground
from bot.projects.repositories.access import Access, alone
from bot.slack.diagnosis import read_manifest
from bot.watching.repositories.watches import Watches
from tests.bot.conftest import Team, settings_for
from tests.support.opening import open_database, patient_timing
from tests.support.patience import patient

CHANNEL = "#triage"


@dataclass(frozen=True)
class Ward(Team):
    """A watched channel: what is written in it, and the file that its entities go to."""

    store: Store
    file: Path

    @property
    def workspace(self) -> str:
        """The id of the workspace."""
        return self.slack.workspace.identity.team_id

    def writes(self, text: str, *, person: str = "ada", thread: Message | None = None) -> Message:
        """Somebody writes a message in the watched channel."""
        ts = thread.ts if thread else None
        return self.slack.say(person, CHANNEL, text, thread_ts=ts)

    @property
    def rows(self) -> list[dict[str, Any]]:
        """What is in the file."""
        if not self.file.exists():
            return []
        return [json.loads(line) for line in self.file.read_text("utf-8").splitlines()]

    def told(self) -> list[tuple[str, str, str]]:
        """The kind, label and text of each row."""
        return [(row["kind"], row["label"], row["text"]) for row in self.rows]

    async def until_rows(self, number: int) -> None:
        """Wait until the file has so many rows."""
        async with asyncio.timeout(patient(20)):
            while len(self.rows) < number:  # noqa: ASYNC110 - files do not call
                await asyncio.sleep(0.02)

    async def until(self, true: Callable[[], bool]) -> None:
        """Wait until something holds."""
        async with asyncio.timeout(patient(20)):
            while not true():  # noqa: ASYNC110 - the condition is anybody's
                await asyncio.sleep(0.02)

    async def settles(self, *, seen: int) -> None:
        """Wait until so many messages were seen, all are read, and every change is in the file."""
        async with asyncio.timeout(patient(20)):
            while not await self._is_settled(seen):  # noqa: ASYNC110 - rows do not call
                await asyncio.sleep(0.05)

    async def _is_settled(self, seen: int) -> bool:
        async with self.store.reading(self.workspace) as tx:
            [watch] = await Watches(tx).all()
            [shown] = await Watches(tx).shown(watch.project_id)
            outputs = await Outputs(tx).of(watch.project_id)
            waiting = [await Outputs(tx).waiting(each) for each in outputs]
        return shown.messages >= seen and not shown.waiting and not any(waiting)


@asynccontextmanager
async def open_slack(folder: Path) -> AsyncIterator[Playground]:
    """The Slack simulator with an app that may read channels."""
    manifest = folder / "manifest.json"
    manifest.write_text(json.dumps(read_manifest(watching=True)))
    async with Playground.open(
        data=folder / "slack", timing=patient_timing(), manifest=manifest
    ) as slack:
        yield slack
        assert not slack.problems


@asynccontextmanager
async def open_ward(slack: Playground, data: Path) -> AsyncIterator[Ward]:
    """Start the bot where channels can be watched."""
    settings = settings_for(slack, data).model_copy(update={"watching": True})
    async with AsyncExitStack() as stack:
        bot: Bot = await stack.enter_async_context(open_bot(settings))
        database = await stack.enter_async_context(
            open_database(f"sqlite+aiosqlite:///{data}/nerbot.db")
        )
        store = Store(database, await DatabaseClock.of(database))
        yield Ward(slack, bot, store, data / "entities.jsonl")


async def add_output(ward: Ward, kind: str, target: str, **settings: str) -> int:
    """Let what is found go to an output from now on; its number."""
    found, wanted = read_output(kind, target, settings)
    async with ward.store.writing(ward.workspace) as tx:
        project = await Access(tx).of(alone(ward.workspace, "U0ADA"))
        assert project is not None
        added = await Outputs(tx).add(
            project.id, found, wanted.target, wanted.settings, person="U0ADA"
        )
        return added.id


@pytest.fixture
async def ward(trained_data: Path, tmp_path: Path) -> AsyncIterator[Ward]:
    """A channel that is watched from now on, and a file that its entities go to."""
    async with open_slack(tmp_path) as slack, open_ward(slack, trained_data) as opened:
        await opened.types("/nerbot project settings confidence 20")
        answer = await opened.types("/nerbot watch #triage")
        assert "are read by the live model" in answer.text
        await add_output(opened, "file", str(opened.file))
        yield opened
