"""What is to be told in Slack and was not taken by it yet."""

from sqlalchemy import Boolean, Column, Index, Integer, String, Table, Text, UniqueConstraint

from bot.db.tables.columns import id_column, in_workspace, metadata, where
from bot.db.types import Moment

outbox = Table(
    "outbox",
    metadata,
    id_column(),
    in_workspace(),
    # Which message it is: one row for all of its states.
    Column("key", String, nullable=False),
    Column("channel", String, nullable=False),
    # Whoever gets it by direct message where the channel refuses it for good.
    Column("person", String),
    # What it is about, as the reason for a direct message calls it.
    Column("subject", String),
    # The text and blocks of its newest state.
    Column("message", Text, nullable=False),
    # The key of the message in whose thread it goes.
    Column("thread_of", String),
    # No later state may take the place of this one.
    Column("final", Boolean, nullable=False),
    # What is followed anew in the same message has a higher one.
    Column("generation", Integer, nullable=False, server_default="1"),
    # Each new state has the next number; the newest that Slack has taken is `delivered`.
    Column("state", Integer, nullable=False),
    Column("delivered", Integer, nullable=False, server_default="0"),
    # Where the message is in Slack.
    Column("place_channel", String),
    Column("place_timestamp", String),
    # Why its first place was given up: Slack's own word.
    Column("refused", String),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("error", String),
    # When it is to be tried again, and until when a process does so just now.
    Column("due_at", Moment, nullable=False),
    Column("claimed_until", Moment),
    # When it was tried last and not taken.
    Column("tried_at", Moment),
    Column("created_at", Moment, nullable=False),
    # Since when it is given up.
    Column("dead_at", Moment),
    UniqueConstraint("workspace", "key"),
    sqlite_autoincrement=True,
)
Index("ix_outbox_due", outbox.c.due_at, **where("delivered < state AND dead_at IS NULL"))
