"""Cards of what was found in watched messages and is too unsure to go out."""

import sqlalchemy as sa
from alembic import op

from bot.db.migrations.tables.columns import ID, MOMENT, where

revision = "0042"
down_revision = "0041"


def upgrade() -> None:
    """Nobody is asked yet: the sentences of what was too unsure until now were not kept."""
    op.create_table(
        "entity_card",
        sa.Column("id", ID, primary_key=True, autoincrement=True),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("project_id", ID, nullable=False),
        sa.Column("entity_id", ID, nullable=False),
        sa.Column("message_id", ID, nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("tokens", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("answered_at", MOMENT),
        sa.Column("answer", sa.String()),
        sa.Column("person", sa.String()),
        sa.ForeignKeyConstraint(
            ["workspace", "project_id"],
            ["project.workspace", "project.id"],
            name="fk_entity_card_workspace_project_id",
        ),
        sa.UniqueConstraint("workspace", "entity_id", name="uq_entity_card_workspace_entity_id"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_entity_card_waiting",
        "entity_card",
        ["workspace", "project_id"],
        **where("answered_at IS NULL"),
    )
