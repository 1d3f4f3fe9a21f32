"""What was to be forgotten and is not gone from the disk yet; workspaces that nerbot was taken out of."""

from sqlalchemy import Column, PrimaryKeyConstraint, String, Table, Text

from bot.db.tables.columns import id_column, in_workspace, metadata
from bot.db.types import Id, Moment

# Rows are erased in the transaction that adds this one; files, free pages and models follow.
erasure = Table(
    "erasure",
    metadata,
    id_column(),
    in_workspace(),
    # No reference: a project may be what was forgotten.
    Column("project_id", Id, nullable=False),
    # Whoever is told when nothing is left; null where the command line asked.
    Column("person", String),
    # Names of vectors, which are hashes; emptied a day later, when every bot has removed them.
    Column("vectors", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    # Since when files and free pages of the bot that erased it hold nothing of it, and since when no model does.
    Column("cleaned_at", Moment),
    Column("done_at", Moment),
    sqlite_autoincrement=True,
)

# One row a workspace that nerbot was taken out of; it goes when nerbot is back.
departure = Table(
    "departure",
    metadata,
    in_workspace(),
    Column("since", Moment, nullable=False),
    PrimaryKeyConstraint("workspace"),
)
