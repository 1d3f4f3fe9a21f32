"""Procrastinate's own tables: made by `nerbot migrate`, and brought to what the installed package needs."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
from procrastinate.schema import SchemaManager

from bot.cli.main import main
from bot.db.database import Database
from bot.workers.queues import procrastinate_schema as schema
from bot.workers.repositories import procrastinate
from tests.db.conftest import Server

SCRIPTS = sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"))
NEWEST = SCRIPTS[-1].stem
OLD = "03.00.00_50_post_cancel_notification"


@pytest.fixture
def url(server: Server) -> Iterator[str]:
    name = server.create()
    yield server.url(name).replace("postgresql://", "postgresql+asyncpg://", 1)
    server.drop(name)


@pytest.fixture
def told(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> "Told":
    monkeypatch.setenv("NERBOT_DATABASE_URL", url)
    monkeypatch.setenv("NERBOT_JOBS", "procrastinate")
    monkeypatch.setenv("NERBOT_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("NERBOT_MODELS", f"file://{tmp_path}/objects")
    return Told(capsys)


class Told:
    """The command line, by what it prints."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *words: str) -> tuple[int, dict[str, object]]:
        status = main([*words, "--json"])
        return status, json.loads(self._capsys.readouterr().out)

    def queue(self) -> str:
        """What the doctor says of it."""
        checks = self("doctor", "--offline")[1]["checks"]
        assert isinstance(checks, list)
        return str(next(each["state"] for each in checks if each["name"] == "queue"))


async def make_old(url: str) -> None:
    """The tables of an older package."""
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        for script in SCRIPTS:
            if script.stem <= OLD:
                await connection.execute(script.read_text("utf-8"))
        await connection.execute(
            f"COMMENT ON TABLE procrastinate_jobs IS 'brought by nerbot to {OLD}'"
        )
    finally:
        await connection.close()


def test_migrate_makes_the_tables_of_the_queue_once(told: Told) -> None:
    """--check says so and makes nothing; the doctor says what is missing, and that nothing is."""
    status, found = told("migrate", "--check")
    assert (status, found["queue"]) == (1, ["procrastinate"])
    status, found = told("migrate")
    assert (status, found["queue"]) == (0, ["procrastinate"])
    assert told("migrate")[1]["queue"] == []
    assert told("migrate", "--check")[0] == 0
    assert told.queue() == "ok"


def test_the_doctor_says_where_the_tables_of_the_queue_are_missing(
    told: Told, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of nerbot are there: it was migrated before workers were wanted."""
    monkeypatch.setenv("NERBOT_JOBS", "local")
    assert "queue" not in told("migrate")[1]
    monkeypatch.setenv("NERBOT_JOBS", "procrastinate")
    assert told.queue() == "failed"
    asyncio.run(make_old(url))
    assert told.queue() == "failed"


def test_older_tables_are_brought_forward_in_the_order_of_their_upgrades(
    told: Told, url: str
) -> None:
    """What takes away what older workers need comes with the upgrade after it; a job can be queued afterwards."""
    asyncio.run(make_old(url))
    queue = told("migrate")[1]["queue"]
    assert queue == [script.stem for script in SCRIPTS if OLD < script.stem < NEWEST]
    assert "_post_" in NEWEST
    assert told("migrate")[1]["queue"] == []

    async def put() -> int:
        async with Database.attach(url) as database, database.writing() as connection:
            return await procrastinate.put(connection, 1, urgent=True)

    assert asyncio.run(put()) == 1


async def test_of_several_that_bring_them_forward_at_once_each_step_is_one_ones(url: str) -> None:
    """Bots, workers and a migration that start together."""
    await make_old(url)
    async with Database.attach(url) as one, Database.attach(url) as two:
        expected = await schema.pending(one)
        both = await asyncio.gather(schema.upgrade(one), schema.upgrade(two))
    assert sorted(name for each in both for name in each) == list(expected)


def test_steps_that_older_workers_cannot_bear_wait_for_the_next_upgrade() -> None:
    names = ("1_01_pre_a", "1_50_post_a", "2_01_pre_b", "2_50_post_b")
    scripts = dict.fromkeys(names, "")
    assert schema.due(scripts, "0") == names[:3]
    assert schema.due(scripts, names[1]) == names[2:3]
    assert schema.due(scripts, names[2]) == ()
    assert schema.due({**scripts, "3_01_pre_c": ""}, names[2]) == (names[3], "3_01_pre_c")
