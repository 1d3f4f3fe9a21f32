"""Sentences of watched channels that are drawn to be checked."""

import sqlalchemy as sa
from alembic import op

from bot.db.migrations.tables.columns import ID, MOMENT, where

revision = "0044"
down_revision = "0043"


def upgrade() -> None:
    """Nothing is drawn yet."""
    _make(
        "stream_draw",
        sa.Column("model", sa.Integer(), nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("out", sa.Integer(), nullable=False),
        sa.Column("empty", sa.Integer(), nullable=False),
        sa.UniqueConstraint("workspace", "id", name="uq_stream_draw_workspace_id"),
    )
    op.create_index(
        "uq_stream_draw_open",
        "stream_draw",
        ["workspace", "project_id"],
        unique=True,
        **where("closed_at IS NULL"),
    )
    _make(
        "drawn_sentence",
        sa.Column("draw_id", ID, nullable=False),
        sa.Column("stratum", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("tokens", sa.Text(), nullable=False),
        sa.Column("spans", sa.Text(), nullable=False),
        sa.Column("went_out", sa.String(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("checked_at", MOMENT),
        sa.Column("said", sa.String()),
        sa.Column("person", sa.String()),
        sa.Column("sentence_id", ID),
        sa.ForeignKeyConstraint(
            ["workspace", "draw_id"],
            ["stream_draw.workspace", "stream_draw.id"],
            name="fk_drawn_sentence_workspace_draw_id",
        ),
        sa.UniqueConstraint(
            "workspace",
            "draw_id",
            "stratum",
            "place",
            name="uq_drawn_sentence_workspace_draw_id_stratum_place",
        ),
    )


def _make(name: str, *columns: sa.Column[object] | sa.Constraint) -> None:
    op.create_table(
        name,
        sa.Column("id", ID, primary_key=True, autoincrement=True),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("project_id", ID, nullable=False),
        *columns,
        sa.ForeignKeyConstraint(
            ["workspace", "project_id"],
            ["project.workspace", "project.id"],
            name=f"fk_{name}_workspace_project_id",
        ),
        sqlite_autoincrement=True,
    )
