"""What the settings say about backups."""

from datetime import UTC, datetime
from pathlib import Path

from bot.backups.keeper import BackupPlan
from bot.backups.places import BackupFolder, BackupObjects, BackupPlace
from bot.db.snapshot import sqlite_file
from bot.errors import InvalidSchedule, ObjectsUnavailable, SettingsError
from bot.jobs.calendar import next_due
from bot.objects.opening import is_address
from bot.settings import Settings
from bot.training.schedule_parsing import read_schedule


def backup_plan(settings: Settings) -> BackupPlan | None:
    """When to make backups, if that is asked for; raises SettingsError for what cannot be read or done."""
    if settings.backup is None:
        return None
    database = sqlite_file(settings.database)
    if database is None:
        raise SettingsError(
            "NERBOT_BACKUP: a PostgreSQL database is copied by pg_dump, not by nerbot; leave this setting out"
        )
    try:
        read = read_schedule(settings.backup)
        zone = read.timezone or settings.timezone
        next_due(read.cron, zone, datetime.now(UTC))
    except InvalidSchedule as error:
        raise SettingsError(f"NERBOT_BACKUP: {error} Such as: every day at 03:00") from error
    return BackupPlan(
        data=settings.data,
        database=database,
        place=_place(settings),
        cron=read.cron,
        timezone=zone,
        keep=settings.backup_keep,
        models=settings.models,
    )


def _place(settings: Settings) -> BackupPlace:
    named = settings.backup_folder
    if named is None or not is_address(named):
        return BackupFolder(Path(named) if named else settings.data / "backups")
    try:
        return BackupObjects(named, settings.data)
    except (SettingsError, ObjectsUnavailable) as error:
        raise SettingsError(f"NERBOT_BACKUP_FOLDER: {error}") from error
