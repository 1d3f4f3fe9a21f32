"""A bot with a live model that watches a channel, and events in the form in which Slack sends them."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from slack_bolt.async_app import AsyncBoltRequest

from bot.app import Bot, open_bot
from bot.db.clock import DatabaseClock
from bot.db.database import Store
from bot.outputs.kinds import read_output
from bot.outputs.repository import Outputs
from bot.playground import Playground
from bot.projects.repositories.projects import Projects
from bot.watching.repositories.watches import Watches
from tests.bot.conftest import settings_for
from tests.support.opening import open_database
from tests.support.patience import patient

CHANNEL = "C0WARD"
_NUMBERS = count(1)


@dataclass
class Ward:
    """A watched channel: what is written in it, and the file that its entities go to."""

    bot: Bot
    slack: Playground
    store: Store
    file: Path
    workspace: str
    sent: list[dict[str, Any]] = field(default_factory=list)

    async def hears(self, event: dict[str, Any], *, channel: str = CHANNEL) -> int:
        """Let Slack tell of an event as it does in Socket Mode: the status of its answer."""
        body = {
            "type": "event_callback",
            "team_id": self.workspace,
            "api_app_id": "A0NERBOT",
            "event_id": f"Ev{next(_NUMBERS)}",
            "authorizations": [{"team_id": self.workspace, "user_id": "U0BOT", "is_bot": True}],
            "event": {"type": "message", "channel": channel, "channel_type": "channel", **event},
        }
        self.sent.append(body)
        return await self.again(body)

    async def again(self, body: dict[str, Any]) -> int:
        """A second delivery of an event."""
        answer = await self.bot.app.async_dispatch(
            AsyncBoltRequest(body=body, mode="socket_mode")
        )
        return int(answer.status)

    async def writes(self, text: str, *, ts: str | None = None, **more: Any) -> str:
        """Somebody writes a message; its time."""
        ts = ts or new_ts()
        assert await self.hears({"user": "U0ADA", "text": text, "ts": ts, **more}) == 200
        return ts

    async def edits(self, ts: str, text: str, **more: Any) -> None:
        """Somebody edits a message."""
        at = new_ts()
        message = {"type": "message", "user": "U0ADA", "text": text, "ts": ts}
        message |= {"edited": {"user": "U0ADA", "ts": at}, **more}
        told = {"subtype": "message_changed", "message": message, "ts": at, "event_ts": at}
        assert await self.hears(told) == 200

    async def deletes(self, ts: str) -> None:
        """Somebody deletes a message."""
        at = new_ts()
        told = {"subtype": "message_deleted", "deleted_ts": ts, "ts": at, "event_ts": at}
        assert await self.hears(told) == 200

    @property
    def rows(self) -> list[dict[str, Any]]:
        """What is in the file."""
        if not self.file.exists():
            return []
        return [json.loads(line) for line in self.file.read_text("utf-8").splitlines()]

    def told(self) -> list[tuple[str, str, str]]:
        """The kind, label and text of each row."""
        return [(row["kind"], row["label"], row["text"]) for row in self.rows]

    async def until(self, true: Callable[[], bool]) -> None:
        """Wait until something holds of the file."""
        async with asyncio.timeout(patient(20)):
            while not true():
                await asyncio.sleep(0.02)

    async def settles(self) -> None:
        """Wait until every message is read and every change is in the file."""
        async with asyncio.timeout(patient(20)):
            while not await self._is_settled():
                await asyncio.sleep(0.05)

    async def _is_settled(self) -> bool:
        async with self.store.reading(self.workspace) as tx:
            watches = await Watches(tx).all()
            if not watches:
                return True
            shown = await Watches(tx).shown(watches[0].project_id)
            outputs = await Outputs(tx).of(watches[0].project_id)
            waiting = [await Outputs(tx).waiting(each) for each in outputs]
        return not any(each.waiting for each in shown) and not any(waiting)


def new_ts() -> str:
    """The time of a new message, later than those before."""
    return f"{datetime.now(UTC).timestamp() + 5:.0f}.{next(_NUMBERS):06d}"


@asynccontextmanager
async def opened_store(data: Path) -> AsyncIterator[Store]:
    """The store of a bot, beside it."""
    async with open_database(f"sqlite+aiosqlite:///{data}/nerbot.db") as database:
        yield Store(database, await DatabaseClock.of(database))


async def set_up(store: Store, workspace: str, file: Path, *, channel: str = CHANNEL) -> None:
    """Let the default project watch a channel and write to a file, without asking Slack."""
    kind, wanted = read_output("file", str(file), {})
    async with store.writing(workspace) as tx:
        project = await Projects(tx).ensure_default()
        since = f"{datetime.now(UTC).timestamp():.6f}"
        await Watches(tx).add(project.id, channel, person="U0ADA", since=since, reached=None)
        await Outputs(tx).add(project.id, kind, wanted.target, wanted.settings, person="U0ADA")


@asynccontextmanager
async def open_ward(slack: Playground, data: Path) -> AsyncIterator[Ward]:
    """Start the bot where a channel is watched."""
    workspace = slack.workspace.identity.team_id
    settings = settings_for(slack, data).model_copy(update={"watching": True})
    async with opened_store(data) as store, open_bot(settings) as bot:
        yield Ward(bot, slack, store, data / "entities.jsonl", workspace)


@pytest.fixture
async def ward(trained_data: Path, slack: Playground) -> AsyncIterator[Ward]:
    """A channel that is watched from now on."""
    async with opened_store(trained_data) as store:
        await set_up(store, slack.workspace.identity.team_id, trained_data / "entities.jsonl")
    async with open_ward(slack, trained_data) as opened:
        yield opened


