"""Who cancelled a training, so that whoever asked for it is told."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    """Of those of before nobody is told any more."""
    op.add_column("run", sa.Column("cancelled_by", sa.String(), nullable=True))
