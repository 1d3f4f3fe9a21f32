"""Which older nerbots may still use the database: see COMPATIBLE_FROM."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"


def upgrade() -> None:
    """One row, which every upgrade writes; it belongs to no workspace, as Alembic's own table does not."""
    made = op.create_table(
        "schema_compatibility", sa.Column("compatible_from", sa.String(), nullable=False)
    )
    assert made is not None
    op.bulk_insert(made, [{"compatible_from": revision}])
