"""Keep the number of waiting sentences beside the project: each card tells it, and counting 100,000 takes 7 ms."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

# After what, of which row, on which condition, and by how much the number changes.
_CHANGES = (
    ("INSERT", "NEW", "NEW.finished_by = 0", "1"),
    (
        "UPDATE",
        "NEW",
        "(NEW.finished_by = 0) <> (OLD.finished_by = 0)",
        "CASE WHEN NEW.finished_by = 0 THEN 1 ELSE -1 END",
    ),
    ("DELETE", "OLD", "OLD.finished_by = 0", "-1"),
)


def upgrade() -> None:
    """Count once; from then on the database itself keeps the number, whoever writes."""
    op.add_column("project", sa.Column("waiting", sa.Integer(), nullable=False, server_default="0"))
    op.execute(
        "UPDATE project SET waiting = (SELECT count(*) FROM sentence WHERE finished_by = 0 "
        "AND sentence.workspace = project.workspace AND sentence.project_id = project.id)"
    )
    for change in _CHANGES:
        _keep(*change)


def _keep(verb: str, row: str, condition: str, more: str) -> None:
    name = f"waiting_after_{verb.lower()}"
    change = (
        f"UPDATE project SET waiting = waiting + {more} "  # noqa: S608 - only words from above
        f"WHERE workspace = {row}.workspace AND id = {row}.project_id;"
    )
    trigger = f"CREATE TRIGGER {name} AFTER {verb} ON sentence FOR EACH ROW"
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"{trigger} WHEN {condition} BEGIN {change} END")
        return
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {change} RETURN NULL; END $$"
    )
    op.execute(f"{trigger} WHEN ({condition}) EXECUTE FUNCTION {name}()")
