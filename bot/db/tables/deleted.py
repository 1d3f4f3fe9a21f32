"""Sentences that were deleted and can come back."""

from sqlalchemy import Column, PrimaryKeyConstraint, String, Table, Text

from bot.db.tables.columns import in_project, metadata
from bot.db.types import Id, Moment

# All rows about a sentence, out of everybody's sight until it comes back or is forgotten.
bin_ = Table(
    "bin",
    metadata,
    *in_project(),
    Column("sentence_id", Id, nullable=False),
    Column("text", Text, nullable=False),
    Column("rows", Text, nullable=False),
    Column("person", String, nullable=False),
    Column("created_at", Moment, nullable=False),
    PrimaryKeyConstraint("workspace", "project_id", "sentence_id"),
)
