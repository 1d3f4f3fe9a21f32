"""A bot in this process whose trainings run on workers, which are processes of their own."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.app import open_bot
from bot.objects.opening import open_objects
from bot.playground import Playground
from tests.bot.conftest import GOLD, Team, settings_for
from tests.db.conftest import Server, server
from tests.support.bot_process import BotProcess, bot_process
from tests.support.object_store import STORES, address_of

__all__ = ["server"]


@dataclass
class Farm:
    """What bots and workers share: a database and an object store."""

    slack: Playground
    folder: Path
    database_url: str
    models: str
    """The address of the object store."""
    workers: int = field(default=0)

    @property
    def shared(self) -> dict[str, str]:
        """The settings that workers have."""
        return {
            "NERBOT_DATABASE_URL": self.database_url,
            "NERBOT_MODELS": self.models,
        }

    def objects(self) -> list[str]:
        """The objects of jobs."""
        return [each.key for each in open_objects(self.models).list("jobs")]

    def left(self) -> list[str]:
        """Objects and files of jobs that are anywhere."""
        places = [self.folder / "bot/jobs"]
        places += [self.folder / f"worker{n + 1}/worker/jobs" for n in range(self.workers)]
        files = [str(path) for place in places for path in place.rglob("*") if path.is_file()]
        return self.objects() + files

    @asynccontextmanager
    async def bot(
        self, *, labelled: bool = True, samples: Sequence[str] = (), **settings: Any
    ) -> AsyncIterator[Team]:
        """A bot, with enough labelled for a training; `samples` wait to be labelled."""
        changed = settings_for(self.slack, self.folder / "bot").model_copy(
            update={
                "database_url": SecretStr(self.database_url),
                "models": self.models,
                "jobs": "procrastinate",
                **settings,
            }
        )
        async with open_bot(changed, samples=samples) as bot:
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


_FILE, _S3, _ = STORES
_LONG_S3 = pytest.param("s3", marks=(*_S3.marks, pytest.mark.scale))


@pytest.fixture(params=(_FILE, _LONG_S3))
def models(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of an empty object store: a folder, and a bucket in the long tests."""
    return address_of(request.param, request, tmp_path, monkeypatch)


@pytest.fixture
def farm(slack: Playground, server: Server, tmp_path: Path, models: str) -> Iterator[Farm]:
    name = server.create()
    url = server.url(name).replace("postgresql://", "postgresql+asyncpg://", 1)
    yield Farm(slack, tmp_path, url, models)
    server.drop(name)
