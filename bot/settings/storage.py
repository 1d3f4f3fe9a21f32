"""The settings of what nerbot keeps: its folder, its database, its models, and their backups."""

from pathlib import Path
from typing import Annotated
from urllib.parse import unquote, urlsplit

from pydantic import SecretStr, field_validator
from pydantic_settings import BaseSettings

from bot.settings.field import Secret, setting

OBJECTS = r"^((s3|gs)://[a-z0-9][a-z0-9._-]{1,254}(/[^\s?#]*)?|file:///[^\s?#]+)$"
"""The addresses of object stores."""


class StorageSettings(BaseSettings):
    """Where everything is kept, and how it is copied."""

    data: Annotated[
        Path,
        setting(
            "NERBOT_DATA",
            "the folder of the database, the models, the trainings that run, and the encoder's vectors",
        ),
    ] = Path("data")
    models: Annotated[
        str | None,
        setting(
            "NERBOT_MODELS",
            "where several bots share their models: `s3://bucket/folder`, `gs://bucket/folder` (both need the extra "
            "`nerbot[objects]`) or `file:///folder`; unset: they are in the data folder alone",
            pattern=OBJECTS,
        ),
    ] = None
    database_url: Annotated[
        Secret,
        setting(
            "NERBOT_DATABASE_URL",
            "`postgresql+asyncpg://…` or `sqlite+aiosqlite:///…`; unset: SQLite in the data folder",
        ),
    ] = None
    empty_database: Annotated[
        bool,
        setting(
            "NERBOT_EMPTY_DATABASE",
            "`true`: start with an empty database although the data folder holds models of an earlier one",
        ),
    ] = False
    reserve_mb: Annotated[
        int,
        setting(
            "NERBOT_RESERVE_MB",
            "megabytes of the data folder's disk that are kept for deletions",
            ge=0,
        ),
    ] = 16
    backup: Annotated[
        str | None,
        setting(
            "NERBOT_BACKUP",
            "when to make a backup, in words (`every day at 03:00`) or cron; SQLite only",
        ),
    ] = None
    backup_keep: Annotated[
        int,
        setting("NERBOT_BACKUP_KEEP", "how many of those are kept", ge=1),
    ] = 7
    backup_folder: Annotated[
        str | None,
        setting(
            "NERBOT_BACKUP_FOLDER",
            "where they are kept: a folder, better on another disk, or an address as of `NERBOT_MODELS`; unset: "
            "`backups` in the data folder",
        ),
    ] = None

    @field_validator("database_url")
    @classmethod
    def _known_driver(cls, value: SecretStr | None) -> SecretStr | None:
        if value and not value.get_secret_value().startswith(
            ("sqlite+aiosqlite:", "postgresql+asyncpg:")
        ):
            raise ValueError("has to start with sqlite+aiosqlite:// or postgresql+asyncpg://")
        return value

    @property
    def database(self) -> str:
        """The database's URL; a SQLite file in the data folder where none is set."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite+aiosqlite:///{self.data.absolute() / 'nerbot.db'}"

    @property
    def database_secrets(self) -> frozenset[str]:
        """The URL with its password, and the password, as it is written there and as it is."""
        if self.database_url is None:
            return frozenset()
        url = self.database_url.get_secret_value()
        password = urlsplit(url).password
        return frozenset({url, password, unquote(password)} if password else {url})
