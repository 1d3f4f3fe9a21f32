"""The tables. Each carries the workspace, and what points at a row of another table names the
workspace as well, so that no row can refer across that border."""

from typing import Annotated, Any

from pydantic import Discriminator
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from bot.domain import AnnotationState, Evaluation, Outcome, Progress, Question
from bot.store.types import Id, Moment, Spans, Tokens, Value

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id() -> Column[int]:
    return Column("id", Id, primary_key=True, autoincrement=True)


def _in_workspace() -> Column[str]:
    return Column("workspace", String, nullable=False)


def _in_project() -> tuple[Column[Any] | ForeignKeyConstraint, ...]:
    return (
        _in_workspace(),
        Column("project_id", Id, nullable=False),
        ForeignKeyConstraint(["workspace", "project_id"], ["project.workspace", "project.id"]),
    )


def _of_sentence() -> tuple[Column[Any] | ForeignKeyConstraint, ...]:
    return (
        _in_workspace(),
        Column("project_id", Id, nullable=False),
        Column("sentence_id", Id, nullable=False),
        ForeignKeyConstraint(
            ["workspace", "project_id", "sentence_id"],
            ["sentence.workspace", "sentence.project_id", "sentence.id"],
        ),
    )


def _where(condition: str) -> dict[str, Any]:
    """A partial index, written for each database."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


project = Table(
    "project",
    metadata,
    _id(),
    _in_workspace(),
    Column("name", String, nullable=False),
    Column("is_default", Boolean, nullable=False),
    # The live pointer: moved by compare-and-set, never followed without the model's own row.
    Column("live_version", Id),
    Column("created_at", Moment, nullable=False),
    # How many sentences nobody has finished: kept by triggers on `sentence` (migration 0002).
    Column("waiting", Integer, nullable=False, server_default="0"),
    UniqueConstraint("workspace", "id"),
    UniqueConstraint("workspace", "name"),
    # Ids are never given twice: old buttons, receipts and slots must not meet a new row.
    sqlite_autoincrement=True,
)
Index("uq_project_default", project.c.workspace, unique=True, **_where("is_default"))

label = Table(
    "label",
    metadata,
    *_in_project(),
    Column("name", String, nullable=False),
    Column("description", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    PrimaryKeyConstraint("workspace", "project_id", "name"),
)

sentence = Table(
    "sentence",
    metadata,
    _id(),
    *_in_project(),
    Column("text", Text, nullable=False),
    Column("text_hash", String(64), nullable=False),
    Column("text_folded", Text, nullable=False),
    Column("tokens", Tokens, nullable=False),
    Column("person", String, nullable=False),
    Column("source", String, nullable=False),
    Column("created_at", Moment, nullable=False),
    # How many people finished it: kept beside the text, so that the queue need not count
    # annotations.
    Column("finished_by", Integer, nullable=False),
    UniqueConstraint("workspace", "project_id", "id"),
    UniqueConstraint("workspace", "project_id", "text_hash"),
    sqlite_autoincrement=True,
)
_sentence_key = (sentence.c.workspace, sentence.c.project_id, sentence.c.id)
Index("ix_sentence_waiting", *_sentence_key, **_where("finished_by = 0"))
Index("ix_sentence_shared", *_sentence_key, **_where("finished_by > 1"))

annotation = Table(
    "annotation",
    metadata,
    *_of_sentence(),
    Column("person", String, nullable=False),
    Column("spans", Spans, nullable=False),
    Column("finished", Boolean, nullable=False),
    Column("updated_at", Moment, nullable=False),
    PrimaryKeyConstraint("workspace", "project_id", "sentence_id", "person"),
)
Index(
    "ix_annotation_unfinished",
    annotation.c.workspace,
    annotation.c.project_id,
    annotation.c.sentence_id,
    **_where("NOT finished AND spans <> '[]'"),
)

event = Table(
    "event",
    metadata,
    _id(),
    *_in_project(),
    Column("kind", String, nullable=False),
    Column("person", String, nullable=False),
    Column("sentence_id", Id),
    Column("before", Value(AnnotationState)),
    Column("after", Value(AnnotationState)),
    Column("detail", Value(dict[str, Any])),
    Column("undoes", Id),
    Column("request", String),
    Column("created_at", Moment, nullable=False),
    ForeignKeyConstraint(
        ["workspace", "project_id", "sentence_id"],
        ["sentence.workspace", "sentence.project_id", "sentence.id"],
    ),
    ForeignKeyConstraint(["undoes"], ["event.id"]),
    UniqueConstraint("undoes"),
    Index(None, "workspace", "project_id", "person", "id"),
    Index(None, "workspace", "project_id", "sentence_id"),
    sqlite_autoincrement=True,
)

hand = Table(
    "hand",
    metadata,
    *_of_sentence(),
    Column("person", String, nullable=False),
    Column("taken_at", Moment, nullable=False),
    PrimaryKeyConstraint("workspace", "project_id", "person"),
    Index(None, "workspace", "project_id", "sentence_id"),
)

handed = Table(
    "handed",
    metadata,
    *_of_sentence(),
    Column("person", String, nullable=False),
    Column("handed_at", Moment, nullable=False),
    PrimaryKeyConstraint("workspace", "project_id", "person", "sentence_id"),
    Index(None, "workspace", "project_id", "sentence_id"),
)

skip = Table(
    "skip",
    metadata,
    *_of_sentence(),
    Column("person", String, nullable=False),
    Column("skipped_at", Moment, nullable=False),
    PrimaryKeyConstraint("workspace", "project_id", "person", "sentence_id"),
    Index(None, "workspace", "project_id", "sentence_id"),
)

offer = Table(
    "offer",
    metadata,
    Column("id", String, nullable=False),
    *_in_project(),
    Column("person", String, nullable=False),
    Column("question", Value(Question), nullable=False),
    Column("created_at", Moment, nullable=False),
    PrimaryKeyConstraint("id"),
    Index(None, "workspace", "created_at"),
)

receipt = Table(
    "receipt",
    metadata,
    _in_workspace(),
    Column("request", String, nullable=False),
    Column("outcome", Value(Annotated[Outcome, Discriminator("type")]), nullable=False),
    Column("created_at", Moment, nullable=False),
    PrimaryKeyConstraint("workspace", "request"),
    Index(None, "workspace", "created_at"),
)

schedule = Table(
    "schedule",
    metadata,
    _id(),
    *_in_project(),
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
    **_where("off_at IS NULL"),
)

run = Table(
    "run",
    metadata,
    _id(),
    *_in_project(),
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
    Column("waits_for", Integer, nullable=False, server_default="0"),
    Column("fingerprint", String),
    Column("log", Text),
    Column("request", String),
    Column("owner", String, nullable=False),
    Column("lease_until", Moment, nullable=False),
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
    **_where("state IN ('queued', 'running')"),
)
Index(
    "uq_run_request",
    run.c.workspace,
    run.c.request,
    unique=True,
    **_where("request IS NOT NULL"),
)

auto = Table(
    "auto",
    metadata,
    _id(),
    *_in_project(),
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
    **_where("off_at IS NULL"),
)

digest = Table(
    "digest",
    metadata,
    _id(),
    *_in_project(),
    Column("channel", String, nullable=False),
    Column("person", String, nullable=False),
    Column("cron", String, nullable=False),
    Column("timezone", String, nullable=False),
    Column("words", Text, nullable=False),
    Column("since", Moment, nullable=False),
    Column("next_due", Moment, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("off_at", Moment),
    sqlite_autoincrement=True,
)
Index(
    "uq_digest_on",
    digest.c.workspace,
    digest.c.project_id,
    digest.c.channel,
    unique=True,
    **_where("off_at IS NULL"),
)

model = Table(
    "model",
    metadata,
    *_in_project(),
    Column("version", Id, nullable=False),
    Column("labels", Value(tuple[str, ...]), nullable=False),
    Column("evaluation", Value(Evaluation)),
    Column("run_id", Id, nullable=False),
    Column("created_at", Moment, nullable=False),
    PrimaryKeyConstraint("workspace", "project_id", "version"),
    ForeignKeyConstraint(
        ["workspace", "project_id", "run_id"], ["run.workspace", "run.project_id", "run.id"]
    ),
)
