"""`nerbot backup` and `nerbot restore`, on the machine nerbot runs on."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.terminal.exit_codes import ExitCode
from bot.cli.terminal.output import AsJson, tell, tell_json, warn
from bot.errors import SettingsError

if TYPE_CHECKING:
    from bot.backups.manifest import BackupManifest
    from bot.settings import Settings

_MEGABYTE = 1e6
PG_DUMP = (
    "the database is PostgreSQL, which nerbot does not copy. Use pg_dump for it (pg_dump --format=custom "
    "--file=nerbot.dump DATABASE, and pg_restore). This backup holds the live models only."
)


def add_backup(commands: typer.Typer) -> None:
    """Make `backup` known to a command line."""
    commands.command("backup")(_backup)


def add_restore(commands: typer.Typer) -> None:
    """Make `restore` known to a command line."""
    commands.command("restore")(_restore)


def _backup(
    target: Annotated[
        str,
        typer.Argument(
            metavar="DIR|FILE.tar",
            help="A new folder, or a new file that ends in .tar, such as s3://bucket/nerbot.tar.",
        ),
    ],
    *,
    as_json: AsJson = False,
) -> int:
    """Copy the database and the live models; nerbot may be running.

    In: the database and the data folder that the settings name.

    Out: the backup, and what is in it. Ends with 1 where the database is PostgreSQL, which pg_dump copies.
    """
    from bot.backups.backup import make_backup  # noqa: PLC0415 - the other commands need no database
    from bot.backups.places import sent  # noqa: PLC0415 - as above
    from bot.db.snapshot import live_models, sqlite_file  # noqa: PLC0415 - as above
    from bot.objects.opening import is_address  # noqa: PLC0415 - as above
    from bot.settings import read_settings  # noqa: PLC0415 - as above

    settings = read_settings()
    database = sqlite_file(settings.database)
    if database is not None and not database.exists():
        raise SettingsError(f"{_named(settings)}: there is no database at {database}")
    live = () if database else asyncio.run(live_models(settings.database))

    def make(path: Path) -> "BackupManifest":
        return make_backup(
            settings.data, path, database=database, live=live, models=settings.models
        )

    if is_address(target):
        where, manifest = target, sent(target, settings.data, make)
    else:
        where, manifest = str(Path(target).absolute()), make(Path(target))
    _tell_backup(where, manifest, as_json=as_json)
    if database is None:
        warn(PG_DUMP)
        return ExitCode.NOTHING
    return ExitCode.FINE


def _tell_backup(where: str, manifest: "BackupManifest", *, as_json: bool) -> None:
    size = sum(size for size, _ in manifest.files.values())
    sentences, models = manifest.counts.get("sentence", 0), _models(manifest.files)
    if as_json:
        tell_json(
            {
                "backup": where,
                "begun": manifest.made_at,
                "sentences": sentences,
                "live_models": models,
                "bytes": size,
                "missing": [*manifest.missing],
            }
        )
    else:
        tell(
            f"Backup made: {where}\n  begun {manifest.made_at}, sentences: {sentences:,}, live models: "
            f"{models:,}, {size / _MEGABYTE:.1f} MB\n"
        )
    for name in manifest.missing:
        warn(
            f"the files of model {name} (project/version) are not here; the backup is without them"
        )


def _models(files: Any) -> int:
    return len({tuple(name.split("/")[1:3]) for name in files if name.startswith("models/")})


def _restore(
    backup: Annotated[str, typer.Argument(metavar="DIR|FILE.tar", help="What nerbot backup made.")],
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="FOLDER", help="Empty or new; NERBOT_DATA where none is named."),
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Put a backup back into an empty or new data folder.

    In: what `nerbot backup` made; every byte must have the hash that was written down.

    Out: the folder, and what is in it.
    """
    from bot.backups.places import brought  # noqa: PLC0415 - the other commands need no database
    from bot.backups.restore import restore_backup  # noqa: PLC0415 - as above
    from bot.objects.opening import is_address  # noqa: PLC0415 - as above
    from bot.settings import read_settings  # noqa: PLC0415 - as above

    target = folder or read_settings().data
    if is_address(backup):
        with brought(backup, target.absolute()) as file:
            restored = restore_backup(file, target)
    else:
        restored = restore_backup(Path(backup), target)
    manifest = restored.manifest
    sentences, models = manifest.counts.get("sentence", 0), _models(manifest.files)
    if as_json:
        tell_json(
            {
                "folder": str(target.absolute()),
                "as_of": manifest.made_at,
                "sentences": sentences,
                "live_models": models,
                "held_back": restored.held_back,
            }
        )
    else:
        tell(
            f"Restored to {target.absolute()}\n  as of {manifest.made_at}, sentences: {sentences:,}, live models: "
            f"{models:,}. Start nerbot with NERBOT_DATA={target.absolute()}\n"
        )
        _tell_held_back(restored.held_back)
    if manifest.revision is None:
        warn("this backup holds models only; use pg_restore for the database")


def _tell_held_back(count: int) -> None:
    if count:
        waited = "1 message" if count == 1 else f"{count:,} messages"
        tell(
            f"  {waited} had not been sent to Slack then but may have been sent since, so nothing is sent now. To list "
            "and send: nerbot outbox, nerbot outbox retry\n"
        )


def _named(settings: "Settings") -> str:
    return "NERBOT_DATABASE_URL" if settings.database_url else "NERBOT_DATA"
