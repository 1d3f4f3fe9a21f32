"""What is masked before it is stored is a setting of a project."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"


def upgrade() -> None:
    """No project masks anything."""
    op.add_column("project", sa.Column("redacts", sa.String(), nullable=False, server_default=""))
    op.drop_column("redaction", "labels")
