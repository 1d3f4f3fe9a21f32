"""Let a run keep when it began, what it learned from, the end of its log and which request it came of, and let a
project train after so many finished sentences."""

import sqlalchemy as sa
from alembic import op

from bot.db.migrations.tables.columns import ID, MOMENT

revision = "0010"
down_revision = "0007"


def upgrade() -> None:
    """Runs so far do not know these things of themselves."""
    op.add_column("run", sa.Column("started_at", MOMENT, nullable=True))
    op.add_column("run", sa.Column("waits_for", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("run", sa.Column("fingerprint", sa.String(), nullable=True))
    op.add_column("run", sa.Column("log", sa.Text(), nullable=True))
    op.add_column("run", sa.Column("request", sa.String(), nullable=True))
    _unique("uq_run_request", "run", ["workspace", "request"], "request IS NOT NULL")
    op.create_table(
        "auto",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("project_id", ID, nullable=False),
        sa.Column("every", sa.Integer(), nullable=False),
        sa.Column("base", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("off_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace", "project_id"],
            ["project.workspace", "project.id"],
            name="fk_auto_workspace_project_id",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_auto"),
        sqlite_autoincrement=True,
    )
    _unique("uq_auto_on", "auto", ["workspace", "project_id"], "off_at IS NULL")


def _unique(name: str, table: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, table, columns, unique=True, sqlite_where=where, postgresql_where=where)
