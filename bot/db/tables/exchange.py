"""What was imported, and where in its files each sentence was."""

from sqlalchemy import BigInteger, Column, Index, PrimaryKeyConstraint, String, Table, Text

from bot.db.tables.columns import id_column, in_project, metadata, of_sentence
from bot.db.types import Id, Moment

# One row a file. Its position moves in the transaction that stores what was read up to there.
import_run = Table(
    "import_run",
    metadata,
    id_column(),
    *in_project(),
    # The file's name, its sha256, and how it was asked to be read: the same of all three goes on where it was.
    Column("file", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("options", Text, nullable=False),
    Column("form", String, nullable=False),
    Column("person", String, nullable=False),
    # running, done, undoing, undone.
    Column("state", String, nullable=False),
    # How many texts of the file were stored or left out so far.
    Column("position", BigInteger, nullable=False),
    Column("report", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("finished_at", Moment),
    sqlite_autoincrement=True,
)

# Where an imported sentence was; a text that is in a file twice has two rows.
origin = Table(
    "origin",
    metadata,
    *of_sentence(),
    Column("import_id", Id, nullable=False),
    # Counted up over the file: neighbours in a document are neighbours here.
    Column("place", BigInteger, nullable=False),
    Column("line", BigInteger, nullable=False),
    Column("document", Text),
    # What is between it and the sentence before it in that document.
    Column("gap", Text),
    # What else the file says of it, as JSON.
    Column("meta", Text),
    # What models of other tools found in it, as JSON.
    Column("suggestions", Text),
    # When it was annotated by whom and how long that took, as JSON, where the file says so.
    Column("effort", Text),
    PrimaryKeyConstraint("workspace", "project_id", "import_id", "place"),
    Index(None, "workspace", "project_id", "sentence_id"),
)

# A file of a message that somebody wants imported; its bytes are in the data folder until that is decided and done.
file_import = Table(
    "file_import",
    metadata,
    id_column(),
    *in_project(),
    Column("person", String, nullable=False),
    # The file and those that go with it, as Slack named them, as JSON.
    Column("files", Text, nullable=False),
    # reading, asked, importing, done, cancelled, failed, undoing, undone.
    Column("state", String, nullable=False),
    # How many sentences were found in it; null: not known yet.
    Column("texts", BigInteger),
    # The import it became.
    Column("import_id", Id),
    # Why it was not imported.
    Column("failure", Text),
    Column("created_at", Moment, nullable=False),
    sqlite_autoincrement=True,
)
Index("ix_file_import_state", file_import.c.workspace, file_import.c.state)
