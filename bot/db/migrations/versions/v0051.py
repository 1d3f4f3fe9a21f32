"""How full each workspace's allowance of requests is, which the bots of one database share."""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"


def upgrade() -> None:
    """Every workspace may ask at once."""
    op.create_table(
        "request_allowance",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("used_until", sa.Float(53), nullable=False),
        sa.PrimaryKeyConstraint("workspace", name="pk_request_allowance"),
    )
