"""Say of each model whether its files are gone or damaged, and of each project when a new one goes live by itself."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0011"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """All models so far have their files, and go live unless they are worse."""
    op.add_column("model", sa.Column("gone_at", MOMENT))
    op.add_column("model", sa.Column("damaged_at", MOMENT))
    policy = sa.Column("live_policy", sa.String(), nullable=False, server_default="not_worse")
    op.add_column("project", policy)
