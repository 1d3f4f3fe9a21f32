"""Sentences of watched channels that are drawn to be checked."""

from sqlalchemy import (
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from bot.db.tables.columns import id_column, in_project, metadata, where
from bot.db.types import Id, Moment, Spans, Tokens

# One draw of a project at a time: how many sentences of each stratum have passed.
stream_draw = Table(
    "stream_draw",
    metadata,
    id_column(),
    *in_project(),
    Column("model", Integer, nullable=False),
    Column("began_at", Moment, nullable=False),
    # Since when its sentences are to be checked.
    Column("closed_at", Moment),
    Column("asked", Integer, nullable=False),
    Column("out", Integer, nullable=False),
    Column("empty", Integer, nullable=False),
    UniqueConstraint("workspace", "id"),
    sqlite_autoincrement=True,
)

Index(
    "uq_stream_draw_open",
    stream_draw.c.workspace,
    stream_draw.c.project_id,
    unique=True,
    **where("closed_at IS NULL"),
)

# A sentence in one of the places of a draw, until another one takes it, somebody has checked it, or two weeks are over.
drawn_sentence = Table(
    "drawn_sentence",
    metadata,
    id_column(),
    *in_project(),
    Column("draw_id", Id, nullable=False),
    Column("stratum", String, nullable=False),
    Column("place", Integer, nullable=False),
    Column("sentence", Text, nullable=False),
    Column("tokens", Tokens, nullable=False),
    # What the model found, and a 1 for each entity that went out, a 0 for each that was asked about.
    Column("spans", Spans, nullable=False),
    Column("went_out", String, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("checked_at", Moment),
    # right, edit, skip; and who said so.
    Column("said", String),
    Column("person", String),
    # The sentence of the project that it became.
    Column("sentence_id", Id),
    ForeignKeyConstraint(["workspace", "draw_id"], ["stream_draw.workspace", "stream_draw.id"]),
    UniqueConstraint("workspace", "draw_id", "stratum", "place"),
    sqlite_autoincrement=True,
)

# The test of whether what a project watches has become another stream: statistics, no text.
stream_drift = Table(
    "stream_drift",
    metadata,
    *in_project(),
    # The live model whose stream it is.
    Column("model", Integer, nullable=False),
    Column("state", Text, nullable=False),
    # How often somebody was told; what was noticed last, when, and since when sentences of it are in the queue.
    Column("alarms", Integer, nullable=False),
    Column("change", Text),
    Column("noticed_at", Moment),
    Column("queued_at", Moment),
    PrimaryKeyConstraint("workspace", "project_id"),
)
