"""How a project's texts are redacted: the key of its pseudonyms, and what is masked before it is stored."""

import sqlalchemy as sa
from alembic import op

from bot.db.migrations.tables.columns import ID, MOMENT

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    """No project has a key, and none masks anything."""
    op.create_table(
        "redaction",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("project_id", ID, nullable=False),
        sa.Column("key", sa.String()),
        sa.Column("key_made_at", MOMENT),
        sa.Column("labels", sa.Text()),
        sa.ForeignKeyConstraint(
            ["workspace", "project_id"],
            ["project.workspace", "project.id"],
            name="fk_redaction_workspace_project_id",
        ),
        sa.PrimaryKeyConstraint("workspace", "project_id", name="pk_redaction"),
    )
