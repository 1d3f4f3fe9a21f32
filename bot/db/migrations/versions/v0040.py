"""Watched channels: their messages, the entities in them, and the outputs those go to."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from bot.db.migrations.tables.columns import ID, MOMENT, where

revision = "0040"
down_revision = "0039"

_TO_MESSAGE = (["workspace", "message_id"], ["watched_message.workspace", "watched_message.id"])


def upgrade() -> None:
    """No channel is watched at first, no text is kept, and webhooks have had no entity."""
    _make_watches()
    _make_entities()
    _make_outputs()
    op.add_column(
        "webhook",
        sa.Column("entity_position", sa.BigInteger(), nullable=False, server_default="0"),
    )
    op.add_column(
        "project", sa.Column("message_days", sa.Integer(), nullable=False, server_default="0")
    )
    op.add_column(
        "project", sa.Column("rereads", sa.Boolean(), nullable=False, server_default=sa.false())
    )


def _make_watches() -> None:
    _make(
        "watch",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("since", sa.String(), nullable=False),
        sa.Column("reached", sa.String()),
        sa.Column("complete_to", sa.String(), nullable=False),
        sa.Column("event_position", sa.BigInteger(), nullable=False),
        sa.Column("refused", sa.String()),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.UniqueConstraint("workspace", "id", name="uq_watch_workspace_id"),
        sa.UniqueConstraint(
            "workspace", "project_id", "channel", name="uq_watch_workspace_project_id_channel"
        ),
    )
    _make(
        "watched_message",
        sa.Column("watch_id", ID, nullable=False),
        sa.Column("ts", sa.String(), nullable=False),
        sa.Column("thread_ts", sa.String()),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("revision", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("model", sa.Integer()),
        sa.Column("text", sa.Text()),
        sa.Column("entities", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("claimed_until", MOMENT),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("read_at", MOMENT),
        sa.ForeignKeyConstraint(
            ["workspace", "watch_id"],
            ["watch.workspace", "watch.id"],
            name="fk_watched_message_workspace_watch_id",
        ),
        sa.UniqueConstraint("workspace", "id", name="uq_watched_message_workspace_id"),
        sa.UniqueConstraint(
            "workspace", "watch_id", "ts", name="uq_watched_message_workspace_watch_id_ts"
        ),
    )
    op.create_index(
        "ix_watched_message_waiting", "watched_message", ["ts"], **where("state = 'waiting'")
    )
    op.create_index("ix_watched_message_created_at", "watched_message", ["created_at"])
    _make(
        "watched_sentence",
        sa.Column("message_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.BigInteger(), nullable=False),
        sa.Column("sentence_id", ID),
        sa.ForeignKeyConstraint(*_TO_MESSAGE, name="fk_watched_sentence_workspace_message_id"),
        key=("workspace", "message_id", "number"),
    )
    op.create_index(
        "ix_watched_sentence_digest", "watched_sentence", ["workspace", "project_id", "digest"]
    )
    op.create_index(
        "ix_watched_sentence_sentence_id",
        "watched_sentence",
        ["sentence_id"],
        **where("sentence_id IS NOT NULL"),
    )


def _make_entities() -> None:
    _make(
        "entity",
        sa.Column("message_id", ID, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("sentence", sa.Integer(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("digest", sa.BigInteger(), nullable=False),
        sa.Column("score", sa.Float()),
        sa.Column("model", sa.Integer()),
        sa.Column("state", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(*_TO_MESSAGE, name="fk_entity_workspace_message_id"),
        sa.UniqueConstraint("workspace", "key", name="uq_entity_workspace_key"),
    )
    op.create_index("ix_entity_message_id", "entity", ["message_id"])
    _make(
        "entity_change",
        sa.Column("entity_id", ID, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
    )
    op.create_index(
        "ix_entity_change_project_id", "entity_change", ["workspace", "project_id", "id"]
    )
    op.create_index("ix_entity_change_entity_id", "entity_change", ["entity_id"])


def _make_outputs() -> None:
    _make(
        "output",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("error", sa.String()),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("claimed_until", MOMENT),
        sa.Column("failing_since", MOMENT),
        sa.Column("paused_at", MOMENT),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.UniqueConstraint("workspace", "id", name="uq_output_workspace_id"),
    )
    _make(
        "output_place",
        sa.Column("output_id", ID, nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace", "output_id"],
            ["output.workspace", "output.id"],
            name="fk_output_place_workspace_output_id",
        ),
        key=("workspace", "output_id", "about"),
    )


def _make(name: str, *columns: Any, key: Sequence[str] = ()) -> None:
    """A table in a project, with ids of its own where no other key is named."""
    ids = () if key else (sa.Column("id", ID, autoincrement=True, nullable=False),)
    numbered: dict[str, Any] = {} if key else {"sqlite_autoincrement": True}
    op.create_table(
        name,
        *ids,
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("project_id", ID, nullable=False),
        *columns,
        sa.ForeignKeyConstraint(
            ["workspace", "project_id"],
            ["project.workspace", "project.id"],
            name=f"fk_{name}_workspace_project_id",
        ),
        sa.PrimaryKeyConstraint(*(key or ("id",)), name=f"pk_{name}"),
        **numbered,
    )
