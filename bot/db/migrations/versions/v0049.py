"""Workspaces that install nerbot by themselves: slack_sdk's tables, and the workspaces that use each installation."""

import sqlalchemy as sa
from alembic import op

from bot.db.migrations.tables.columns import MOMENT

revision = "0049"
down_revision = "0048"


def upgrade() -> None:
    """Nobody has installed it so yet."""
    op.create_table(
        "tenant",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("enterprise_id", sa.String()),
        sa.Column("is_org_wide", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("workspace", name="pk_tenant"),
    )
    op.create_table(
        "slack_bots",
        *_whose(),
        *_team_and_bot(),
        sa.Column("is_enterprise_install", sa.Boolean(), nullable=False),
        sa.Column("installed_at", sa.DateTime(), nullable=False),
    )
    op.create_table(
        "slack_installations",
        *_whose(),
        sa.Column("enterprise_url", sa.String(200)),
        *_team_and_bot(),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("user_token", sa.Text()),
        sa.Column("user_scopes", sa.String(1000)),
        sa.Column("user_refresh_token", sa.Text()),
        sa.Column("user_token_expires_at", sa.DateTime()),
        sa.Column("incoming_webhook_url", sa.Text()),
        sa.Column("incoming_webhook_channel", sa.String(200)),
        sa.Column("incoming_webhook_channel_id", sa.String(200)),
        sa.Column("incoming_webhook_configuration_url", sa.String(200)),
        sa.Column("is_enterprise_install", sa.Boolean(), nullable=False),
        sa.Column("token_type", sa.String(32)),
        sa.Column("installed_at", sa.DateTime(), nullable=False),
    )
    op.create_table(
        "slack_oauth_states",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("state", sa.String(200), nullable=False),
        sa.Column("expire_at", sa.DateTime(), nullable=False),
    )
    place = ("client_id", "enterprise_id", "team_id")
    op.create_index("slack_bots_idx", "slack_bots", [*place, "installed_at"])
    op.create_index(
        "slack_installations_idx", "slack_installations", [*place, "user_id", "installed_at"]
    )


def _whose() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("client_id", sa.String(32), nullable=False),
        sa.Column("app_id", sa.String(32), nullable=False),
        sa.Column("enterprise_id", sa.String(32)),
        sa.Column("enterprise_name", sa.String(200)),
    )


def _team_and_bot() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("team_id", sa.String(32)),
        sa.Column("team_name", sa.String(200)),
        sa.Column("bot_token", sa.Text()),
        sa.Column("bot_id", sa.String(32)),
        sa.Column("bot_user_id", sa.String(32)),
        sa.Column("bot_scopes", sa.String(1000)),
        sa.Column("bot_refresh_token", sa.Text()),
        sa.Column("bot_token_expires_at", sa.DateTime()),
    )
