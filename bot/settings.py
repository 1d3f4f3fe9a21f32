"""Typed settings from the environment; what is missing or malformed ends the start with one line that names it."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import unquote, urlsplit
from zoneinfo import available_timezones

from pydantic import SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import InitSettingsSource, NoDecode, SettingsConfigDict

from bot.errors import SettingsError
from bot.oauth_settings import OAuthSettings
from bot.oauth_settings import setting as _setting

Mode = Literal["socket", "http", "playground"]
OBJECTS = r"^((s3|gs)://[a-z0-9][a-z0-9._-]{1,254}(/[^\s?#]*)?|file:///[^\s?#]+)$"
"""The addresses of object stores."""


class Settings(OAuthSettings):
    """What the environment says. Secrets are masked wherever they are printed."""

    # An empty variable is an unset one, as a compose file with nothing filled in sends it.
    model_config = SettingsConfigDict(
        env_file=None, env_ignore_empty=True, frozen=True, hide_input_in_errors=True
    )

    bot_token: Annotated[
        SecretStr | None,
        _setting("SLACK_BOT_TOKEN", "the bot's token, `xoxb-…`"),
    ] = None
    app_token: Annotated[
        SecretStr | None,
        _setting("SLACK_APP_TOKEN", "Socket Mode's token, `xapp-…`"),
    ] = None
    signing_secret: Annotated[
        SecretStr | None,
        _setting("SLACK_SIGNING_SECRET", "HTTP mode, where there is no app token"),
    ] = None
    api_url: Annotated[
        str,
        _setting("SLACK_API_URL", "where the Web API is", pattern=r"^https?://[^\s]+$"),
    ] = "https://slack.com/api/"
    data: Annotated[
        Path,
        _setting(
            "NERBOT_DATA",
            "the folder of the database, the models, the trainings that run, and the encoder's vectors",
        ),
    ] = Path("data")
    models: Annotated[
        str | None,
        _setting(
            "NERBOT_MODELS",
            "where several bots share their models: `s3://bucket/folder`, `gs://bucket/folder` (both need the extra "
            "`nerbot[objects]`) or `file:///folder`; unset: they are in the data folder alone",
            pattern=OBJECTS,
        ),
    ] = None
    database_url: Annotated[
        SecretStr | None,
        _setting(
            "NERBOT_DATABASE_URL",
            "`postgresql+asyncpg://…` or `sqlite+aiosqlite:///…`; unset: SQLite in the data folder",
        ),
    ] = None
    host: Annotated[
        str,
        _setting("NERBOT_HOST", "the address at which the ports listen", min_length=1),
    ] = "127.0.0.1"
    port: Annotated[
        int,
        _setting(
            "NERBOT_PORT",
            "the port of `/slack/events`, `/healthz` and `/readyz` in HTTP mode, and of the API",
            ge=0,
            le=65535,
        ),
    ] = 3000
    health_port: Annotated[
        int | None,
        _setting(
            "NERBOT_HEALTH_PORT",
            "a port of its own, in both modes, for `/healthz`, `/readyz` and `/metrics`",
            ge=0,
            le=65535,
        ),
    ] = None
    api: Annotated[
        bool,
        _setting(
            "NERBOT_API",
            "`on`: the HTTP API for programs, at `/api/v1` of `NERBOT_PORT`, in both modes; it needs the extra "
            "`nerbot[api]`",
        ),
    ] = False
    mcp: Annotated[
        bool,
        _setting(
            "NERBOT_MCP",
            "`on`: the Model Context Protocol for assistants, at `/mcp` beside the API, which has to be on; it needs "
            "the extra `nerbot[mcp]`",
        ),
    ] = False
    api_requests_per_minute: Annotated[
        int,
        _setting("NERBOT_API_REQUESTS_PER_MINUTE", "how often one token may use the API", ge=1),
    ] = 600
    questions_per_minute: Annotated[
        int,
        _setting("NERBOT_QUESTIONS_PER_MINUTE", "how often one person may ask `/ner`", ge=1),
    ] = 20
    connections: Annotated[
        int,
        _setting("NERBOT_CONNECTIONS", "how many connections a port holds at a time", ge=1),
    ] = 500
    connections_per_address: Annotated[
        int,
        _setting(
            "NERBOT_CONNECTIONS_PER_ADDRESS",
            "how many of those come from one address; behind a proxy all of them do",
            ge=1,
        ),
    ] = 200
    drain_seconds: Annotated[
        float,
        _setting(
            "NERBOT_DRAIN_SECONDS",
            "how long a bot that is to stop still answers while `/readyz` says that it is not ready: until a load "
            "balancer sends it nothing more",
            ge=0,
            le=300,
        ),
    ] = 0
    empty_database: Annotated[
        bool,
        _setting(
            "NERBOT_EMPTY_DATABASE",
            "`true`: start with an empty database although the data folder holds models of an earlier one",
        ),
    ] = False
    timezone: Annotated[
        str,
        _setting("NERBOT_TIMEZONE", "the time zone of schedules where none is known"),
    ] = "UTC"
    owners: Annotated[
        frozenset[str],
        NoDecode,
        _setting(
            "NERBOT_OWNERS", "ids of people who are always owners, such as `U024BE7LH,U0G9QF9C6`"
        ),
    ] = frozenset()
    select_and_bold: Annotated[
        bool,
        _setting(
            "NERBOT_SELECT_AND_BOLD",
            "`true`: in the editor, words can be selected and labelled with Ctrl+B or Cmd+B, too",
        ),
    ] = False
    file_imports: Annotated[
        bool | None,
        _setting(
            "NERBOT_FILE_IMPORTS",
            "`true`: a shortcut imports the file of a message, for which the app needs the scope `files:read`; unset: "
            "in the Slack simulator only",
        ),
    ] = None
    watching: Annotated[
        bool | None,
        _setting(
            "NERBOT_WATCHING",
            "`on`: the live model reads channels that an owner lets it watch, for which the app needs the scopes "
            "`channels:history`, `groups:history`, `channels:read` and `groups:read`; unset: in the Slack "
            "simulator only",
        ),
    ] = None
    slack_outputs: Annotated[
        frozenset[str] | None,
        NoDecode,
        _setting(
            "NERBOT_SLACK_OUTPUTS",
            "`reaction,list`: what is found in watched channels can be shown as emoji under messages (the app then "
            "needs the scope `reactions:write`) and in Slack Lists (`lists:read`, `lists:write`); unset: in the Slack "
            "simulator only",
        ),
    ] = None
    workflow_steps: Annotated[
        bool | None,
        _setting(
            "NERBOT_WORKFLOW_STEPS",
            "`on`: Slack's Workflow Builder has the steps “Find entities” and “Add to the labelling queue”, for which "
            "the app is declared as one that a whole organization can install; unset: in the Slack simulator only",
        ),
    ] = None
    file_import_mb: Annotated[
        int,
        _setting("NERBOT_FILE_IMPORT_MB", "megabytes such a file may have", ge=1, le=1000),
    ] = 200
    trainings: Annotated[
        int,
        _setting(
            "NERBOT_TRAININGS",
            "how many trainings may run on this machine at once; the others wait in the order they were asked for",
            ge=1,
            le=64,
        ),
    ] = 1
    jobs: Annotated[
        Literal["local", "procrastinate"],
        _setting(
            "NERBOT_JOBS",
            "where trainings run: `local`, beside the bot; `procrastinate`, on machines that run `nerbot worker` (it "
            "needs PostgreSQL, `NERBOT_MODELS` and the extra `nerbot[procrastinate]`)",
        ),
    ] = "local"
    training_memory_mb: Annotated[
        int,
        _setting("NERBOT_TRAINING_MEMORY_MB", "megabytes one training may take", ge=64),
    ] = 4096
    training_processes: Annotated[
        int,
        _setting(
            "NERBOT_TRAINING_PROCESSES",
            "how many processors one training may use; with 2 it takes about two thirds of the time (on Linux)",
            ge=1,
            le=2,
        ),
    ] = 2
    training_minutes: Annotated[
        float,
        _setting(
            "NERBOT_TRAINING_MINUTES", "minutes one training may take", gt=0, allow_inf_nan=False
        ),
    ] = 60
    encoder: Annotated[
        str | None,
        _setting(
            "NERBOT_ENCODER",
            "what new models learn over: an installed encoder's name (`nerbot encoders` lists them) or a folder with "
            "`model.onnx` and `tokenizer.json`; unset: `mpnet` where it is installed, else `minilm`",
        ),
    ] = None
    patience: Annotated[
        float,
        _setting(
            "NERBOT_PATIENCE",
            "so many times as long as usual everything may take, for tests on slow machines; Slack's own limits stay",
            ge=1,
            allow_inf_nan=False,
        ),
    ] = 1
    reserve_mb: Annotated[
        int,
        _setting(
            "NERBOT_RESERVE_MB",
            "megabytes of the data folder's disk that are kept for deletions",
            ge=0,
        ),
    ] = 16
    backup: Annotated[
        str | None,
        _setting(
            "NERBOT_BACKUP",
            "when to make a backup, in words (`every day at 03:00`) or cron; SQLite only",
        ),
    ] = None
    backup_keep: Annotated[
        int,
        _setting("NERBOT_BACKUP_KEEP", "how many of those are kept", ge=1),
    ] = 7
    backup_folder: Annotated[
        str | None,
        _setting(
            "NERBOT_BACKUP_FOLDER",
            "where they are kept: a folder, better on another disk, or an address as of `NERBOT_MODELS`; unset: "
            "`backups` in the data folder",
        ),
    ] = None
    log_level: Annotated[
        Literal["DEBUG", "INFO", "WARNING", "ERROR"],
        _setting("NERBOT_LOG_LEVEL", "`DEBUG`, `INFO`, `WARNING` or `ERROR`"),
    ] = "INFO"

    @field_validator("bot_token", "app_token", "signing_secret", "database_url", mode="before")
    @classmethod
    def _without_edge_blanks(cls, value: object) -> object:
        # A secret out of a file often ends in a line break, which no HTTP header can carry.
        return value.strip() or None if isinstance(value, str) else value

    @field_validator("bot_token")
    @classmethod
    def _bot_token(cls, value: SecretStr | None) -> SecretStr | None:
        return _with_prefix(value, "xoxb-")

    @field_validator("app_token")
    @classmethod
    def _app_token(cls, value: SecretStr | None) -> SecretStr | None:
        return _with_prefix(value, "xapp-")

    @field_validator("api_url")
    @classmethod
    def _one_slash_at_the_end(cls, value: str) -> str:
        return value.rstrip("/") + "/"

    @field_validator("database_url")
    @classmethod
    def _known_driver(cls, value: SecretStr | None) -> SecretStr | None:
        if value and not value.get_secret_value().startswith(
            ("sqlite+aiosqlite:", "postgresql+asyncpg:")
        ):
            raise ValueError("has to start with sqlite+aiosqlite:// or postgresql+asyncpg://")
        return value

    @field_validator("owners", mode="before")
    @classmethod
    def _owners(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        ids = frozenset(re.split(r"[\s,]+", value.strip()))
        if not all(re.fullmatch(r"[UW][A-Z0-9]+", each) for each in ids):
            raise ValueError("user ids such as U024BE7LH are expected, with commas between them")
        return ids

    @field_validator("slack_outputs", mode="before")
    @classmethod
    def _slack_outputs(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        kinds = frozenset(filter(None, re.split(r"[\s,]+", value.strip())))
        if not kinds <= {"list", "reaction"}:
            raise ValueError("list and reaction are expected, with a comma between them")
        return kinds

    @field_validator("timezone")
    @classmethod
    def _known_timezone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError("is not a time zone (example: Europe/Berlin)")
        return value

    @model_validator(mode="after")
    def _complete(self) -> Self:
        lacking = self.what_lacks(has_token=self.bot_token is not None, is_http=self.mode == "http")
        if lacking:
            raise ValueError(lacking)
        if self.is_installable:
            return self
        if self.mode != "playground" and self.bot_token is None:
            raise ValueError("SLACK_BOT_TOKEN is missing: it goes with the other Slack setting")
        if self.mode == "playground" and self.bot_token is not None:
            raise ValueError(
                "SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP) is missing beside SLACK_BOT_TOKEN"
            )
        return self

    @property
    def mode(self) -> Mode:
        """Socket Mode where there is an app token, HTTP where there is a signing secret, else the Slack simulator."""
        if self.app_token is not None:
            return "socket"
        return "http" if self.signing_secret is not None else "playground"

    @property
    def secrets(self) -> frozenset[str]:
        """What may be printed nowhere."""
        hidden = (
            *(self.bot_token, self.app_token, self.signing_secret, self.database_url),
            *(self.client_secret, *(self.token_keys or ())),
        )
        values = {secret.get_secret_value() for secret in hidden if secret is not None}
        address = urlsplit(self.database_url.get_secret_value()) if self.database_url else None
        if address and address.password:
            values |= {address.password, unquote(address.password)}
        return frozenset(values)

    @property
    def database(self) -> str:
        """The database's URL; a SQLite file in the data folder where none is set."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite+aiosqlite:///{self.data.absolute() / 'nerbot.db'}"


def _with_prefix(value: SecretStr | None, prefix: str) -> SecretStr | None:
    if value is not None and not re.fullmatch(f"{prefix}[!-~]+", value.get_secret_value()):
        raise ValueError(f"a token that starts with {prefix} and holds no blanks is expected")
    return value


def read_settings() -> Settings:
    """Read the environment; raises SettingsError with one line that names the first setting that is wrong."""
    return _named(Settings)


def settings_of(values: Mapping[str, str]) -> Settings:
    """The settings that an environment with these alone would give; raises SettingsError as above."""

    class Given(Settings):
        @classmethod
        def settings_customise_sources(cls, *_: Any, **__: Any) -> tuple[Any, ...]:
            return (InitSettingsSource(cls, init_kwargs=dict(values)),)

    return _named(Given)


def _named(make: Callable[[], Settings]) -> Settings:
    try:
        return make()
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = str(first["loc"][0]) if first["loc"] else ""
        reason = first["msg"].removeprefix("Value error, ")
        raise SettingsError(f"{name}: {reason}" if name else reason) from None
