"""The workspace on disk: one SQLite file that only its owner may read."""

import json
import os
import sqlite3
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from bot.playground.state.lists import ListItem, Lists, SlackList
from bot.playground.state.workspace import Workspace
from bot.playground.values import JSON, Channel, Identity, Message, Person

FILE = "small_slack.sqlite"
_TABLES = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS channels (id TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS messages (
    channel TEXT NOT NULL, ts TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (channel, ts)
);
CREATE TABLE IF NOT EXISTS lists (id TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS list_items (id TEXT PRIMARY KEY, value TEXT NOT NULL);
"""

_KEEP = {
    "channels": "INSERT INTO channels VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
    "lists": "INSERT INTO lists VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
    "list_items": "INSERT INTO list_items VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
}


class Archive:
    """Stores the workspace; every change is a transaction of its own."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._folder = folder
        self._connection: sqlite3.Connection | None = None

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True)
        os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
        self._path.chmod(0o600)
        self._connection = sqlite3.connect(self._path, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=NORMAL")
        self._connection.executescript(_TABLES)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._db.close()
        self._connection = None

    @property
    def _db(self) -> sqlite3.Connection:
        assert self._connection is not None, "the archive is not open"
        return self._connection

    def fact(self, name: str) -> JSON | None:
        """The value stored under a name."""
        row = self._db.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return dict(json.loads(row[0])) if row else None

    def save_fact(self, name: str, value: JSON) -> None:
        """Store a value under a name."""
        self._db.execute("REPLACE INTO facts VALUES (?, ?)", (name, json.dumps(value)))

    def workspace(self, *, now: Callable[[], float]) -> Workspace | None:
        """The stored workspace, if there is one."""
        identity, people = self.fact("identity"), self.fact("people")
        if not identity or not people:
            return None
        stored = self._db.execute("SELECT value FROM channels ORDER BY rowid")
        channels = [json.loads(row[0]) for row in stored]
        workspace = Workspace(
            identity=Identity(**identity),
            people=[Person(**p) for p in people["all"]],
            channels=[Channel(**{**c, "members": tuple(c["members"])}) for c in channels],
            now=now,
        )
        rows = self._db.execute("SELECT value FROM messages ORDER BY ts")
        workspace.load(_message(json.loads(row[0])) for row in rows)
        return workspace

    def load_lists(self, lists: Lists) -> None:
        """Put the stored Lists back."""
        kept = self._db.execute("SELECT value FROM lists ORDER BY rowid")
        rows = self._db.execute("SELECT value FROM list_items ORDER BY rowid")
        lists.load(
            [_list(json.loads(row[0])) for row in kept],
            [ListItem(**json.loads(row[0])) for row in rows],
        )

    def save_workspace(self, workspace: Workspace) -> None:
        """Store a new workspace."""
        self.save_fact("identity", asdict(workspace.identity))
        self.save_fact("people", {"all": [asdict(p) for p in workspace.people.values()]})
        for channel in workspace.channels.values():
            self.record("channel", channel)

    def record(self, what: str, value: object) -> None:
        """Store a change of the workspace; ephemeral messages are not stored."""
        if isinstance(value, Channel):
            self._keep("channels", value.id, asdict(value))
        elif isinstance(value, SlackList):
            self._keep("lists", value.id, asdict(value))
        elif isinstance(value, ListItem) and what == "list_item_gone":
            self._db.execute("DELETE FROM list_items WHERE id = ?", (value.id,))
        elif isinstance(value, ListItem):
            self._keep("list_items", value.id, asdict(value))
        elif isinstance(value, Message) and not value.only_for:
            key = (value.channel, value.ts)
            if what == "gone":
                self._db.execute("DELETE FROM messages WHERE channel = ? AND ts = ?", key)
            else:
                row = (*key, json.dumps(asdict(value)))
                self._db.execute("REPLACE INTO messages VALUES (?, ?, ?)", row)

    def _keep(
        self, table: Literal["channels", "lists", "list_items"], key: str, value: JSON
    ) -> None:
        self._db.execute(_KEEP[table], (key, json.dumps(value)))


def _list(value: JSON) -> SlackList:
    lists = {name: tuple(value[name]) for name in ("columns", "readers")}
    return SlackList(**{**value, **lists})


def _message(value: JSON) -> Message:
    return Message(
        **{
            **value,
            **{name: tuple(value.get(name, ())) for name in ("blocks", "files", "reactions")},
        },
    )
