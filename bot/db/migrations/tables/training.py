"""The queue, trainings and models."""

import sqlalchemy as sa
from alembic import op

from bot.db.migrations.tables.columns import ID, MOMENT, where


def create_queue() -> None:
    """Who has which sentence."""
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


def create_skips() -> None:
    """Which sentences people do not want."""
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


def create_schedules() -> None:
    """When a project trains."""
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
        **where("off_at IS NULL"),
    )


def create_runs() -> None:
    """Trainings."""
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
    active = where("state IN ('queued', 'running')")
    op.create_index("uq_run_active", "run", ["workspace", "project_id"], unique=True, **active)


def create_models() -> None:
    """Models."""
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
