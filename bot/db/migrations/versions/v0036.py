"""Note which files of messages are to be imported."""

import sqlalchemy as sa
from alembic import op

from bot.db.migrations.tables.columns import ID, MOMENT

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    """No file was imported from Slack before this."""
    op.create_table(
        "file_import",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("project_id", ID, nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("files", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("texts", sa.BigInteger()),
        sa.Column("import_id", ID),
        sa.Column("failure", sa.Text()),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace", "project_id"],
            ["project.workspace", "project.id"],
            name="fk_file_import_workspace_project_id",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_file_import"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_file_import_state", "file_import", ["workspace", "state"])
