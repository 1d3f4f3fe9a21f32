"""Keep where a sentence's message can be read, since when a model is live, and who has opened Home and asked a
model."""

import sqlalchemy as sa
from alembic import op

from bot.db.types import Moment

revision = "0007"
down_revision = "0005"


def upgrade() -> None:
    """Sentences so far came from commands and files, so that none has a message; live models went live when the
    training that made them ended."""
    op.add_column("sentence", sa.Column("permalink", sa.Text()))
    op.add_column("project", sa.Column("live_since", Moment()))
    op.execute(
        "UPDATE project SET live_since = (SELECT max(run.finished_at) FROM run WHERE run.workspace = project.workspace "
        "AND run.project_id = project.id AND run.version = project.live_version) WHERE live_version IS NOT NULL"
    )
    op.create_table(
        "home",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("opened_at", Moment()),
        sa.Column("asked_at", Moment()),
        sa.PrimaryKeyConstraint("workspace", "person", name="pk_home"),
    )
