"""The tables. Each carries the workspace, and what points at a row of another table names the
workspace as well, so that no row can refer across that border."""

from bot.db.tables import (
    counters,
    deleted,
    erasure,
    exchange,
    health,
    jobs,
    outbox,
    projects,
    queue,
    redaction,
    requests,
    review,
    search,
    sentences,
    tenants,
    tokens,
    training,
    watching,
    webhooks,
)
from bot.db.tables.columns import metadata

__all__ = [
    "counters",
    "deleted",
    "erasure",
    "exchange",
    "health",
    "jobs",
    "metadata",
    "outbox",
    "projects",
    "queue",
    "redaction",
    "requests",
    "review",
    "search",
    "sentences",
    "tenants",
    "tokens",
    "training",
    "watching",
    "webhooks",
]
