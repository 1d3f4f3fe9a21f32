"""Projects, sentences, and what people do to them."""

import sqlalchemy as sa
from alembic import op

from bot.db.migrations.tables.columns import ID, MOMENT, where


def create_projects() -> None:
    """Projects and their labels."""
    op.create_table(
        "project",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("live_version", ID, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_project"),
        sa.UniqueConstraint("workspace", "id", name="uq_project_workspace_id"),
        sa.UniqueConstraint("workspace", "name", name="uq_project_workspace_name"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "uq_project_default", "project", ["workspace"], unique=True, **where("is_default")
    )
    op.create_table(
        "label",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("project_id", ID, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace", "project_id"],
            ["project.workspace", "project.id"],
            name="fk_label_workspace_project_id",
        ),
        sa.PrimaryKeyConstraint("workspace", "project_id", "name", name="pk_label"),
    )


def create_requests() -> None:
    """What is kept between two requests of a person."""
    op.create_table(
        "receipt",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("request", sa.String(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("workspace", "request", name="pk_receipt"),
    )
    op.create_index(
        "ix_receipt_workspace_created_at", "receipt", ["workspace", "created_at"], unique=False
    )
    op.create_table(
        "offer",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("project_id", ID, nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace", "project_id"],
            ["project.workspace", "project.id"],
            name="fk_offer_workspace_project_id",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_offer"),
    )
    op.create_index(
        "ix_offer_workspace_created_at", "offer", ["workspace", "created_at"], unique=False
    )


def create_sentences() -> None:
    """Sentences."""
    op.create_table(
        "sentence",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("project_id", ID, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column("text_folded", sa.Text(), nullable=False),
        sa.Column("tokens", sa.Text(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("finished_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace", "project_id"],
            ["project.workspace", "project.id"],
            name="fk_sentence_workspace_project_id",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_sentence"),
        sa.UniqueConstraint(
            "workspace", "project_id", "id", name="uq_sentence_workspace_project_id_id"
        ),
        sa.UniqueConstraint(
            "workspace",
            "project_id",
            "text_hash",
            name="uq_sentence_workspace_project_id_text_hash",
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_sentence_shared",
        "sentence",
        ["workspace", "project_id", "id"],
        unique=False,
        **where("finished_by > 1"),
    )
    op.create_index(
        "ix_sentence_waiting",
        "sentence",
        ["workspace", "project_id", "id"],
        unique=False,
        **where("finished_by = 0"),
    )


def create_annotations() -> None:
    """What people labelled."""
    op.create_table(
        "annotation",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("project_id", ID, nullable=False),
        sa.Column("sentence_id", ID, nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("spans", sa.Text(), nullable=False),
        sa.Column("finished", sa.Boolean(), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace", "project_id", "sentence_id"],
            ["sentence.workspace", "sentence.project_id", "sentence.id"],
            name="fk_annotation_workspace_project_id_sentence_id",
        ),
        sa.PrimaryKeyConstraint(
            "workspace", "project_id", "sentence_id", "person", name="pk_annotation"
        ),
    )
    op.create_index(
        "ix_annotation_unfinished",
        "annotation",
        ["workspace", "project_id", "sentence_id"],
        unique=False,
        **where("NOT finished AND spans <> '[]'"),
    )


def create_events() -> None:
    """What people did."""
    op.create_table(
        "event",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("project_id", ID, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("sentence_id", ID, nullable=True),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("undoes", ID, nullable=True),
        sa.Column("request", sa.String(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["undoes"], ["event.id"], name="fk_event_undoes"),
        sa.ForeignKeyConstraint(
            ["workspace", "project_id", "sentence_id"],
            ["sentence.workspace", "sentence.project_id", "sentence.id"],
            name="fk_event_workspace_project_id_sentence_id",
        ),
        sa.ForeignKeyConstraint(
            ["workspace", "project_id"],
            ["project.workspace", "project.id"],
            name="fk_event_workspace_project_id",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_event"),
        sa.UniqueConstraint("undoes", name="uq_event_undoes"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_event_workspace_project_id_person_id",
        "event",
        ["workspace", "project_id", "person", "id"],
        unique=False,
    )
    op.create_index(
        "ix_event_workspace_project_id_sentence_id",
        "event",
        ["workspace", "project_id", "sentence_id"],
        unique=False,
    )
