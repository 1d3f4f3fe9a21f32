"""Who has which sentence, and what came to whom."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    PrimaryKeyConstraint,
    String,
    Table,
    false,
)

from bot.db.tables.columns import in_project, metadata, of_sentence, where
from bot.db.types import Moment

hand = Table(
    "hand",
    metadata,
    *of_sentence(),
    Column("person", String, nullable=False),
    Column("taken_at", Moment, nullable=False),
    PrimaryKeyConstraint("workspace", "project_id", "person"),
    Index(None, "workspace", "project_id", "sentence_id"),
)

# What came to whom of the sentences that still wait; rows go when enough people have finished the sentence.
handed = Table(
    "handed",
    metadata,
    *of_sentence(),
    Column("person", String, nullable=False),
    Column("handed_at", Moment, nullable=False),
    # Finished, skipped or flagged by this person.
    Column("answered", Boolean, nullable=False, server_default=false()),
    PrimaryKeyConstraint("workspace", "project_id", "person", "sentence_id"),
    Index(None, "workspace", "project_id", "sentence_id"),
)

_of_person = (handed.c.workspace, handed.c.project_id, handed.c.person)

Index(
    "ix_handed_open",
    *_of_person,
    handed.c.handed_at,
    handed.c.sentence_id,
    **where("NOT answered"),
)

Index("ix_handed_answered", *_of_person, **where("answered"))

# From where on a person's next sentence is looked for: all that wait before it have come to them.
bookmark = Table(
    "bookmark",
    metadata,
    *in_project(),
    Column("person", String, nullable=False),
    Column("rank", BigInteger, nullable=False),
    Column("sentence_id", BigInteger, nullable=False),
    PrimaryKeyConstraint("workspace", "project_id", "person"),
)

skip = Table(
    "skip",
    metadata,
    *of_sentence(),
    Column("person", String, nullable=False),
    Column("skipped_at", Moment, nullable=False),
    PrimaryKeyConstraint("workspace", "project_id", "person", "sentence_id"),
    Index(None, "workspace", "project_id", "sentence_id"),
)

# To whom something was suggested in which sentence: their labels are not given blind.
shown = Table(
    "shown",
    metadata,
    *of_sentence(),
    Column("person", String, nullable=False),
    Column("shown_at", Moment, nullable=False),
    PrimaryKeyConstraint("workspace", "project_id", "person", "sentence_id"),
    Index(None, "workspace", "project_id", "sentence_id"),
)
