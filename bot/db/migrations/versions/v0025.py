"""Whether the end of a run was told: a crash between a run's end and its message left "running" in Slack for ever."""

import sqlalchemy as sa
from alembic import op

from bot.db.migrations.tables.columns import where

revision = "0025"
down_revision = "0023"


def upgrade() -> None:
    """What ended before this is not told again."""
    op.add_column("run", sa.Column("told", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(sa.text("UPDATE run SET told = TRUE WHERE state NOT IN ('queued', 'running')"))
    op.create_index("ix_run_untold", "run", ["id"], **where("NOT told"))
