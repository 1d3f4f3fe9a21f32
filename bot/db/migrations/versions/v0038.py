"""Tokens with which programs act for a person in one project."""

import sqlalchemy as sa
from alembic import op

from bot.db.migrations.tables.columns import ID, MOMENT

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    """None is there at first."""
    op.create_table(
        "api_token",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("project_id", ID, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("scopes", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("last_used_at", MOMENT),
        sa.Column("revoked_at", MOMENT),
        sa.ForeignKeyConstraint(
            ["workspace", "project_id"],
            ["project.workspace", "project.id"],
            name="fk_api_token_workspace_project_id",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_api_token"),
        sa.UniqueConstraint("hash", name="uq_api_token_hash"),
        sqlite_autoincrement=True,
    )
