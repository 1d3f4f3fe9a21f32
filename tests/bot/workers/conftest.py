"""A bot in this process whose trainings run on workers, which are processes of their own."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.app import open_bot
from bot.playground import Playground
from tests.bot.conftest import GOLD, Team, settings_for
from tests.db.conftest import Server, server
from tests.support.bot_process import BotProcess, bot_process

__all__ = ["server"]


@dataclass
class Farm:
    """What bots and workers share: a database and an object store."""

    slack: Playground
    folder: Path
    database_url: str
    workers: int = field(default=0)

    @property
    def shared(self) -> dict[str, str]:
        """The settings that workers have."""
        return {
            "NERBOT_DATABASE_URL": self.database_url,
            "NERBOT_MODELS": f"file://{self.folder}/objects",
        }

    def left(self) -> list[Path]:
        """Files of jobs that are anywhere."""
        places = [self.folder / "objects/jobs", self.folder / "bot/jobs"]
        places += [self.folder / f"worker{n + 1}/worker/jobs" for n in range(self.workers)]
        return [path for place in places for path in place.rglob("*") if path.is_file()]

    @asynccontextmanager
    async def bot(self, *, labelled: bool = True, **settings: Any) -> AsyncIterator[Team]:
        """A bot, with enough labelled for a training."""
        changed = settings_for(self.slack, self.folder / "bot").model_copy(
            update={
                "database_url": SecretStr(self.database_url),
                "models": f"file://{self.folder}/objects",
                "jobs": "procrastinate",
                **settings,
            }
        )
        async with open_bot(changed) as bot:
            team = Team(self.slack, bot)
            for line in GOLD if labelled else ():
                assert "finished ✓" in await team.asks(line)
            yield team

    @asynccontextmanager
    async def worker(self, **environment: str) -> AsyncIterator[BotProcess]:
        """A worker with a data folder of its own."""
        self.workers += 1
        data = self.folder / f"worker{self.workers}"
        told = {"NERBOT_JOBS": "procrastinate", **self.shared, **environment}
        async with bot_process(data, told, patience=10, words=("worker",)) as worker:
            yield worker


@pytest.fixture
def farm(slack: Playground, server: Server, tmp_path: Path) -> Iterator[Farm]:
    name = server.create()
    url = server.url(name).replace("postgresql://", "postgresql+asyncpg://", 1)
    yield Farm(slack, tmp_path, url)
    server.drop(name)
