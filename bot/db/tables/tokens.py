"""Tokens with which programs use the API."""

from sqlalchemy import Column, String, Table, UniqueConstraint

from bot.db.tables.columns import id_column, in_project, metadata
from bot.db.types import Moment

api_token = Table(
    "api_token",
    metadata,
    id_column(),
    *in_project(),
    Column("name", String, nullable=False),
    # Words with blanks between them.
    Column("scopes", String, nullable=False),
    # Whom a program acts for.
    Column("person", String, nullable=False),
    # SHA-256 of the secret, which is kept nowhere.
    Column("hash", String, nullable=False),
    Column("created_at", Moment, nullable=False),
    # To a few minutes.
    Column("last_used_at", Moment),
    Column("revoked_at", Moment),
    UniqueConstraint("hash"),
    # A number is never given twice: requests are told apart by it.
    sqlite_autoincrement=True,
)
