"""The queue: an order of its own, several annotations a sentence, flags, and settings of a project."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)

_CHANGES = {"INSERT": ("new",), "UPDATE": ("new", "old"), "DELETE": ("old",)}
_SIGNS = {"new": "+", "old": "-"}
_KEY = ("workspace", "project_id", "person")


def upgrade() -> None:
    """Nothing that waits now is lost: every sentence is unranked, one annotation a sentence is wanted."""
    _add_columns()
    _create_tables()
    _note_what_was_answered()
    _keep_waiting(op.get_bind().dialect.name == "sqlite")


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def _add_columns() -> None:
    for column in (
        sa.Column("annotations_per_sentence", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("random_share", sa.Float(), nullable=False, server_default="0.25"),
        sa.Column("ranked_by", sa.Integer()),
        sa.Column("ranked_to", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("last_rank", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("ranking_owner", sa.String()),
        sa.Column("ranking_until", MOMENT),
    ):
        op.add_column("project", column)
    unranked = str(2**62)
    for column in (
        sa.Column("rank", sa.BigInteger(), nullable=False, server_default=unranked),
        sa.Column("uncertainty", sa.Float()),
        sa.Column("scored_by", sa.Integer()),
    ):
        op.add_column("sentence", column)
    op.add_column(
        "handed", sa.Column("answered", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.drop_index("ix_sentence_waiting", "sentence")
    order = ["workspace", "project_id", "finished_by", "rank", "id"]
    op.create_index("ix_sentence_order", "sentence", order)
    came = [*_KEY, "handed_at", "sentence_id"]
    op.create_index("ix_handed_open", "handed", came, **_where("NOT answered"))
    op.create_index("ix_handed_answered", "handed", [*_KEY], **_where("answered"))


def _create_tables() -> None:
    op.create_table(
        "bookmark",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("project_id", ID, nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.Column("sentence_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace", "project_id"],
            ["project.workspace", "project.id"],
            name="fk_bookmark_workspace_project_id",
        ),
        sa.PrimaryKeyConstraint(*_KEY, name="pk_bookmark"),
    )
    op.create_table(
        "flag",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("project_id", ID, nullable=False),
        sa.Column("sentence_id", ID, nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("flagged_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace", "project_id", "sentence_id"],
            ["sentence.workspace", "sentence.project_id", "sentence.id"],
            name="fk_flag_workspace_project_id_sentence_id",
        ),
        sa.PrimaryKeyConstraint("workspace", "project_id", "sentence_id", "person", name="pk_flag"),
    )


def _note_what_was_answered() -> None:
    same = (
        "sentence.workspace = {0}.workspace AND sentence.project_id = {0}.project_id "
        "AND sentence.id = {0}.sentence_id"
    )
    op.execute(
        "DELETE FROM handed WHERE EXISTS (SELECT 1 FROM sentence WHERE "  # noqa: S608
        f"{same.format('handed')} AND sentence.finished_by > 0)"
    )
    op.execute(
        "INSERT INTO handed (workspace, project_id, person, sentence_id, handed_at, answered) "  # noqa: S608
        "SELECT skip.workspace, skip.project_id, skip.person, skip.sentence_id, skip.skipped_at, TRUE "
        f"FROM skip JOIN sentence ON {same.format('skip')} WHERE sentence.finished_by = 0 "
        "ON CONFLICT (workspace, project_id, person, sentence_id) DO UPDATE SET answered = TRUE"
    )


def _keep_waiting(is_sqlite: bool) -> None:  # noqa: FBT001
    keep = _keep_on_sqlite if is_sqlite else _keep_on_postgresql
    for verb, rows in _CHANGES.items():
        keep(verb, rows)
    waiting = (
        "SELECT count(*) FROM sentence WHERE workspace = new.workspace AND project_id = new.id "
        "AND finished_by < new.annotations_per_sentence"
    )
    if is_sqlite:
        op.execute(
            "CREATE TRIGGER waiting_anew AFTER UPDATE OF annotations_per_sentence ON project BEGIN "  # noqa: S608
            f"UPDATE project SET waiting = ({waiting}) WHERE id = new.id; END"
        )
        return
    op.execute(
        "CREATE FUNCTION waiting_anew() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"new.waiting := ({waiting}); RETURN new; END $$"
    )
    op.execute(
        "CREATE TRIGGER waiting_anew BEFORE UPDATE OF annotations_per_sentence ON project "
        "FOR EACH ROW EXECUTE FUNCTION waiting_anew()"
    )


def _keep_on_sqlite(verb: str, rows: tuple[str, ...]) -> None:
    name = f"waiting_after_{verb.lower()}"
    more = " ".join(f"{_SIGNS[row]} ({row}.finished_by < annotations_per_sentence)" for row in rows)
    # A new rank changes nothing here: ranks are written by the hundred thousand.
    event = "UPDATE OF finished_by" if verb == "UPDATE" else verb
    op.execute(f"DROP TRIGGER {name}")
    op.execute(
        f"CREATE TRIGGER {name} AFTER {event} ON sentence BEGIN "  # noqa: S608
        f"UPDATE project SET waiting = waiting {more} "
        f"WHERE workspace = {rows[0]}.workspace AND id = {rows[0]}.project_id; END"
    )


def _keep_on_postgresql(verb: str, rows: tuple[str, ...]) -> None:
    each = " UNION ALL ".join(
        f"SELECT workspace, project_id, finished_by, {_SIGNS[row]} 1 AS more FROM {row}_rows"  # noqa: S608
        for row in rows
    )
    # Once a statement; see migration 0002.
    op.execute(
        f"CREATE OR REPLACE FUNCTION waiting_after_{verb.lower()}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "  # noqa: S608
        "UPDATE project SET waiting = waiting + changed.more "
        f"FROM (SELECT project.id, sum(more) AS more FROM ({each}) AS rows JOIN project "
        "ON project.workspace = rows.workspace AND project.id = rows.project_id "
        "AND rows.finished_by < project.annotations_per_sentence GROUP BY project.id) AS changed "
        "WHERE project.id = changed.id AND changed.more <> 0; RETURN NULL; END $$"
    )
