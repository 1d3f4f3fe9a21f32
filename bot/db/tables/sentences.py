"""Sentences, what people labelled in them, and the events of it."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from bot.db.tables.columns import (
    UNRANKED,
    id_column,
    in_project,
    metadata,
    of_sentence,
    where,
)
from bot.db.types import Id, Moment, Spans, Tokens, Value
from bot.domain.steps import AnnotationState

sentence = Table(
    "sentence",
    metadata,
    id_column(),
    *in_project(),
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
    # The document it was imported as a piece of.
    Column("document", Text),
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

Index("ix_sentence_shared", *_sentence_key, **where("finished_by > 1"))

annotation = Table(
    "annotation",
    metadata,
    *of_sentence(),
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
    **where("NOT finished AND spans <> '[]'"),
)

# What was finished since a day began: with all that is asked of it, so that the rows need not be read.
Index(
    "ix_annotation_finished",
    annotation.c.workspace,
    annotation.c.project_id,
    annotation.c.updated_at,
    annotation.c.person,
    annotation.c.sentence_id,
    **where("finished"),
)

event = Table(
    "event",
    metadata,
    id_column(),
    *in_project(),
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

# What was done to labels is looked for whenever an old step is undone.
Index(
    "ix_event_of_project",
    event.c.workspace,
    event.c.project_id,
    event.c.id,
    **where("sentence_id IS NULL"),
)

flag = Table(
    "flag",
    metadata,
    *of_sentence(),
    Column("person", String, nullable=False),
    Column("note", Text, nullable=False),
    Column("flagged_at", Moment, nullable=False),
    PrimaryKeyConstraint("workspace", "project_id", "sentence_id", "person"),
)

# What a merge of labels found, by its event: that is what its undo brings back. The spans of a
# reviewer's decision stand beside those of annotations, under the person nobody is: ''.
merged = Table(
    "merged",
    metadata,
    *of_sentence(),
    Column("event_id", Id, nullable=False),
    Column("person", String, nullable=False),
    Column("spans", Spans, nullable=False),
    PrimaryKeyConstraint("workspace", "project_id", "event_id", "sentence_id", "person"),
    Index(None, "workspace", "project_id", "sentence_id"),
)
