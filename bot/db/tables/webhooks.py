"""Where what happens in a project is sent, and how far each receiver has got."""

from sqlalchemy import BigInteger, Column, Integer, String, Table, Text

from bot.db.tables.columns import id_column, in_project, metadata
from bot.db.types import Moment

# The record of a project is what is sent: a receiver has read it up to a place, and nothing is written where it waits.
webhook = Table(
    "webhook",
    metadata,
    id_column(),
    *in_project(),
    Column("url", Text, nullable=False),
    # The kinds of notification it gets, with blanks between them.
    Column("kinds", Text, nullable=False),
    # What its notifications are signed with; the one before stays valid for a day after a change.
    Column("secret", String, nullable=False),
    Column("secret_before", String),
    Column("rotated_at", Moment),
    # Whoever is told when it fails for a day.
    Column("person", String, nullable=False),
    # The last event of the project, the last ended training of the workspace, and the last change of an entity that
    # it has.
    Column("event_position", BigInteger, nullable=False),
    Column("run_position", BigInteger, nullable=False),
    Column("entity_position", BigInteger, nullable=False, server_default="0"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("error", String),
    # When it is tried again, and until when a process is at it.
    Column("due_at", Moment, nullable=False),
    Column("claimed_until", Moment),
    Column("failing_since", Moment),
    # Since when it gets nothing until it is resumed.
    Column("paused_at", Moment),
    Column("created_at", Moment, nullable=False),
    sqlite_autoincrement=True,
)
