"""How the team's numbers are asked for in a large project."""

from typing import Any

import pytest
from sqlalchemy import event

from bot.db.database import Database, Store
from bot.team.repositories.statistics import Statistics
from tests.db.conftest import HERE, Clock

#: What SQLite knows of ten million annotations, half of them finished.
_KNOWN = {
    "sqlite_autoindex_annotation_1": "10000000 10000000 10000000 10 1",
    "ix_annotation_finished": "5000000 5000000 5000000 10 1 1",
}


@pytest.mark.parametrize("backend", ["sqlite"])
async def test_what_was_finished_lately_is_found_by_its_time(
    database: Database, store: Store, project_id: int, clock: Clock
) -> None:
    """Not by going through all annotations of a project, which SQLite would do to group them by their sentences."""
    async with database.writing() as connection:
        await connection.exec_driver_sql("ANALYZE")
        await connection.exec_driver_sql("DELETE FROM sqlite_stat1 WHERE tbl = 'annotation'")
        for known in _KNOWN.items():
            added = "INSERT INTO sqlite_stat1 VALUES ('annotation', ?, ?)"
            await connection.exec_driver_sql(added, known)
    asked: list[tuple[str, Any]] = []

    def note(_: Any, __: Any, sql: str, parameters: Any, *___: Any) -> None:
        asked.append((sql, parameters))

    engine = database._readers.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    async with store.reading(HERE) as tx:
        await Statistics(tx).finished_since(project_id, clock.now, clock.now)
        plans = []
        for sql, values in [each for each in asked if "lately" in each[0]]:
            steps: Any = await tx.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)
            plans.append(" ".join(step.detail for step in steps))
    assert len(plans) == 2
    assert all("SEARCH annotation USING INDEX ix_annotation_finished" in plan for plan in plans)
