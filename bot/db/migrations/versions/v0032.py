"""Keep to whom something was suggested, which sentences may be labelled wrongly, and how often a second opinion is
asked."""

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
    op.create_table(
        "suspicion",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("project_id", ID, nullable=False),
        sa.Column("sentence_id", ID, nullable=False),
        sa.Column("probability", sa.Float(), nullable=False),
        sa.Column("spans", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace", "project_id", "sentence_id"],
            ["sentence.workspace", "sentence.project_id", "sentence.id"],
            name="fk_suspicion_workspace_project_id_sentence_id",
        ),
        sa.PrimaryKeyConstraint("workspace", "project_id", "sentence_id", name="pk_suspicion"),
    )
    op.create_index(
        "ix_suspicion_workspace_project_id_probability",
        "suspicion",
        ["workspace", "project_id", "probability"],
    )
    for name, default in (("second_share", "0"), ("confidence", "0.8")):
        op.add_column(
            "project", sa.Column(name, sa.Float(), nullable=False, server_default=default)
        )
