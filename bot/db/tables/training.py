"""Trainings, what starts them, the models they make, and digests."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from bot.db.tables.columns import id_column, in_project, in_workspace, metadata, where
from bot.db.types import Id, Moment, Value
from ner_engine.results import Evaluation, Progress

schedule = Table(
    "schedule",
    metadata,
    id_column(),
    *in_project(),
    Column("cron", String, nullable=False),
    Column("timezone", String, nullable=False),
    Column("words", Text, nullable=False),
    Column("person", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("next_due", Moment, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("off_at", Moment),
    UniqueConstraint("workspace", "project_id", "id"),
    sqlite_autoincrement=True,
)

Index(
    "uq_schedule_on",
    schedule.c.workspace,
    schedule.c.project_id,
    unique=True,
    **where("off_at IS NULL"),
)

run = Table(
    "run",
    metadata,
    id_column(),
    *in_project(),
    Column("number", Integer, nullable=False),
    Column("state", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("preset", String, nullable=False),
    Column("person", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("seed", BigInteger, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("retry_of", Id),
    Column("schedule_id", Id),
    Column("slot", Moment),
    Column("sentences", Integer, nullable=False),
    Column("message", String),
    Column("message_channel", String),
    Column("progress", Value(Progress)),
    Column("evaluation", Value(Evaluation)),
    Column("failure", Text),
    Column("version", Id),
    Column("went_live", Boolean, nullable=False),
    Column("with_unfinished", Boolean, nullable=False, server_default=false()),
    Column("started_at", Moment),
    Column("finished_at", Moment),
    # Which in the order of the workspace's ends this one's was; none where another one tries it again.
    Column("ended", BigInteger),
    Column("waits_for", Integer, nullable=False, server_default="0"),
    Column("fingerprint", String),
    Column("cancelled_by", String),
    Column("log", Text),
    Column("request", String),
    Column("owner", String, nullable=False),
    # Changed by every heartbeat; nobody compares it with a clock.
    Column("lease_until", Moment, nullable=False),
    # The outbox has the message of its end.
    Column("told", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("workspace", "project_id", "id"),
    UniqueConstraint("workspace", "project_id", "number"),
    UniqueConstraint("schedule_id", "slot"),
    UniqueConstraint("retry_of"),
    ForeignKeyConstraint(
        ["workspace", "project_id", "retry_of"], ["run.workspace", "run.project_id", "run.id"]
    ),
    ForeignKeyConstraint(
        ["workspace", "project_id", "schedule_id"],
        ["schedule.workspace", "schedule.project_id", "schedule.id"],
    ),
    sqlite_autoincrement=True,
)

Index(
    "uq_run_active",
    run.c.workspace,
    run.c.project_id,
    unique=True,
    **where("state IN ('queued', 'running')"),
)

Index(
    "uq_run_request",
    run.c.workspace,
    run.c.request,
    unique=True,
    **where("request IS NOT NULL"),
)

Index("ix_run_untold", run.c.id, **where("NOT told"))

auto = Table(
    "auto",
    metadata,
    id_column(),
    *in_project(),
    Column("every", Integer, nullable=False),
    Column("base", Integer, nullable=False),
    Column("person", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("off_at", Moment),
    sqlite_autoincrement=True,
)

Index(
    "uq_auto_on",
    auto.c.workspace,
    auto.c.project_id,
    unique=True,
    **where("off_at IS NULL"),
)

digest = Table(
    "digest",
    metadata,
    id_column(),
    in_workspace(),
    Column("channel", String, nullable=False),
    Column("person", String, nullable=False),
    Column("cron", String, nullable=False),
    Column("timezone", String, nullable=False),
    Column("words", Text, nullable=False),
    Column("since", Moment, nullable=False),
    # The last event and the last end of a training that are told.
    Column("told_event", BigInteger, nullable=False, server_default="0"),
    Column("told_run", BigInteger, nullable=False, server_default="0"),
    Column("next_due", Moment, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("off_at", Moment),
    sqlite_autoincrement=True,
)

Index(
    "uq_digest_on",
    digest.c.workspace,
    digest.c.channel,
    unique=True,
    **where("off_at IS NULL"),
)

model = Table(
    "model",
    metadata,
    *in_project(),
    Column("version", Id, nullable=False),
    Column("labels", Value(tuple[str, ...]), nullable=False),
    Column("evaluation", Value(Evaluation)),
    Column("run_id", Id, nullable=False),
    Column("created_at", Moment, nullable=False),
    # Since when its files are cleared away, and known to be damaged.
    Column("gone_at", Moment),
    Column("damaged_at", Moment),
    # Since when it knows something that was to be forgotten: it goes as soon as another one can answer.
    Column("stale_at", Moment),
    PrimaryKeyConstraint("workspace", "project_id", "version"),
    ForeignKeyConstraint(
        ["workspace", "project_id", "run_id"], ["run.workspace", "run.project_id", "run.id"]
    ),
)
