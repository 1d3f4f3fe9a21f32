import threading
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import Select, literal_column, select

from bot.db.repository import by_key
from bot.db.sqlite_driver import OneTripConnection, OneTripCursor


@pytest.mark.parametrize("is_by_key", [True, False])
async def test_a_statement_by_key_runs_where_it_is_asked_for_any_other_in_the_thread(
    tmp_path: Path, *, is_by_key: bool
) -> None:
    wanted: Select[tuple[int]] = select(literal_column("whereabouts()"))
    sql = str((by_key(wanted) if is_by_key else wanted).compile())
    async with OneTripConnection(str(tmp_path / "x.db")) as connection:
        await connection.create_function("whereabouts", 0, threading.get_ident)
        cursor = OneTripCursor(cast("OneTripConnection", connection))
        await cursor.execute(sql)
        [(thread,)] = await cursor.fetchall()
    assert (thread == threading.get_ident()) == is_by_key
