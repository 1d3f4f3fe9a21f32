"""Keep who has used nerbot in which channel, and which projects are only for the people of their channels."""

import sqlalchemy as sa
from alembic import op

from bot.db.migrations.tables.columns import MOMENT

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Every project stays open to its workspace and shut to guests; who was where was not kept."""
    op.add_column(
        "project", sa.Column("is_open", sa.Boolean(), nullable=False, server_default=sa.true())
    )
    op.add_column(
        "project", sa.Column("guests", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("project", sa.Column("made_in", sa.String()))
    op.create_table(
        "channel_member",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("is_guest", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("workspace", "person", "channel", name="pk_channel_member"),
    )
