"""Keep each person's time zone, and when they were last told what waits for them."""

import sqlalchemy as sa
from alembic import op

from bot.db.migrations.tables.columns import MOMENT

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    """Nobody's time zone is known, and nobody was told."""
    op.add_column("home", sa.Column("timezone", sa.String()))
    op.add_column("home", sa.Column("reminded_at", MOMENT))
    op.add_column("home", sa.Column("reminders_off_at", MOMENT))
