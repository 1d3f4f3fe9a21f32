"""Note what was imported, and where in its files each sentence was."""

import sqlalchemy as sa
from alembic import op

from bot.db.migrations.tables.columns import ID, MOMENT

revision = "0033"
down_revision = "0032"

_PROJECT = ("workspace", "project_id")
_SENTENCE = (*_PROJECT, "sentence_id")


def upgrade() -> None:
    """Nothing was imported before this."""
    op.add_column("sentence", sa.Column("document", sa.Text()))
    op.create_table(
        "import_run",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("project_id", ID, nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("options", sa.Text(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT),
        sa.ForeignKeyConstraint(
            _PROJECT, ["project.workspace", "project.id"], name="fk_import_run_workspace_project_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_import_run"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "origin",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("project_id", ID, nullable=False),
        sa.Column("sentence_id", ID, nullable=False),
        sa.Column("import_id", ID, nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.Text()),
        sa.Column("gap", sa.Text()),
        sa.Column("meta", sa.Text()),
        sa.Column("suggestions", sa.Text()),
        sa.Column("effort", sa.Text()),
        sa.ForeignKeyConstraint(
            _SENTENCE,
            ["sentence.workspace", "sentence.project_id", "sentence.id"],
            name="fk_origin_workspace_project_id_sentence_id",
        ),
        sa.PrimaryKeyConstraint("workspace", "project_id", "import_id", "place", name="pk_origin"),
    )
    op.create_index("ix_origin_workspace_project_id_sentence_id", "origin", [*_SENTENCE])
