"""`nerbot migrate`: bring the database to this nerbot's schema before a bot or a worker starts."""

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.terminal.exit_codes import ExitCode
from bot.cli.terminal.output import AsJson, tell, tell_json

if TYPE_CHECKING:
    from bot.db.migrations import Schema
    from bot.settings import Settings


_Applied = tuple["Schema", tuple[str, ...], tuple[str, ...]]
"""The schema, and which steps: ours, and those of the queue."""


def add_migrate(commands: typer.Typer) -> None:
    """Make `migrate` known to a command line."""
    commands.command("migrate")(_migrate)


def _migrate(
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Apply nothing; say what would be applied.")
    ] = False,
    as_json: AsJson = False,
) -> int:
    """Bring the database to the newest schema; bots and workers may be running.

    In: the database that the settings name.

    Out: the revision it has, and those that were applied; with `NERBOT_JOBS=procrastinate` those of the queue of
    trainings, too. Of several that run at once one applies them, and the others wait for it. With `--check` it ends
    with 1 where some are not applied yet. A database of a newer nerbot is left as it is.
    """
    from bot.errors import StoreUnavailable  # noqa: PLC0415 - the help needs none of it
    from bot.settings import read_settings  # noqa: PLC0415 - as above

    settings = read_settings()
    schema, steps, queue = asyncio.run((_look if check else _apply)(settings))
    if check and not schema.is_usable:
        raise StoreUnavailable("the database was written by a newer nerbot; start that version")
    if as_json:
        told = "pending" if check else "applied"
        found = {"revision": schema.revision, told: list(steps), "newer": schema.is_newer}
        tell_json({**found, "queue": list(queue)} if settings.jobs == "procrastinate" else found)
    else:
        tell(_words(schema, steps, check=check))
        if queue:
            tell(_queue_words(queue, check=check))
    return ExitCode.NOTHING if check and (steps or queue) else ExitCode.FINE


async def _look(settings: "Settings") -> _Applied:
    from bot.db.migrations import Schema, pending  # noqa: PLC0415 - the database comes here
    from bot.db.revision import schema_of  # noqa: PLC0415 - as above
    from bot.db.snapshot import sqlite_file  # noqa: PLC0415 - as above

    file = sqlite_file(settings.database)
    is_new = file is not None and not file.exists()
    schema = Schema(None) if is_new else await schema_of(settings.database)
    steps = () if schema.is_newer else pending(schema.revision)
    return schema, steps, await _queue(settings, check=True)


async def _apply(settings: "Settings") -> _Applied:
    from bot.db.database import migrate  # noqa: PLC0415 - the database comes here
    from bot.db.revision import schema_of  # noqa: PLC0415 - as above
    from bot.opening import make_folder  # noqa: PLC0415 - as above

    if settings.database_url is None:
        make_folder(settings)
    applied = await migrate(settings.database)
    queue = await _queue(settings, check=False)
    return await schema_of(settings.database), applied, queue


async def _queue(settings: "Settings", *, check: bool) -> tuple[str, ...]:
    """What is applied to the tables of the queue of trainings, which are in the same database and not ours."""
    if settings.jobs != "procrastinate":
        return ()
    from bot.db.database import Database  # noqa: PLC0415 - the database comes here
    from bot.workers.opening import upgrade_queue  # noqa: PLC0415 - as above

    async with Database.attach(settings.database) as database:
        return await upgrade_queue(settings, database, check=check)


def _queue_words(queue: tuple[str, ...], *, check: bool) -> str:
    named = ", ".join(queue)
    if check:
        return f"The queue of trainings: not applied yet: {named}. nerbot migrate applies them."
    return f"The queue of trainings: applied: {named}."


def _words(schema: "Schema", steps: tuple[str, ...], *, check: bool) -> str:
    at = f"The database is at {schema.revision}" if schema.revision else "The database is empty"
    named = ", ".join(steps)
    if schema.is_newer:
        return f"{at}, which is newer than this nerbot; this nerbot can use it."
    if not steps:
        return f"{at}: nothing was to be applied."
    if check:
        return f"{at}. Not applied yet: {named}. nerbot migrate applies them."
    return f"{at}. Applied: {named}."
