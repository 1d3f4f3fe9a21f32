"""Webhooks: where what happens in a project is sent."""

import sqlalchemy as sa
from alembic import op

from bot.db.types import Id, Moment

revision = "0037"
down_revision = "0036"


def upgrade() -> None:
    """None are there."""
    op.create_table(
        "webhook",
        sa.Column("id", Id, primary_key=True, autoincrement=True),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("project_id", Id, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("kinds", sa.Text(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("secret_before", sa.String()),
        sa.Column("rotated_at", Moment),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("event_position", sa.BigInteger(), nullable=False),
        sa.Column("run_position", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("error", sa.String()),
        sa.Column("due_at", Moment, nullable=False),
        sa.Column("claimed_until", Moment),
        sa.Column("failing_since", Moment),
        sa.Column("paused_at", Moment),
        sa.Column("created_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["workspace", "project_id"], ["project.workspace", "project.id"]),
        sqlite_autoincrement=True,
    )
