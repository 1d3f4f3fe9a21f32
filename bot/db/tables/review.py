"""Decisions of reviewers, and corrections of answers."""

from sqlalchemy import (
    Column,
    Float,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
)

from bot.db.tables.columns import metadata, of_sentence, where
from bot.db.types import Id, Moment, Spans

# What a person put right in an answer of /ner; the spans are those of their annotation.
correction = Table(
    "correction",
    metadata,
    *of_sentence(),
    Column("person", String, nullable=False),
    # The version that was wrong, and the newest one that was asked since.
    Column("version", Id, nullable=False),
    Column("asked", Id, nullable=False),
    # The event of the step that put it right, if it changed anything: undone, it counts no more.
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
    **where("told_at IS NULL"),
)

decision = Table(
    "decision",
    metadata,
    *of_sentence(),
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
    *of_sentence(),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("phrase", Text, nullable=False),
    PrimaryKeyConstraint("workspace", "project_id", "sentence_id", "start", "end"),
    Index(None, "workspace", "project_id", "phrase"),
)

# Finished sentences that may be labelled wrongly, by the last training: how probably, and how a model reads them that
# did not learn them.
suspicion = Table(
    "suspicion",
    metadata,
    *of_sentence(),
    Column("probability", Float, nullable=False),
    Column("spans", Spans, nullable=False),
    Column("created_at", Moment, nullable=False),
    PrimaryKeyConstraint("workspace", "project_id", "sentence_id"),
    Index(None, "workspace", "project_id", "probability"),
)
