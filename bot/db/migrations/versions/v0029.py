"""Note how far digests have told by the order of things instead of moments, and when a message was tried last."""

import sqlalchemy as sa
from alembic import op

from bot.db.migrations.tables.columns import MOMENT

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    """Digests go on from where they are."""
    op.add_column("outbox", sa.Column("tried_at", MOMENT))
    op.add_column("run", sa.Column("ended", sa.BigInteger()))
    for name in ("told_event", "told_run"):
        op.add_column(
            "digest", sa.Column(name, sa.BigInteger(), nullable=False, server_default="0")
        )
    op.execute(
        "UPDATE run SET ended = (SELECT count(*) FROM run AS other WHERE other.workspace = run.workspace "
        "AND other.state <> 'interrupted' AND (other.finished_at < run.finished_at "
        "OR (other.finished_at = run.finished_at AND other.id <= run.id))) "
        "WHERE finished_at IS NOT NULL AND state <> 'interrupted'"
    )
    op.execute(
        "UPDATE digest SET told_event = (SELECT COALESCE(max(event.id), 0) FROM event "
        "WHERE event.workspace = digest.workspace AND event.created_at < digest.since), "
        "told_run = (SELECT COALESCE(max(run.ended), 0) FROM run "
        "WHERE run.workspace = digest.workspace AND run.finished_at < digest.since)"
    )
