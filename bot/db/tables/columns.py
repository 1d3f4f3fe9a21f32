"""What the tables are made of."""

from typing import Any

from sqlalchemy import (
    Column,
    ForeignKeyConstraint,
    MetaData,
    String,
    text,
)

from bot.db.types import Id

#: The rank of a sentence that has no place in its project's order yet: after all that have, oldest first.
UNRANKED = 2**62


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def id_column() -> Column[int]:
    """The number of a row, never given twice."""
    return Column("id", Id, primary_key=True, autoincrement=True)


def in_workspace() -> Column[str]:
    """Slack's id of the workspace a row belongs to."""
    return Column("workspace", String, nullable=False)


def in_project() -> tuple[Column[Any] | ForeignKeyConstraint, ...]:
    """The project of the same workspace a row belongs to."""
    return (
        in_workspace(),
        Column("project_id", Id, nullable=False),
        ForeignKeyConstraint(["workspace", "project_id"], ["project.workspace", "project.id"]),
    )


def of_sentence() -> tuple[Column[Any] | ForeignKeyConstraint, ...]:
    """The sentence of the same project a row is about."""
    return (
        in_workspace(),
        Column("project_id", Id, nullable=False),
        Column("sentence_id", Id, nullable=False),
        ForeignKeyConstraint(
            ["workspace", "project_id", "sentence_id"],
            ["sentence.workspace", "sentence.project_id", "sentence.id"],
        ),
    )


def where(condition: str) -> dict[str, Any]:
    """A partial index, written for each database."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}
