"""Let a run say whether it learns from unfinished sentences, too."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """All runs so far learned from finished sentences alone."""
    op.add_column(
        "run",
        sa.Column("with_unfinished", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
