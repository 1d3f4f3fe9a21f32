"""Sentences that workers score: as many as a bot alone would take too long for."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
import pytest

from bot.domain.ranking import Candidate
from bot.engine.ranking import RankingProcess
from tests.bot.training.test_training import ended
from tests.bot.workers.conftest import Farm
from tests.support.bot_process import BotProcess
from tests.support.patience import patient

SENTENCES, FEW, SHARD = 150, 60, 16


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that few sentences are many."""
    for name, number in (("FEW", FEW), ("SHARD", SHARD), ("ROUND", 4 * SHARD)):
        monkeypatch.setattr(f"bot.labelling.ranking_task.{name}", number)


@dataclass
class Rows:
    """The database, past nerbot."""

    connection: Any

    async def ask(self, question: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in await self.connection.fetch(question)]

    async def until(self, question: str, is_so: Callable[[list[tuple[Any, ...]]], bool]) -> None:
        async with asyncio.timeout(patient(60)):
            while not is_so(await self.ask(question)):  # noqa: ASYNC110 - a database does not call
                await asyncio.sleep(0.1)


@asynccontextmanager
async def rows_of(farm: Farm) -> AsyncIterator[Rows]:
    connection = await asyncpg.connect(farm.database_url.replace("+asyncpg", ""))
    try:
        yield Rows(connection)
    finally:
        await connection.close()


async def kill_at_work(worker: BotProcess, rows: Rows) -> None:
    """End a worker that has a shard on hand; it is stopped first, so that it still has it then."""
    async with asyncio.timeout(patient(60)):
        worker.process.send_signal(signal.SIGSTOP)
        while not await rows.ask("SELECT id FROM job WHERE kind = 'ranking' AND state = 'running'"):
            worker.process.send_signal(signal.SIGCONT)
            await asyncio.sleep(0.02)
            worker.process.send_signal(signal.SIGSTOP)
    await worker.kill()


_WAITING = "SELECT id, text, uncertainty FROM sentence WHERE finished_by = 0"
_SCORED = "SELECT count(*) FROM sentence WHERE finished_by = 0 AND scored_by = 1"


async def test_workers_score_what_a_bot_would_and_a_killed_one_costs_its_shard(
    farm: Farm, caplog: pytest.LogCaptureFixture
) -> None:
    """The scores are those of a bot alone, whichever worker is killed; nothing is left on the way."""
    texts = [f"Patient {n} with fever takes codeine and {n} aspirin." for n in range(SENTENCES)]
    async with (
        rows_of(farm) as rows,
        farm.worker() as killed,
        farm.bot(patience=2, samples=texts) as team,
    ):
        await team.types("/train cnn")
        assert "model 1 is live" in (await ended(team)).text
        await rows.until(_SCORED, lambda found: found[0][0] >= SHARD)
        await kill_at_work(killed, rows)
        async with farm.worker() as heir:
            await rows.until(
                "SELECT ranked_by, ranking_owner FROM project", lambda found: found == [(1, None)]
            )
            found = await rows.ask(_WAITING)
            assert len(found) == SENTENCES
            assert await rows.ask("SELECT count(*) FROM job") == [(0,)]
            assert (await heir.stop())[0] == 0
    assert "is tried again: its worker let go of it, or is gone" in caplog.text
    assert not farm.objects()
    model = farm.folder / "bot/models/1/1"
    async with RankingProcess(model, farm.folder / "alone.log") as alone:
        scores = await alone.score([Candidate(each[0], 0, each[1]) for each in found])
    assert [each[2] for each in found] == scores


@pytest.mark.scale
async def test_few_are_scored_by_the_bot(farm: Farm) -> None:
    """No worker is asked for what a bot does in two minutes: there need not be one any more."""
    texts = [f"Patient {n} with fever takes codeine." for n in range(FEW)]
    async with rows_of(farm) as rows, farm.bot(samples=texts) as team:
        async with farm.worker() as worker:
            await team.types("/train cnn")
            assert "model 1 is live" in (await ended(team)).text
            await worker.stop()
        await rows.until(_SCORED, lambda found: found == [(FEW,)])
