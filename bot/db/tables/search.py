"""Where to look for words: what letters the sentences of a project have, a few thousand sentences at a time."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
)

from bot.db.tables.columns import in_workspace, metadata
from bot.db.types import Id

# Each has the sentences whose ids come after those of the one before it, up to its own last id. A trigger empties the
# one from which a sentence is taken, or to which one comes back; it is made again later.
search_segment = Table(
    "search_segment",
    metadata,
    in_workspace(),
    Column("project_id", Id, nullable=False),
    Column("last_id", Id, nullable=False),
    Column("first_id", Id, nullable=False),
    # How many sentences, and their ids; 0 and nothing in one that is to be made again.
    Column("size", Integer, nullable=False),
    Column("sentences", LargeBinary),
    # A project that an older nerbot deletes takes them along.
    ForeignKeyConstraint(
        ["workspace", "project_id"], ["project.workspace", "project.id"], ondelete="CASCADE"
    ),
    PrimaryKeyConstraint("workspace", "project_id", "last_id"),
    sqlite_with_rowid=False,
)

# Which sentences of a segment have some letters one after the other. A trigger deletes them with what is in the
# segment: a reference would be checked thousands of times when a segment is written.
search_posting = Table(
    "search_posting",
    metadata,
    in_workspace(),
    Column("project_id", Id, nullable=False),
    Column("last_id", Id, nullable=False),
    Column("gram", BigInteger, nullable=False),
    Column("places", LargeBinary, nullable=False),
    PrimaryKeyConstraint("workspace", "project_id", "last_id", "gram"),
    sqlite_with_rowid=False,
)
