"""Channels whose messages the live model reads, what it found in them, and where that goes."""

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from bot.db.tables.columns import id_column, in_project, metadata, where
from bot.db.types import Id, Moment, Tokens

# A channel that a project watches. Times of messages are Slack's own, such as 1700000000.000100: they compare as texts.
watch = Table(
    "watch",
    metadata,
    id_column(),
    *in_project(),
    Column("channel", String, nullable=False),
    Column("person", String, nullable=False),
    # The oldest message that is read. Of those before the watch began: the oldest that was; null: all of them were.
    Column("since", String, nullable=False),
    Column("reached", String),
    # Until here nothing is missing: after a pause Slack is asked from here on.
    Column("complete_to", String, nullable=False),
    # The last event of the project that was looked at for corrections.
    Column("event_position", BigInteger, nullable=False),
    # Why Slack does not show the channel: its own word.
    Column("refused", String),
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("workspace", "id"),
    UniqueConstraint("workspace", "project_id", "channel"),
    sqlite_autoincrement=True,
)

# A message of a watched channel. Slack keeps its text: here it is only where the project's setting keeps it.
watched_message = Table(
    "watched_message",
    metadata,
    id_column(),
    *in_project(),
    Column("watch_id", Id, nullable=False),
    Column("ts", String, nullable=False),
    Column("thread_ts", String),
    Column("author", String, nullable=False),
    # When it was edited last; its own time before that.
    Column("revision", String, nullable=False),
    # waiting, read, empty (nothing to read in it), gone (deleted in Slack).
    Column("state", String, nullable=False),
    # The model that read it.
    Column("model", Integer),
    Column("text", Text),
    # How many entities it has ever had: the next one has the next number.
    Column("entities", Integer, nullable=False, server_default="0"),
    # Until when a process reads it, or it is left alone after it could not be read; and how often that was.
    Column("claimed_until", Moment),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("created_at", Moment, nullable=False),
    Column("read_at", Moment),
    ForeignKeyConstraint(["workspace", "watch_id"], ["watch.workspace", "watch.id"]),
    UniqueConstraint("workspace", "id"),
    UniqueConstraint("workspace", "watch_id", "ts"),
    Index("ix_watched_message_waiting", "ts", **where("state = 'waiting'")),
    Index("ix_watched_message_created_at", "created_at"),
    sqlite_autoincrement=True,
)

# By what a sentence of a message is known again without its text: so many bits of a hash.
watched_sentence = Table(
    "watched_sentence",
    metadata,
    *in_project(),
    Column("message_id", Id, nullable=False),
    Column("number", Integer, nullable=False),
    Column("digest", BigInteger, nullable=False),
    # The sentence of the project by which people say what is in it; it may be gone by now.
    Column("sentence_id", Id),
    ForeignKeyConstraint(
        ["workspace", "message_id"], ["watched_message.workspace", "watched_message.id"]
    ),
    PrimaryKeyConstraint("workspace", "message_id", "number"),
    Index("ix_watched_sentence_digest", "workspace", "project_id", "digest"),
    Index("ix_watched_sentence_sentence_id", "sentence_id", **where("sentence_id IS NOT NULL")),
)

# What was found in a message, as it is now.
entity = Table(
    "entity",
    metadata,
    id_column(),
    *in_project(),
    Column("message_id", Id, nullable=False),
    # What outputs know it by, whatever becomes of it.
    Column("key", String, nullable=False),
    # Which sentence of the message, from 1; code points in it, the end exclusive.
    Column("sentence", Integer, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("label", String, nullable=False),
    # So many bits of a hash of its text.
    Column("digest", BigInteger, nullable=False),
    # How sure the model is; null where a person says so.
    Column("score", Float),
    Column("model", Integer),
    # out, asked (too unsure to be sent), refused (a person said no), retracted.
    Column("state", String, nullable=False),
    ForeignKeyConstraint(
        ["workspace", "message_id"], ["watched_message.workspace", "watched_message.id"]
    ),
    UniqueConstraint("workspace", "key"),
    Index("ix_entity_message_id", "message_id"),
    sqlite_autoincrement=True,
)

# What outputs are told, in the order in which it is committed: they read it up to a place.
entity_change = Table(
    "entity_change",
    metadata,
    id_column(),
    *in_project(),
    Column("entity_id", Id, nullable=False),
    # found, amended, retracted.
    Column("kind", String, nullable=False),
    # With the text of the entity, until every output has it.
    Column("data", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Index("ix_entity_change_project_id", "workspace", "project_id", "id"),
    Index("ix_entity_change_entity_id", "entity_id"),
    sqlite_autoincrement=True,
)

# What is asked about: an entity that is too unsure to go out, in its sentence until somebody has answered.
entity_card = Table(
    "entity_card",
    metadata,
    id_column(),
    *in_project(),
    Column("entity_id", Id, nullable=False),
    Column("message_id", Id, nullable=False),
    Column("sentence", Text, nullable=False),
    Column("tokens", Tokens, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("answered_at", Moment),
    # yes, no, edit; and who said so.
    Column("answer", String),
    Column("person", String),
    UniqueConstraint("workspace", "entity_id"),
    Index("ix_entity_card_waiting", "workspace", "project_id", **where("answered_at IS NULL")),
    sqlite_autoincrement=True,
)

output = Table(
    "output",
    metadata,
    id_column(),
    *in_project(),
    Column("kind", String, nullable=False),
    # A path, a URL or an id of Slack's, as the kind has it; and what else it needs to know, as JSON.
    Column("target", Text, nullable=False),
    Column("settings", Text, nullable=False),
    # Whoever is told when it fails for a day.
    Column("person", String, nullable=False),
    # The last change it has.
    Column("position", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("error", String),
    # When it is tried again, and until when a process is at it.
    Column("due_at", Moment, nullable=False),
    Column("claimed_until", Moment),
    Column("failing_since", Moment),
    # Since when it gets nothing until it is resumed.
    Column("paused_at", Moment),
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("workspace", "id"),
    sqlite_autoincrement=True,
)

# What an output of Slack's made for a message or an entity, so that it can change it: a reply's time, a row's id.
output_place = Table(
    "output_place",
    metadata,
    *in_project(),
    Column("output_id", Id, nullable=False),
    Column("about", String, nullable=False),
    Column("place", Text, nullable=False),
    ForeignKeyConstraint(["workspace", "output_id"], ["output.workspace", "output.id"]),
    PrimaryKeyConstraint("workspace", "output_id", "about"),
)
