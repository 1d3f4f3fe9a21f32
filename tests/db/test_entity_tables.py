"""A table has a row an entity, as it is now, however often and in whatever order it is told."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.domain.entities import ChangeKind, EntityChange
from bot.outputs.ports import OutputFailed
from bot.outputs.tables import DRIVERS, TableWriter
from bot.outputs.values import Output, OutputKind
from tests.bot.outputs.test_files import NOW, made


def output(target: str, **settings: Any) -> Output:
    """An output that is a table."""
    return Output(1, "T1", 1, OutputKind.TABLE, target, "U1", 0, NOW, NOW, settings)


async def rows(target: str) -> list[tuple[Any, ...]]:
    """What is in the table."""
    url = make_url(target)
    engine = create_async_engine(url.set(drivername=DRIVERS[url.get_backend_name()]))
    async with engine.connect() as connection:
        found = await connection.execute(
            text("SELECT id, state, text, change FROM nerbot_entities ORDER BY id")
        )
        read = [tuple(row) for row in found]
    await engine.dispose()
    return read


def amended(change: EntityChange, number: int, kind: ChangeKind, words: str) -> EntityChange:
    """A later change of the same entity."""
    return replace(change, id=number, kind=kind, entity=replace(change.entity, text=words))


@pytest.fixture
def target(empty_url: str, tmp_path: Path) -> str:
    """A database that is not there yet, or is empty."""
    return f"sqlite:///{tmp_path}/e.db" if empty_url.startswith("sqlite") else empty_url


async def test_a_row_is_what_its_entity_is_now(target: str) -> None:
    first, writer = made(1), TableWriter()
    fixed = amended(first, 3, ChangeKind.AMENDED, "high fever")
    await writer.write(output(target), [first, made(2), fixed])
    await writer.write(output(target), [first, made(2), fixed])
    assert await rows(target) == [("ent_1", "out", "high fever", 3), ("ent_2", "out", "fever", 2)]
    await writer.write(output(target), [amended(first, 4, ChangeKind.RETRACTED, "")])
    assert (await rows(target))[0] == ("ent_1", "retracted", "", 4)


async def test_a_retracted_row_can_be_deleted(target: str) -> None:
    first, writer = made(1), TableWriter()
    gone = amended(first, 3, ChangeKind.RETRACTED, "")
    await writer.write(output(target, retracted="delete"), [first, made(2), gone])
    assert [row[0] for row in await rows(target)] == ["ent_2"]


async def test_a_database_that_is_not_there_says_so_without_its_password() -> None:
    with pytest.raises(OutputFailed, match="did not take it") as raised:
        await TableWriter().write(output("postgresql://me:secret@127.0.0.1:9/nowhere"), [made(1)])
    assert "secret" not in str(raised.value)
