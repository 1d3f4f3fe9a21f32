"""Note to whom something was suggested in which sentence, so that second opinions are known to be blind."""

import sqlalchemy as sa
from alembic import op

from bot.db.migrations.tables.columns import ID, MOMENT

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    """It was not noted until now, so whoever has finished a sentence counts as having seen a suggestion."""
    op.create_table(
        "shown",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("project_id", ID, nullable=False),
        sa.Column("sentence_id", ID, nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("shown_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace", "project_id", "sentence_id"],
            ["sentence.workspace", "sentence.project_id", "sentence.id"],
            name="fk_shown_workspace_project_id_sentence_id",
        ),
        sa.PrimaryKeyConstraint(
            "workspace", "project_id", "person", "sentence_id", name="pk_shown"
        ),
    )
    key = ["workspace", "project_id", "sentence_id"]
    op.create_index("ix_shown_workspace_project_id_sentence_id", "shown", key)
    op.execute(
        "INSERT INTO shown (workspace, project_id, sentence_id, person, shown_at) "
        "SELECT workspace, project_id, sentence_id, person, updated_at FROM annotation WHERE finished"
    )
