"""How a project's texts are redacted."""

from sqlalchemy import Column, PrimaryKeyConstraint, String, Table

from bot.db.tables.columns import in_project, metadata
from bot.db.types import Moment

redaction = Table(
    "redaction",
    metadata,
    *in_project(),
    # What pseudonyms are made with, in hex; null before one was made. A new one makes other pseudonyms.
    Column("key", String),
    Column("key_made_at", Moment),
    PrimaryKeyConstraint("workspace", "project_id"),
)
