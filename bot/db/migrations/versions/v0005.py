"""The team: roles, channels and their projects, merges of labels, a reviewer's decisions."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Nobody has a role yet, and every channel uses the default project."""
    _create_tables_of_the_team()
    _create_tables_of_review()
    op.create_index("ix_event_workspace_project_id_id", "event", ["workspace", "project_id", "id"])
    condition = sa.text("sentence_id IS NULL")
    op.create_index(
        "ix_event_of_project",
        "event",
        ["workspace", "project_id", "id"],
        sqlite_where=condition,
        postgresql_where=condition,
    )


def _create_tables_of_the_team() -> None:
    op.create_table(
        "role",
        _required("workspace", sa.String()),
        _required("person", sa.String()),
        _required("role", sa.String()),
        _required("created_at", MOMENT),
        sa.PrimaryKeyConstraint("workspace", "person", name="pk_role"),
    )
    op.create_table(
        "channel",
        *_in_project("channel"),
        _required("channel", sa.String()),
        _required("created_at", MOMENT),
        sa.PrimaryKeyConstraint("workspace", "channel", name="pk_channel"),
    )
    op.create_table(
        "confirmation",
        _required("id", sa.String()),
        *_in_project("confirmation"),
        _required("person", sa.String()),
        _required("command", sa.Text()),
        _required("created_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_confirmation"),
    )
    op.create_index(
        "ix_confirmation_workspace_created_at", "confirmation", ["workspace", "created_at"]
    )


def _create_tables_of_review() -> None:
    op.create_table(
        "merged",
        *_of_sentence("merged"),
        _required("event_id", ID),
        _required("person", sa.String()),
        _required("spans", sa.Text()),
        sa.PrimaryKeyConstraint(
            "workspace", "project_id", "event_id", "sentence_id", "person", name="pk_merged"
        ),
    )
    op.create_index(
        "ix_merged_workspace_project_id_sentence_id",
        "merged",
        ["workspace", "project_id", "sentence_id"],
    )
    op.create_table(
        "decision",
        *_of_sentence("decision"),
        _required("spans", sa.Text()),
        _required("person", sa.String()),
        _required("reason", sa.Text()),
        _required("created_at", MOMENT),
        sa.PrimaryKeyConstraint("workspace", "project_id", "sentence_id", name="pk_decision"),
    )
    op.create_table(
        "precedent",
        *_of_sentence("precedent"),
        _required("start", sa.Integer()),
        _required("end", sa.Integer()),
        _required("phrase", sa.Text()),
        sa.PrimaryKeyConstraint(
            "workspace", "project_id", "sentence_id", "start", "end", name="pk_precedent"
        ),
    )
    op.create_index(
        "ix_precedent_workspace_project_id_phrase",
        "precedent",
        ["workspace", "project_id", "phrase"],
    )


def _required(name: str, kind: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def _in_project(table: str) -> tuple[Any, ...]:
    return (
        _required("workspace", sa.String()),
        _required("project_id", ID),
        sa.ForeignKeyConstraint(
            ["workspace", "project_id"],
            ["project.workspace", "project.id"],
            name=f"fk_{table}_workspace_project_id",
        ),
    )


def _of_sentence(table: str) -> tuple[Any, ...]:
    return (
        _required("workspace", sa.String()),
        _required("project_id", ID),
        _required("sentence_id", ID),
        sa.ForeignKeyConstraint(
            ["workspace", "project_id", "sentence_id"],
            ["sentence.workspace", "sentence.project_id", "sentence.id"],
            name=f"fk_{table}_workspace_project_id_sentence_id",
        ),
    )
