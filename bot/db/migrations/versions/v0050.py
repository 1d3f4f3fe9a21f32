"""PostgreSQL's row-level security on every table with a workspace: `bot.db.row_security` has the policy.

A nerbot from before does not say which workspaces its transactions are for, so it would see nothing: it cannot use the
database any more.
"""

from alembic import op

from bot.db.row_security import secure_tables

revision = "0050"
down_revision = "0049"


def upgrade() -> None:
    """Later revisions need not think of it: after every upgrade the tables that are new get theirs."""
    secure_tables(op.get_bind())
