"""Keep what people put right in answers of /ner, and who does not wish to hear when a model has learned it."""

import sqlalchemy as sa
from alembic import op

from bot.db.migrations.tables.columns import ID, MOMENT

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """What was put right so far is not known to have been, and everybody is told."""
    op.add_column("home", sa.Column("notices_off_at", MOMENT))
    op.create_table(
        "correction",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("project_id", ID, nullable=False),
        sa.Column("sentence_id", ID, nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("version", ID, nullable=False),
        sa.Column("asked", ID, nullable=False),
        sa.Column("step_id", ID),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("told_at", MOMENT),
        sa.ForeignKeyConstraint(
            ["workspace", "project_id", "sentence_id"],
            ["sentence.workspace", "sentence.project_id", "sentence.id"],
            name="fk_correction_workspace_project_id_sentence_id",
        ),
        sa.PrimaryKeyConstraint(
            "workspace", "project_id", "sentence_id", "person", name="pk_correction"
        ),
    )
    where = sa.text("told_at IS NULL")
    op.create_index(
        "ix_correction_untold",
        "correction",
        ["workspace", "project_id", "created_at"],
        sqlite_where=where,
        postgresql_where=where,
    )
