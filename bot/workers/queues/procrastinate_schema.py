"""Procrastinate's tables, which are in our database: made once, and brought to what the installed package needs."""

from collections.abc import Mapping
from pathlib import Path

from bot.db.database import Database
from bot.workers.repositories import procrastinate

TABLES = "procrastinate"
"""What its tables are called where all of them are made at once."""


async def pending(database: Database) -> tuple[str, ...]:
    """What `upgrade` would apply; raises ModuleNotFoundError where the extra is not installed."""
    scripts = _scripts()
    before = await procrastinate.applied(database)
    return (TABLES,) if before is None else due(scripts, before)


async def upgrade(database: Database) -> tuple[str, ...]:
    """Make the tables, or apply to them what is due; those that were applied. Any number of bots, workers and
    migrations may be at it. Raises ModuleNotFoundError where the extra is not installed."""
    scripts = _scripts()
    before = await procrastinate.applied(database)
    if before is None:
        made = await procrastinate.apply_schema(database, _schema(), newest=max(scripts))
        return (TABLES,) if made else ()
    return tuple(
        [
            name
            for name in due(scripts, before)
            if await procrastinate.apply_migration(database, name, scripts[name])
        ]
    )


async def prepare(database: Database) -> None:
    """As `upgrade`, where the extra is installed. A bot does without it where the tables are there; raises
    ModuleNotFoundError where they are not."""
    try:
        await upgrade(database)
    except ModuleNotFoundError:
        if await procrastinate.applied(database) is None:
            raise


def due(scripts: Mapping[str, str], before: str) -> tuple[str, ...]:
    """The migrations after this one, in their order, up to the last that workers of now need.

    What Procrastinate calls “post” takes away what older workers need. Those at the end stay until the next upgrade
    begins, when no older worker is left.
    """
    names = sorted(name for name in scripts if name > before)
    while names and "_post_" in names[-1]:
        names.pop()
    return tuple(names)


def _scripts() -> dict[str, str]:
    from procrastinate.schema import SchemaManager  # noqa: PLC0415 - an extra

    folder = Path(SchemaManager.get_migrations_path())
    return {path.stem: path.read_text("utf-8") for path in folder.glob("*.sql")}


def _schema() -> str:
    from procrastinate.schema import SchemaManager  # noqa: PLC0415 - an extra

    return SchemaManager.get_schema()
