"""Jobs that workers carry out."""

from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Index, String, Table

from bot.db.tables.columns import id_column, in_workspace, metadata
from bot.db.types import Id, Moment, Value
from ner_engine.results import Progress

job = Table(
    "job",
    metadata,
    id_column(),
    in_workspace(),
    Column("kind", String, nullable=False),
    # The training it is; null where it is none.
    Column("project_id", Id),
    Column("run_id", Id),
    # The key under which its objects are.
    Column("folder", String, nullable=False),
    Column("state", String, nullable=False),
    Column("worker", String, nullable=False),
    # Counted up by every sign of life; nobody compares it with a clock.
    Column("beat", BigInteger, nullable=False),
    Column("progress", Value(Progress)),
    # Its number in the queue that hands it to a worker.
    Column("queue_id", BigInteger),
    Column("created_at", Moment, nullable=False),
    ForeignKeyConstraint(
        ["workspace", "project_id", "run_id"], ["run.workspace", "run.project_id", "run.id"]
    ),
    sqlite_autoincrement=True,
)

Index("ix_job_run_id", job.c.run_id)
