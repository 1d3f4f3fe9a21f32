"""Promises of precision: which share of what goes out is to be right."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    """Nothing is promised."""
    op.add_column("project", sa.Column("precision", sa.Float()))
