"""The bot with its API on a free port of 127.0.0.1, and programs that have tokens for it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.api.repositories.tokens import Tokens
from bot.api.values import Scope, Token, hash_of, new_secret
from bot.app import Bot, open_bot
from bot.db.clock import DatabaseClock
from bot.db.database import Database, Store
from bot.playground import Playground
from bot.projects.repositories.projects import Projects
from tests.bot.conftest import Team, settings_for

ALL = frozenset(Scope)


@dataclass
class Said:
    """An answer."""

    status: int
    headers: Mapping[str, str]
    body: Any

    @property
    def kind(self) -> str:
        """Which problem it is."""
        assert self.headers["Content-Type"] == "application/problem+json", self
        assert self.body["status"] == self.status
        assert self.body["title"]
        assert self.body["detail"]
        assert "Traceback" not in str(self.body)
        return str(self.body["type"]).removeprefix("urn:nerbot:problem:")


@dataclass
class Program:
    """A program with a token."""

    session: aiohttp.ClientSession
    address: str
    secret: str | None
    token: Token | None = None
    headers: dict[str, str] = field(default_factory=dict)

    async def asks(self, method: str, path: str, *, key: str | None = None, **options: Any) -> Said:
        """Send a request to a path below /api/v1."""
        headers = {**self.headers, **options.pop("headers", {})}
        if self.secret is not None:
            headers.setdefault("Authorization", f"Bearer {self.secret}")
        if key is not None:
            headers["Idempotency-Key"] = key
        url = f"{self.address}/api/v1{path}"
        async with self.session.request(method, url, headers=headers, **options) as answer:
            is_json = "json" in answer.content_type and "lines" not in answer.content_type
            body = await answer.json(content_type=None) if is_json else await answer.read()
            return Said(answer.status, answer.headers, body)

    async def gets(self, path: str, **query: Any) -> Any:
        """The body of what is at a path."""
        said = await self.asks("GET", path, params=query)
        assert said.status == 200, said
        return said.body

    async def posts(self, path: str, body: Any, **options: Any) -> Any:
        """The body of the answer to some JSON."""
        said = await self.asks("POST", path, json=body, **options)
        assert said.status in {200, 201}, said
        return said.body


@dataclass
class Served:
    """A running bot with its API."""

    team: Team
    session: aiohttp.ClientSession
    store: Store

    @property
    def bot(self) -> Bot:
        """The bot."""
        return self.team.bot

    def stranger(self, secret: str | None = None) -> Program:
        """A program with whatever it calls a token."""
        assert self.bot.api is not None
        return Program(self.session, self.bot.api, secret)

    async def program(
        self,
        scopes: frozenset[Scope] = ALL,
        *,
        project: str | None = None,
        person: str = "ada",
    ) -> Program:
        """A program with a new token; its project is made where it is not there."""
        secret = new_secret()
        async with self.store.writing(self.bot.workspace) as tx:
            found = await Projects(tx).ensure_default()
            if project is not None:
                there = {each.name: each for each in await Projects(tx).all()}
                made = there.get(project) or await Projects(tx).add(project, person="import")
                assert made is not None
                found = made
            token = await Tokens(tx).add(
                found.id,
                name="test",
                scopes=scopes,
                person=self.team.slack.workspace.person(person).id,
                secret_hash=hash_of(secret),
            )
        program = self.stranger(secret)
        program.token = token
        return program


@asynccontextmanager
async def serving(slack: Playground, data: Path, **settings: Any) -> AsyncIterator[Served]:
    """The bot in Socket Mode, with its API."""
    asked = {"api": True, "port": 0, "api_requests_per_minute": 100_000, **settings}
    chosen = settings_for(slack, data).model_copy(update=asked)
    async with (
        open_bot(chosen) as bot,
        aiohttp.ClientSession() as session,
        Database.open(chosen.database) as database,
    ):
        store = Store(database, clock=await DatabaseClock.of(database))
        yield Served(Team(slack, bot), session, store)


@pytest.fixture
async def served(slack: Playground, tmp_path: Path) -> AsyncIterator[Served]:
    """A new workspace."""
    async with serving(slack, tmp_path / "data") as opened:
        yield opened


@pytest.fixture
async def taught(trained_data: Path, slack: Playground) -> AsyncIterator[Served]:
    """A workspace in which a model is live."""
    async with serving(slack, trained_data) as opened:
        yield opened
