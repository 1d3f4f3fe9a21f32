"""Projects, their labels, the channels bound to them, and roles."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    true,
)

from bot.db.tables.columns import id_column, in_project, in_workspace, metadata, where
from bot.db.types import Id, Moment

project = Table(
    "project",
    metadata,
    id_column(),
    in_workspace(),
    Column("name", String, nullable=False),
    Column("is_default", Boolean, nullable=False),
    # The live pointer: moved by compare-and-set, never followed without the model's own row.
    Column("live_version", Id),
    Column("live_since", Moment),
    Column("created_at", Moment, nullable=False),
    # How many sentences fewer people have finished than are wanted: kept by triggers (migration 0004).
    Column("waiting", Integer, nullable=False, server_default="0"),
    Column("annotations_per_sentence", Integer, nullable=False, server_default="1"),
    Column("random_share", Float, nullable=False, server_default="0.25"),
    # The share of its finished sentences that a second person labels, too, and from which confidence on a suggestion
    # is one tap.
    Column("second_share", Float, nullable=False, server_default="0"),
    Column("confidence", Float, nullable=False, server_default="0.8"),
    # Where the order of its sentences comes from: the model's version, 0 for a first batch without one.
    Column("ranked_by", Integer),
    # The newest sentence that order knows of, and the last place in it: places are never given twice.
    Column("ranked_to", BigInteger, nullable=False, server_default="0"),
    Column("last_rank", BigInteger, nullable=False, server_default="0"),
    Column("ranking_owner", String),
    Column("ranking_until", Moment),
    # Since when it is out of sight; its name is free for another one then.
    Column("deleted_at", Moment),
    Column("live_policy", String, nullable=False, server_default="not_worse"),
    # Closed: only for people of its channels. Guests are people of other workspaces.
    Column("is_open", Boolean, nullable=False, server_default=true()),
    Column("guests", Boolean, nullable=False, server_default=false()),
    # The channel (or person, in a direct message) it was made in; null before it was kept. It counts as the project's
    # channel until the project is bound to one.
    Column("made_in", String),
    # spaCy's code of the language its words are told apart by: stored token offsets come from it.
    Column("language", String, nullable=False, server_default="en"),
    # How many days the texts of watched messages are kept, and whether a new live model reads those again.
    # Labels, with commas between them, that are masked in what others send before it is stored.
    Column("redacts", String, nullable=False, server_default=""),
    Column("message_days", Integer, nullable=False, server_default="0"),
    Column("rereads", Boolean, nullable=False, server_default=false()),
    # The share of what goes out that is promised to be right; null: nothing is.
    Column("precision", Float),
    UniqueConstraint("workspace", "id"),
    UniqueConstraint("workspace", "name"),
    # Ids are never given twice: old buttons, receipts and slots must not meet a new row.
    sqlite_autoincrement=True,
)

Index("uq_project_default", project.c.workspace, unique=True, **where("is_default"))

label = Table(
    "label",
    metadata,
    *in_project(),
    Column("name", String, nullable=False),
    # What tells labels apart: see ner_engine.annotation.label_key.
    Column("name_key", String, nullable=False, server_default=""),
    Column("description", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    PrimaryKeyConstraint("workspace", "project_id", "name"),
    Index("uq_label_name_key", "workspace", "project_id", "name_key", unique=True),
)

role = Table(
    "role",
    metadata,
    in_workspace(),
    Column("person", String, nullable=False),
    Column("role", String, nullable=False),
    Column("created_at", Moment, nullable=False),
    PrimaryKeyConstraint("workspace", "person"),
)

# Which project a channel uses; one without a row uses the default one.
channel = Table(
    "channel",
    metadata,
    *in_project(),
    Column("channel", String, nullable=False),
    Column("created_at", Moment, nullable=False),
    PrimaryKeyConstraint("workspace", "channel"),
)

# Who has used nerbot in which channel, which shows that they were in it then; guests also where they were let in
# elsewhere. `created_at` is when it was noted last, to the day.
channel_member = Table(
    "channel_member",
    metadata,
    in_workspace(),
    Column("channel", String, nullable=False),
    Column("person", String, nullable=False),
    Column("is_guest", Boolean, nullable=False),
    Column("created_at", Moment, nullable=False),
    PrimaryKeyConstraint("workspace", "person", "channel"),
)
