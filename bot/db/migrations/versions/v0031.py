"""Labels are told apart without case, and with `-`, `_` and a blank alike."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    """Labels of before are capitals, digits and underscores: no two of them become alike."""
    op.add_column("label", sa.Column("name_key", sa.String(), nullable=False, server_default=""))
    op.execute("UPDATE label SET name_key = lower(name)")
    op.create_index(
        "uq_label_name_key", "label", ["workspace", "project_id", "name_key"], unique=True
    )
