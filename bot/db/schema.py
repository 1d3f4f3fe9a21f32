"""The tables. Each carries the workspace, and what points at a row of another table names the
workspace as well, so that no row can refer across that border."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
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

from bot.db.types import Id, Moment, Spans, Tokens, Value
from bot.domain.evaluation import Evaluation
from bot.domain.runs import Progress
from bot.domain.steps import AnnotationState

#: The rank of a sentence that has no place in its project's order yet: after all that have, oldest first.
UNRANKED = 2**62

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
    Column("live_since", Moment),
    Column("created_at", Moment, nullable=False),
    # How many sentences fewer people have finished than are wanted: kept by triggers (migration 0004).
    Column("waiting", Integer, nullable=False, server_default="0"),
    Column("annotations_per_sentence", Integer, nullable=False, server_default="1"),
    Column("random_share", Float, nullable=False, server_default="0.25"),
    # Where the order of its sentences comes from: the model's version, 0 for a first batch without one.
    Column("ranked_by", Integer),
    # The newest sentence that order knows of, and the last place in it: places are never given twice.
    Column("ranked_to", BigInteger, nullable=False, server_default="0"),
    Column("last_rank", BigInteger, nullable=False, server_default="0"),
    Column("ranking_owner", String),
    Column("ranking_until", Moment),
    Column("live_policy", String, nullable=False, server_default="not_worse"),
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
    Column("rank", BigInteger, nullable=False, server_default=str(UNRANKED)),
    # How unsure which version of the model is of it.
    Column("uncertainty", Float),
    Column("scored_by", Integer),
    # Where the message it comes from can be read, if it comes from one.
    Column("permalink", Text),
    UniqueConstraint("workspace", "project_id", "id"),
    UniqueConstraint("workspace", "project_id", "text_hash"),
    sqlite_autoincrement=True,
)
_sentence_key = (sentence.c.workspace, sentence.c.project_id, sentence.c.id)
Index(
    "ix_sentence_order",
    sentence.c.workspace,
    sentence.c.project_id,
    sentence.c.finished_by,
    sentence.c.rank,
    sentence.c.id,
)
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
    Index(None, "workspace", "project_id", "id"),
    sqlite_autoincrement=True,
)
# What was done to labels is looked for whenever an old step is taken back.
Index(
    "ix_event_of_project",
    event.c.workspace,
    event.c.project_id,
    event.c.id,
    **_where("sentence_id IS NULL"),
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

# What came to whom of the sentences that still wait; rows go when enough people have finished the sentence.
handed = Table(
    "handed",
    metadata,
    *_of_sentence(),
    Column("person", String, nullable=False),
    Column("handed_at", Moment, nullable=False),
    # Finished, skipped or flagged by this person.
    Column("answered", Boolean, nullable=False, server_default=false()),
    PrimaryKeyConstraint("workspace", "project_id", "person", "sentence_id"),
    Index(None, "workspace", "project_id", "sentence_id"),
)
_of_person = (handed.c.workspace, handed.c.project_id, handed.c.person)
Index(
    "ix_handed_open",
    *_of_person,
    handed.c.handed_at,
    handed.c.sentence_id,
    **_where("NOT answered"),
)
Index("ix_handed_answered", *_of_person, **_where("answered"))

# From where on a person's next sentence is looked for: all that wait before it have come to them.
bookmark = Table(
    "bookmark",
    metadata,
    *_in_project(),
    Column("person", String, nullable=False),
    Column("rank", BigInteger, nullable=False),
    Column("sentence_id", BigInteger, nullable=False),
    PrimaryKeyConstraint("workspace", "project_id", "person"),
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

flag = Table(
    "flag",
    metadata,
    *_of_sentence(),
    Column("person", String, nullable=False),
    Column("note", Text, nullable=False),
    Column("flagged_at", Moment, nullable=False),
    PrimaryKeyConstraint("workspace", "project_id", "sentence_id", "person"),
)

offer = Table(
    "offer",
    metadata,
    Column("id", String, nullable=False),
    *_in_project(),
    Column("person", String, nullable=False),
    # Named for what was kept first.
    Column("question", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    PrimaryKeyConstraint("id"),
    Index(None, "workspace", "created_at"),
)

receipt = Table(
    "receipt",
    metadata,
    _in_workspace(),
    Column("request", String, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    PrimaryKeyConstraint("workspace", "request"),
    Index(None, "workspace", "created_at"),
)

home = Table(
    "home",
    metadata,
    _in_workspace(),
    Column("person", String, nullable=False),
    # When they first opened Home: it is kept up to date for those who have.
    Column("opened_at", Moment),
    # When they first asked a live model.
    Column("asked_at", Moment),
    # Since when they do not wish to hear what a model has learned from them.
    Column("notices_off_at", Moment),
    PrimaryKeyConstraint("workspace", "person"),
)

# What a person put right in an answer of /ner; the spans are those of their annotation.
correction = Table(
    "correction",
    metadata,
    *_of_sentence(),
    Column("person", String, nullable=False),
    # The version that was wrong, and the newest one that was asked since.
    Column("version", Id, nullable=False),
    Column("asked", Id, nullable=False),
    # The event of the step that put it right, if it changed anything: taken back, it counts no more.
    Column("step_id", Id),
    Column("created_at", Moment, nullable=False),
    Column("told_at", Moment),
    PrimaryKeyConstraint("workspace", "project_id", "sentence_id", "person"),
)
Index(
    "ix_correction_untold",
    correction.c.workspace,
    correction.c.project_id,
    correction.c.created_at,
    **_where("told_at IS NULL"),
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
    # Since when its files are cleared away, and known to be damaged.
    Column("gone_at", Moment),
    Column("damaged_at", Moment),
    PrimaryKeyConstraint("workspace", "project_id", "version"),
    ForeignKeyConstraint(
        ["workspace", "project_id", "run_id"], ["run.workspace", "run.project_id", "run.id"]
    ),
)

role = Table(
    "role",
    metadata,
    _in_workspace(),
    Column("person", String, nullable=False),
    Column("role", String, nullable=False),
    Column("created_at", Moment, nullable=False),
    PrimaryKeyConstraint("workspace", "person"),
)

# Which project a channel uses; one without a row uses the default one.
channel = Table(
    "channel",
    metadata,
    *_in_project(),
    Column("channel", String, nullable=False),
    Column("created_at", Moment, nullable=False),
    PrimaryKeyConstraint("workspace", "channel"),
)

# What was asked before something is changed everywhere, bound to the one person for ten minutes.
confirmation = Table(
    "confirmation",
    metadata,
    Column("id", String, nullable=False),
    *_in_project(),
    Column("person", String, nullable=False),
    Column("command", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    PrimaryKeyConstraint("id"),
    Index(None, "workspace", "created_at"),
)

# What a merge of labels found, by its event: that is what its undo brings back. The spans of a
# reviewer's decision stand beside those of annotations, under the person nobody is: ''.
merged = Table(
    "merged",
    metadata,
    *_of_sentence(),
    Column("event_id", Id, nullable=False),
    Column("person", String, nullable=False),
    Column("spans", Spans, nullable=False),
    PrimaryKeyConstraint("workspace", "project_id", "event_id", "sentence_id", "person"),
    Index(None, "workspace", "project_id", "sentence_id"),
)

decision = Table(
    "decision",
    metadata,
    *_of_sentence(),
    Column("spans", Spans, nullable=False),
    Column("person", String, nullable=False),
    Column("reason", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    PrimaryKeyConstraint("workspace", "project_id", "sentence_id"),
)

# The phrases a decision was about, folded: what the decision says of each is read in its spans.
precedent = Table(
    "precedent",
    metadata,
    *_of_sentence(),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("phrase", Text, nullable=False),
    PrimaryKeyConstraint("workspace", "project_id", "sentence_id", "start", "end"),
    Index(None, "workspace", "project_id", "phrase"),
)
