"""Let people forget: what is still to be removed, who was taken out, and events whose person is erased."""

import sqlalchemy as sa
from alembic import op

from bot.db.migrations.tables.columns import ID, MOMENT

revision = "0027"
down_revision = "0026"

#: What may change in an event: whose it is, and only so that nobody is named.
_ERASES = "new.person = 'nobody' OR new.detail LIKE '%\"nobody\"%'"
_STEP = (
    "id",
    "workspace",
    "project_id",
    "kind",
    "sentence_id",
    "before",
    "after",
    "undoes",
    "request",
    "created_at",
)


def upgrade() -> None:
    """Nothing was forgotten before this."""
    op.add_column("model", sa.Column("stale_at", MOMENT))
    op.add_column("project", sa.Column("deleted_at", MOMENT))
    op.create_table(
        "bin",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("project_id", ID, nullable=False),
        sa.Column("sentence_id", ID, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("rows", sa.Text(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace", "project_id"],
            ["project.workspace", "project.id"],
            name="fk_bin_workspace_project_id",
        ),
        sa.PrimaryKeyConstraint("workspace", "project_id", "sentence_id", name="pk_bin"),
    )
    op.create_table(
        "erasure",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("project_id", ID, nullable=False),
        sa.Column("person", sa.String()),
        sa.Column("vectors", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("cleaned_at", MOMENT),
        sa.Column("done_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_erasure"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "departure",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("workspace", name="pk_departure"),
    )
    _let_names_be_erased(op.get_bind().dialect.name == "sqlite")


def _let_names_be_erased(is_sqlite: bool) -> None:  # noqa: FBT001
    if is_sqlite:
        same = " AND ".join(f'new."{name}" IS old."{name}"' for name in _STEP)
        op.execute("DROP TRIGGER event_is_never_changed")
        op.execute(
            f"CREATE TRIGGER event_is_never_changed BEFORE UPDATE ON event WHEN NOT ({same} AND ({_ERASES})) "
            "BEGIN SELECT RAISE(ABORT, 'events are only ever added'); END"
        )
        return
    same = " AND ".join(f'new."{name}" IS NOT DISTINCT FROM old."{name}"' for name in _STEP)
    op.execute(
        "CREATE OR REPLACE FUNCTION refuse_changed_event() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF {same} AND ({_ERASES}) THEN RETURN new; END IF; "
        "RAISE EXCEPTION 'events are only ever added'; END $$"
    )
