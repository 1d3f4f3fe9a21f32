"""The first tables."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def upgrade() -> None:
    """Create them, and see to it that events are never changed."""
    _create_tables()
    _refuse_changed_events()


def _create_tables() -> None:
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
        "uq_project_default", "project", ["workspace"], unique=True, **_where("is_default")
    )
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
    op.create_table(
        "schedule",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("project_id", ID, nullable=False),
        sa.Column("cron", sa.String(), nullable=False),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("next_due", MOMENT, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("off_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace", "project_id"],
            ["project.workspace", "project.id"],
            name="fk_schedule_workspace_project_id",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_schedule"),
        sa.UniqueConstraint(
            "workspace", "project_id", "id", name="uq_schedule_workspace_project_id_id"
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "uq_schedule_on",
        "schedule",
        ["workspace", "project_id"],
        unique=True,
        **_where("off_at IS NULL"),
    )
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
        **_where("finished_by > 1"),
    )
    op.create_index(
        "ix_sentence_waiting",
        "sentence",
        ["workspace", "project_id", "id"],
        unique=False,
        **_where("finished_by = 0"),
    )
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
        **_where("NOT finished AND spans <> '[]'"),
    )
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
    op.create_table(
        "hand",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("project_id", ID, nullable=False),
        sa.Column("sentence_id", ID, nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("taken_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace", "project_id", "sentence_id"],
            ["sentence.workspace", "sentence.project_id", "sentence.id"],
            name="fk_hand_workspace_project_id_sentence_id",
        ),
        sa.PrimaryKeyConstraint("workspace", "project_id", "person", name="pk_hand"),
    )
    op.create_index(
        "ix_hand_workspace_project_id_sentence_id",
        "hand",
        ["workspace", "project_id", "sentence_id"],
        unique=False,
    )
    op.create_table(
        "handed",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("project_id", ID, nullable=False),
        sa.Column("sentence_id", ID, nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("handed_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace", "project_id", "sentence_id"],
            ["sentence.workspace", "sentence.project_id", "sentence.id"],
            name="fk_handed_workspace_project_id_sentence_id",
        ),
        sa.PrimaryKeyConstraint(
            "workspace", "project_id", "person", "sentence_id", name="pk_handed"
        ),
    )
    op.create_index(
        "ix_handed_workspace_project_id_sentence_id",
        "handed",
        ["workspace", "project_id", "sentence_id"],
        unique=False,
    )
    op.create_table(
        "run",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("project_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("preset", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("retry_of", ID, nullable=True),
        sa.Column("schedule_id", ID, nullable=True),
        sa.Column("slot", MOMENT, nullable=True),
        sa.Column("sentences", sa.Integer(), nullable=False),
        sa.Column("message", sa.String(), nullable=True),
        sa.Column("message_channel", sa.String(), nullable=True),
        sa.Column("progress", sa.Text(), nullable=True),
        sa.Column("evaluation", sa.Text(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("version", ID, nullable=True),
        sa.Column("went_live", sa.Boolean(), nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("lease_until", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace", "project_id", "retry_of"],
            ["run.workspace", "run.project_id", "run.id"],
            name="fk_run_workspace_project_id_retry_of",
        ),
        sa.ForeignKeyConstraint(
            ["workspace", "project_id", "schedule_id"],
            ["schedule.workspace", "schedule.project_id", "schedule.id"],
            name="fk_run_workspace_project_id_schedule_id",
        ),
        sa.ForeignKeyConstraint(
            ["workspace", "project_id"],
            ["project.workspace", "project.id"],
            name="fk_run_workspace_project_id",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_run"),
        sa.UniqueConstraint("retry_of", name="uq_run_retry_of"),
        sa.UniqueConstraint("schedule_id", "slot", name="uq_run_schedule_id_slot"),
        sa.UniqueConstraint("workspace", "project_id", "id", name="uq_run_workspace_project_id_id"),
        sa.UniqueConstraint(
            "workspace", "project_id", "number", name="uq_run_workspace_project_id_number"
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "uq_run_active",
        "run",
        ["workspace", "project_id"],
        unique=True,
        **_where("state IN ('queued', 'running')"),
    )
    op.create_table(
        "skip",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("project_id", ID, nullable=False),
        sa.Column("sentence_id", ID, nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("skipped_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace", "project_id", "sentence_id"],
            ["sentence.workspace", "sentence.project_id", "sentence.id"],
            name="fk_skip_workspace_project_id_sentence_id",
        ),
        sa.PrimaryKeyConstraint("workspace", "project_id", "person", "sentence_id", name="pk_skip"),
    )
    op.create_index(
        "ix_skip_workspace_project_id_sentence_id",
        "skip",
        ["workspace", "project_id", "sentence_id"],
        unique=False,
    )
    op.create_table(
        "model",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("project_id", ID, nullable=False),
        sa.Column("version", ID, nullable=False),
        sa.Column("labels", sa.Text(), nullable=False),
        sa.Column("evaluation", sa.Text(), nullable=True),
        sa.Column("run_id", ID, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace", "project_id", "run_id"],
            ["run.workspace", "run.project_id", "run.id"],
            name="fk_model_workspace_project_id_run_id",
        ),
        sa.ForeignKeyConstraint(
            ["workspace", "project_id"],
            ["project.workspace", "project.id"],
            name="fk_model_workspace_project_id",
        ),
        sa.PrimaryKeyConstraint("workspace", "project_id", "version", name="pk_model"),
    )


def _refuse_changed_events() -> None:
    # DELETE stays possible: to forget a text means to erase its events as well.
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER event_is_never_changed BEFORE UPDATE ON event "
            "BEGIN SELECT RAISE(ABORT, 'events are only ever added'); END"
        )
        return
    op.execute(
        "CREATE FUNCTION refuse_changed_event() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'events are only ever added'; END $$"
    )
    op.execute(
        "CREATE TRIGGER event_is_never_changed BEFORE UPDATE ON event "
        "FOR EACH ROW EXECUTE FUNCTION refuse_changed_event()"
    )
