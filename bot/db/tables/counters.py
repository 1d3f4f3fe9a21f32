"""What would take long to count, counted along."""

from sqlalchemy import BigInteger, Column, PrimaryKeyConstraint, String, Table

from bot.db.tables.columns import in_project, metadata

# Kept in the transaction of every change (bot/db/records/counters.py), and checked nightly against a count.
counter = Table(
    "counter",
    metadata,
    *in_project(),
    # `sentences`, `finished`, `unfinished`, `disputed`; `label` and `person` have a name.
    Column("kind", String, nullable=False),
    Column("name", String, nullable=False),
    Column("value", BigInteger, nullable=False),
    PrimaryKeyConstraint("workspace", "project_id", "kind", "name"),
)
