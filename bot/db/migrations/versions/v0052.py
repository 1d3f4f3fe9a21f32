"""An index of letters, so that words are found in a million sentences without reading them all.

It is made afterwards, beside those who label. A segment of it from which a sentence goes, or to which one comes back,
is emptied by the database itself, whichever nerbot does that.
"""

import sqlalchemy as sa
from alembic import op

from bot.db.migrations.tables.columns import ID

revision = "0052"
down_revision = "0051"

_EMPTIED = "SET sentences = NULL, size = 0"
_COVERS = (
    "(SELECT min(covers.last_id) FROM search_segment AS covers WHERE covers.workspace = {row}.workspace "
    "AND covers.project_id = {row}.project_id AND covers.last_id >= {row}.id)"
)
_ITS_POSTINGS = (
    "DELETE FROM search_posting WHERE workspace = {row}.workspace AND project_id = {row}.project_id "
    "AND last_id = {row}.last_id"
)
_CHANGES = {"INSERT": "new", "DELETE": "old"}


def upgrade() -> None:
    """Only adds tables and what keeps them; no row is read."""
    op.create_table(
        "search_segment",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("project_id", ID, nullable=False),
        sa.Column("last_id", ID, nullable=False),
        sa.Column("first_id", ID, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sentences", sa.LargeBinary()),
        sa.ForeignKeyConstraint(
            ["workspace", "project_id"],
            ["project.workspace", "project.id"],
            ondelete="CASCADE",
            name="fk_search_segment_workspace_project_id",
        ),
        sa.PrimaryKeyConstraint("workspace", "project_id", "last_id", name="pk_search_segment"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "search_posting",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("project_id", ID, nullable=False),
        sa.Column("last_id", ID, nullable=False),
        sa.Column("gram", sa.BigInteger(), nullable=False),
        sa.Column("places", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint(
            "workspace", "project_id", "last_id", "gram", name="pk_search_posting"
        ),
        sqlite_with_rowid=False,
    )
    if op.get_bind().dialect.name == "sqlite":
        _keep_on_sqlite()
    else:
        _keep_on_postgresql()


def _keep_on_sqlite() -> None:
    for verb, row in _CHANGES.items():
        op.execute(
            f"CREATE TRIGGER search_after_{verb.lower()} AFTER {verb} ON sentence BEGIN "
            f"UPDATE search_segment {_EMPTIED} WHERE workspace = {row}.workspace AND project_id = {row}.project_id "
            f"AND last_id = {_COVERS.format(row=row)} AND sentences IS NOT NULL; END"
        )
    op.execute(
        "CREATE TRIGGER search_emptied AFTER UPDATE OF sentences ON search_segment WHEN new.sentences IS NULL BEGIN "
        f"{_ITS_POSTINGS.format(row='new')}; END"
    )
    op.execute(
        "CREATE TRIGGER search_deleted AFTER DELETE ON search_segment BEGIN "
        f"{_ITS_POSTINGS.format(row='old')}; END"
    )


def _keep_on_postgresql() -> None:
    for verb, row in _CHANGES.items():
        name, covers = f"search_after_{verb.lower()}", _COVERS.format(row="changed")
        # One after the other, by their keys: a join would read all segments for every sentence that is added.
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE it record; BEGIN "  # noqa: S608
            f"FOR it IN SELECT DISTINCT changed.workspace, changed.project_id, {covers} AS last_id "
            f"FROM {row}_rows AS changed LOOP "
            f"IF it.last_id IS NOT NULL THEN UPDATE search_segment {_EMPTIED} WHERE workspace = it.workspace "
            "AND project_id = it.project_id AND last_id = it.last_id AND sentences IS NOT NULL; END IF; "
            "END LOOP; RETURN NULL; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {name} AFTER {verb} ON sentence REFERENCING {row.upper()} TABLE AS {row}_rows "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
        )
    op.execute(
        "CREATE FUNCTION search_emptied() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"{_ITS_POSTINGS.format(row='OLD')}; RETURN NULL; END $$"
    )
    op.execute(
        "CREATE TRIGGER search_emptied AFTER UPDATE ON search_segment FOR EACH ROW "
        "WHEN (NEW.sentences IS NULL AND OLD.sentences IS NOT NULL) EXECUTE FUNCTION search_emptied()"
    )
    op.execute(
        "CREATE TRIGGER search_deleted AFTER DELETE ON search_segment FOR EACH ROW EXECUTE FUNCTION search_emptied()"
    )
