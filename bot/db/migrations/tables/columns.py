"""Types of columns that every revision uses."""

from typing import Any

import sqlalchemy as sa

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def where(condition: str) -> dict[str, Any]:
    """A partial index, written for each database."""
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}
