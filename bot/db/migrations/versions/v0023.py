"""Keep what is to be told in Slack until Slack has taken it."""

import sqlalchemy as sa
from alembic import op

from bot.db.migrations.tables.columns import ID, MOMENT, where

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Nothing waits: what was told before this was told at once or lost."""
    op.create_table(
        "outbox",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("person", sa.String()),
        sa.Column("subject", sa.String()),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("thread_of", sa.String()),
        sa.Column("final", sa.Boolean(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("state", sa.Integer(), nullable=False),
        sa.Column("delivered", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("place_channel", sa.String()),
        sa.Column("place_timestamp", sa.String()),
        sa.Column("refused", sa.String()),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("error", sa.String()),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("claimed_until", MOMENT),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("dead_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("workspace", "key", name="uq_outbox_workspace_key"),
        sqlite_autoincrement=True,
    )
    waits = where("delivered < state AND dead_at IS NULL")
    op.create_index("ix_outbox_due", "outbox", ["due_at"], **waits)
