"""The workspaces that installed nerbot, and what Slack gave it for each: see slack_sdk's installation stores.

The library's three tables belong to no workspace: before it is known which one a request is of, and on the page where
it is installed, there is none. They have its columns, wide enough for tokens that are encrypted.
"""

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
)

from bot.db.tables.columns import in_workspace, metadata
from bot.db.types import Moment

#: A workspace that uses nerbot by an installation: of its own, or of the organization it is in.
tenant = Table(
    "tenant",
    metadata,
    in_workspace(),
    # The organization (Enterprise Grid) it is in, if it is in one.
    Column("enterprise_id", String),
    # Whether the organization installed nerbot for all its workspaces.
    Column("is_org_wide", Boolean, nullable=False),
    Column("created_at", Moment, nullable=False),
    PrimaryKeyConstraint("workspace"),
)

library_metadata = MetaData()


def _whose() -> tuple[Column[int] | Column[str], ...]:
    return (
        Column("id", Integer, primary_key=True, autoincrement=True),
        Column("client_id", String(32), nullable=False),
        Column("app_id", String(32), nullable=False),
        Column("enterprise_id", String(32)),
        Column("enterprise_name", String(200)),
    )


def _bot() -> tuple[Column[str], ...]:
    return (
        Column("bot_token", Text),
        Column("bot_id", String(32)),
        Column("bot_user_id", String(32)),
        Column("bot_scopes", String(1000)),
        Column("bot_refresh_token", Text),
    )


slack_bots = Table(
    "slack_bots",
    library_metadata,
    *_whose(),
    Column("team_id", String(32)),
    Column("team_name", String(200)),
    *_bot(),
    Column("bot_token_expires_at", DateTime),
    Column("is_enterprise_install", Boolean, nullable=False),
    Column("installed_at", DateTime, nullable=False),
    Index("slack_bots_idx", "client_id", "enterprise_id", "team_id", "installed_at"),
)

slack_installations = Table(
    "slack_installations",
    library_metadata,
    *_whose(),
    Column("enterprise_url", String(200)),
    Column("team_id", String(32)),
    Column("team_name", String(200)),
    *_bot(),
    Column("bot_token_expires_at", DateTime),
    Column("user_id", String(32), nullable=False),
    Column("user_token", Text),
    Column("user_scopes", String(1000)),
    Column("user_refresh_token", Text),
    Column("user_token_expires_at", DateTime),
    Column("incoming_webhook_url", Text),
    Column("incoming_webhook_channel", String(200)),
    Column("incoming_webhook_channel_id", String(200)),
    Column("incoming_webhook_configuration_url", String(200)),
    Column("is_enterprise_install", Boolean, nullable=False),
    Column("token_type", String(32)),
    Column("installed_at", DateTime, nullable=False),
    Index(
        "slack_installations_idx",
        "client_id",
        "enterprise_id",
        "team_id",
        "user_id",
        "installed_at",
    ),
)

slack_oauth_states = Table(
    "slack_oauth_states",
    library_metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("state", String(200), nullable=False),
    Column("expire_at", DateTime, nullable=False),
)
