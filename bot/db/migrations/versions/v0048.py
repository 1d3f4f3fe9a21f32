"""PostgreSQL's autovacuum comes to large tables after a fiftieth of their rows has changed, not after a fifth: of ten
million annotations that would be two million, and a project's counts are read in between. Rows that are changed with
every label keep room beside them for their next form."""

from alembic import op

revision = "0048"
down_revision = "0047"

_LARGE = ("sentence", "annotation", "event", "handed", "origin", "watched_message", "entity")
_CHANGED_ALWAYS = ("counter", "project", "hand", "bookmark", "handed")


def upgrade() -> None:
    """Neither changes a row, nor keeps anybody from reading or writing."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in _LARGE:
        op.execute(
            f'ALTER TABLE "{table}" SET (autovacuum_vacuum_scale_factor = 0.02, '
            "autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02)"
        )
    for table in _CHANGED_ALWAYS:
        op.execute(f'ALTER TABLE "{table}" SET (fillfactor = 80)')
