"""What is kept between two requests of a person."""

from sqlalchemy import (
    Column,
    Float,
    Index,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
)

from bot.db.tables.columns import in_project, in_workspace, metadata
from bot.db.types import Moment

offer = Table(
    "offer",
    metadata,
    Column("id", String, nullable=False),
    *in_project(),
    Column("person", String, nullable=False),
    # Named for what was kept first.
    Column("question", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    PrimaryKeyConstraint("id"),
    Index(None, "workspace", "created_at"),
)

receipt = Table(
    "receipt",
    metadata,
    in_workspace(),
    Column("request", String, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    PrimaryKeyConstraint("workspace", "request"),
    Index(None, "workspace", "created_at"),
)

home = Table(
    "home",
    metadata,
    in_workspace(),
    Column("person", String, nullable=False),
    # When they first opened Home: it is kept up to date for those who have.
    Column("opened_at", Moment),
    # When they first asked a live model.
    Column("asked_at", Moment),
    # Since when they do not wish to hear what a model has learned from them.
    Column("notices_off_at", Moment),
    # The time zone they said they are in.
    Column("timezone", String),
    # When they were last told what waits for reviewers, and since when they do not wish to be.
    Column("reminded_at", Moment),
    Column("reminders_off_at", Moment),
    PrimaryKeyConstraint("workspace", "person"),
)

# What was asked before something is changed everywhere, bound to the one person for ten minutes.
confirmation = Table(
    "confirmation",
    metadata,
    Column("id", String, nullable=False),
    *in_project(),
    Column("person", String, nullable=False),
    Column("command", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    PrimaryKeyConstraint("id"),
    Index(None, "workspace", "created_at"),
)

# A leaky bucket of each workspace, for the bots of one database together.
request_allowance = Table(
    "request_allowance",
    metadata,
    in_workspace(),
    # When what was taken has run off again, in seconds since 1970 by the database's clock.
    Column("used_until", Float(53), nullable=False),
    PrimaryKeyConstraint("workspace"),
)
