"""`nerbot backup` and `nerbot restore`, on the machine nerbot runs on."""

import argparse
import asyncio
import sys
from pathlib import Path
from typing import Any

from bot.errors import NerbotError, SettingsError
from bot.settings import Settings, read_settings

_MEGABYTE = 1e6
PG_DUMP = (
    "the database is PostgreSQL, which nerbot does not copy. Use pg_dump for it (pg_dump --format=custom "
    "--file=nerbot.dump DATABASE, and pg_restore). This backup holds the live models only."
)


def add_backups(commands: Any) -> None:
    """Make the two known to a command line; each sets ``call``."""
    backup = commands.add_parser(
        "backup", help="copy the database and the live models; nerbot may be running"
    )
    backup.add_argument(
        "target",
        type=Path,
        metavar="DIR|FILE.tar",
        help="a new folder, or a new file that ends in .tar",
    )
    backup.set_defaults(call=_backup)
    restore = commands.add_parser("restore", help="put a backup back into an empty data folder")
    restore.add_argument(
        "backup", type=Path, metavar="DIR|FILE.tar", help="what nerbot backup made"
    )
    restore.add_argument(
        "folder",
        type=Path,
        nargs="?",
        metavar="FOLDER",
        help="empty or new; NERBOT_DATA where none is named",
    )
    restore.set_defaults(call=_restore)


def _backup(options: argparse.Namespace) -> int:
    return _told(lambda: _make(options.target))


def _restore(options: argparse.Namespace) -> int:
    return _told(lambda: _put_back(options.backup, options.folder))


def _told(work: Any) -> int:
    try:
        return int(work())
    except NerbotError as error:
        sys.stderr.write(f"nerbot: {error}\n")
    except OSError as error:
        sys.stderr.write(f"nerbot: {error.strerror}: {error.filename}\n")
    return 2


def _make(target: Path) -> int:
    from bot.backups.backup import make_backup  # noqa: PLC0415 - the other commands need no database
    from bot.db.snapshot import live_models, sqlite_file  # noqa: PLC0415 - as above

    settings = read_settings()
    database = sqlite_file(settings.database)
    if database is not None and not database.exists():
        raise SettingsError(f"{_named(settings)}: there is no database at {database}")
    live = () if database else asyncio.run(live_models(settings.database))
    manifest = make_backup(settings.data, target, database=database, live=live)
    size = sum(size for size, _ in manifest.files.values()) / _MEGABYTE
    sentences = manifest.counts.get("sentence", 0)
    sys.stdout.write(
        f"Backup made: {target.absolute()}\n  begun {manifest.made_at}, sentences: {sentences:,}, live models: "
        f"{_models(manifest.files):,}, {size:.1f} MB\n"
    )
    for name in manifest.missing:
        sys.stderr.write(
            f"nerbot: the files of model {name} (project/version) are not here; the backup is without them\n"
        )
    if database is None:
        sys.stderr.write(f"nerbot: {PG_DUMP}\n")
        return 1
    return 0


def _models(files: Any) -> int:
    return len({tuple(name.split("/")[1:3]) for name in files if name.startswith("models/")})


def _put_back(backup: Path, folder: Path | None) -> int:
    from bot.backups.restore import restore_backup  # noqa: PLC0415 - the other commands need no database

    target = folder or read_settings().data
    restored = restore_backup(backup, target)
    manifest = restored.manifest
    sentences = manifest.counts.get("sentence", 0)
    sys.stdout.write(
        f"Restored to {target.absolute()}\n  as of {manifest.made_at}, sentences: {sentences:,}, live models: "
        f"{_models(manifest.files):,}. Start nerbot with NERBOT_DATA={target.absolute()}\n"
    )
    if restored.held_back:
        waited = "1 message" if restored.held_back == 1 else f"{restored.held_back:,} messages"
        sys.stdout.write(
            f"  {waited} waited for Slack then and may have been told since, so nothing of that is sent: nerbot outbox "
            "lists it, nerbot outbox retry sends it\n"
        )
    if manifest.revision is None:
        sys.stderr.write("nerbot: this backup holds models only; use pg_restore for the database\n")
    return 0


def _named(settings: Settings) -> str:
    return "NERBOT_DATABASE_URL" if settings.database_url else "NERBOT_DATA"
