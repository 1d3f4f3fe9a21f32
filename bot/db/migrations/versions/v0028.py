"""Counters of a project's sentences, spans and people, and an index of what was finished when."""

import sqlalchemy as sa
from alembic import op

from bot.db.migrations.tables.columns import ID, where

revision = "0028"
down_revision = "0027"

_SAME = "{0}.workspace = sentence.workspace AND {0}.project_id = sentence.project_id AND {0}.sentence_id = sentence.id"
_FINISHED = f"FROM annotation WHERE {_SAME.format('annotation')} AND annotation.finished"
# One row a sentence: the sort it is of, and the spans that training would use.
_SORTED = f"""
    WITH looked AS (
        SELECT sentence.workspace, sentence.project_id, sentence.finished_by, decision.spans AS decided,
            (SELECT min(annotation.spans) {_FINISHED}) AS least,
            (SELECT max(annotation.spans) {_FINISHED}) AS most,
            EXISTS (SELECT 1 FROM annotation WHERE {_SAME.format("annotation")}
                AND NOT annotation.finished AND annotation.spans <> '[]') AS begun
        FROM sentence LEFT JOIN decision ON {_SAME.format("decision")}
    ), sorted AS (
        SELECT workspace, project_id, COALESCE(decided, least) AS spans,
            CASE WHEN finished_by = 0 THEN CASE WHEN begun THEN 'unfinished' ELSE 'untouched' END
                WHEN finished_by = 1 OR decided IS NOT NULL OR least = most THEN 'finished'
                ELSE 'disputed' END AS kind
        FROM looked
    )
"""  # noqa: S608
_INSERT = "INSERT INTO counter (workspace, project_id, kind, name, value) "
_EACH = {
    "sqlite": ("json_each(sorted.spans) AS each", "json_extract(each.value, '$[2]')"),
    "postgresql": (
        "json_array_elements(CAST(sorted.spans AS json)) AS each(value)",
        "each.value ->> 2",
    ),
}


def upgrade() -> None:
    """Count once; from then on each change counts along."""
    op.create_table(
        "counter",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("project_id", ID, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace", "project_id"],
            ["project.workspace", "project.id"],
            name="fk_counter_workspace_project_id",
        ),
        sa.PrimaryKeyConstraint("workspace", "project_id", "kind", "name", name="pk_counter"),
    )
    op.create_index(
        "ix_annotation_finished",
        "annotation",
        ["workspace", "project_id", "updated_at", "person", "sentence_id"],
        **where("finished"),
    )
    each, label = _EACH[op.get_bind().dialect.name]
    for statement in (
        "SELECT workspace, project_id, 'sentences', '', count(*) FROM sentence GROUP BY 1, 2",
        "SELECT workspace, project_id, 'person', person, count(*) FROM annotation WHERE finished GROUP BY 1, 2, 4",
        _SORTED + "SELECT workspace, project_id, kind, '', count(*) FROM sorted "  # noqa: S608
        "WHERE kind <> 'untouched' GROUP BY 1, 2, 3",
        _SORTED + f"SELECT workspace, project_id, 'label', {label}, count(*) FROM sorted "  # noqa: S608
        f"CROSS JOIN {each} WHERE kind = 'finished' GROUP BY 1, 2, 4",
    ):
        op.execute(_INSERT + statement)
