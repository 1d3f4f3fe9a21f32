"""Jobs that workers carry out."""

import sqlalchemy as sa
from alembic import op

from bot.db.migrations.tables.columns import ID, MOMENT

revision = "0047"
down_revision = "0046"


def upgrade() -> None:
    """There are none yet."""
    op.create_table(
        "job",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("project_id", ID),
        sa.Column("run_id", ID),
        sa.Column("folder", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("worker", sa.String(), nullable=False),
        sa.Column("beat", sa.BigInteger(), nullable=False),
        sa.Column("progress", sa.Text()),
        sa.Column("queue_id", sa.BigInteger()),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_job"),
        sa.ForeignKeyConstraint(
            ["workspace", "project_id", "run_id"],
            ["run.workspace", "run.project_id", "run.id"],
            name="fk_job_workspace_project_id_run_id",
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_job_run_id", "job", ["run_id"])
