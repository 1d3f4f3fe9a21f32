"""Keep the number of waiting sentences beside the project: each card tells it, and counting 100,000 takes 7 ms."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

# What each kind of statement gives and takes; SQLite asks about one row at a time.
_ROW = "CASE {row}.finished_by WHEN 0 THEN 1 ELSE 0 END"
_ROWS = "SELECT workspace, project_id, {sign} 1 AS more FROM {rows} WHERE finished_by = 0"
_CHANGES = {"INSERT": ("new",), "UPDATE": ("new", "old"), "DELETE": ("old",)}
_SIGNS = {"new": "+", "old": "-"}


def upgrade() -> None:
    """Count once; from then on the database itself keeps the number, whoever writes."""
    op.add_column("project", sa.Column("waiting", sa.Integer(), nullable=False, server_default="0"))
    op.execute(
        "UPDATE project SET waiting = (SELECT count(*) FROM sentence WHERE finished_by = 0 "
        "AND sentence.workspace = project.workspace AND sentence.project_id = project.id)"
    )
    keep = _keep_on_sqlite if op.get_bind().dialect.name == "sqlite" else _keep_on_postgresql
    for verb, rows in _CHANGES.items():
        keep(verb, rows)


def _keep_on_sqlite(verb: str, rows: tuple[str, ...]) -> None:
    more = " ".join(f"{_SIGNS[row]} {_ROW.format(row=row)}" for row in rows)
    op.execute(
        f"CREATE TRIGGER waiting_after_{verb.lower()} AFTER {verb} ON sentence BEGIN "  # noqa: S608
        f"UPDATE project SET waiting = waiting {more} "
        f"WHERE workspace = {rows[0]}.workspace AND id = {rows[0]}.project_id; END"
    )


def _keep_on_postgresql(verb: str, rows: tuple[str, ...]) -> None:
    # Once a statement: a row that is updated 100,000 times in one transaction takes minutes.
    name = f"waiting_after_{verb.lower()}"
    each = " UNION ALL ".join(_ROWS.format(rows=f"{row}_rows", sign=_SIGNS[row]) for row in rows)
    tables = " ".join(f"{row.upper()} TABLE AS {row}_rows" for row in rows)
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "  # noqa: S608
        "UPDATE project SET waiting = waiting + changed.more "
        f"FROM (SELECT workspace, project_id, sum(more) AS more FROM ({each}) AS rows "
        "GROUP BY workspace, project_id) AS changed "
        "WHERE project.workspace = changed.workspace AND project.id = changed.project_id "
        "AND changed.more <> 0; RETURN NULL; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {name} AFTER {verb} ON sentence REFERENCING {tables} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
    )
