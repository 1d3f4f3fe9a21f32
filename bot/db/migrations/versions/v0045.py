"""Whether what a project watches has become another stream."""

import sqlalchemy as sa
from alembic import op

from bot.db.migrations.tables.columns import ID, MOMENT

revision = "0045"
down_revision = "0044"


def upgrade() -> None:
    """Each test begins with the next message."""
    op.create_table(
        "stream_drift",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("project_id", ID, nullable=False),
        sa.Column("model", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("alarms", sa.Integer(), nullable=False),
        sa.Column("change", sa.Text()),
        sa.Column("noticed_at", MOMENT),
        sa.Column("queued_at", MOMENT),
        sa.PrimaryKeyConstraint("workspace", "project_id", name="pk_stream_drift"),
        sa.ForeignKeyConstraint(
            ["workspace", "project_id"],
            ["project.workspace", "project.id"],
            name="fk_stream_drift_workspace_project_id",
        ),
    )
