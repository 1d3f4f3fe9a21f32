"""A project has a language, by which its words are told apart."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    """All of before are in English."""
    op.add_column(
        "project", sa.Column("language", sa.String(), nullable=False, server_default="en")
    )
