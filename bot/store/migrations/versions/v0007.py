"""Keep where a sentence's message can be read, and who has opened Home and asked a model."""

import sqlalchemy as sa
from alembic import op

from bot.store.types import Moment

revision = "0007"
down_revision = "0003"


def upgrade() -> None:
    """Sentences so far came from commands and files, so that none has a message."""
    op.add_column("sentence", sa.Column("permalink", sa.Text()))
    op.create_table(
        "home",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("opened_at", Moment()),
        sa.Column("asked_at", Moment()),
        sa.PrimaryKeyConstraint("workspace", "person", name="pk_home"),
    )
