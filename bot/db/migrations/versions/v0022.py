"""A digest is its channel's: it tells of the project that the channel uses at the time."""

import sqlalchemy as sa
from alembic import op

from bot.db.migrations.tables.columns import where

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Of several that a channel has, one for each project it used, the newest stays."""
    op.execute(
        sa.text(
            "UPDATE digest SET off_at = CURRENT_TIMESTAMP WHERE off_at IS NULL AND id NOT IN "
            "(SELECT max(id) FROM digest WHERE off_at IS NULL GROUP BY workspace, channel)"
        )
    )
    op.drop_index("uq_digest_on", "digest")
    with op.batch_alter_table("digest", table_kwargs={"sqlite_autoincrement": True}) as digest:
        digest.drop_constraint("fk_digest_workspace_project_id", type_="foreignkey")
        digest.drop_column("project_id")
    op.create_index(
        "uq_digest_on", "digest", ["workspace", "channel"], unique=True, **where("off_at IS NULL")
    )
