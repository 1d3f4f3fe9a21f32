"""Settings from the environment: typed, masked, and refused in one line that names the variable."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.errors import SettingsError
from bot.settings import Settings, read_settings

SOCKET = {"SLACK_BOT_TOKEN": "xoxb-1-canary", "SLACK_APP_TOKEN": "xapp-1-canary"}
HTTP = {"SLACK_BOT_TOKEN": "xoxb-1-canary", "SLACK_SIGNING_SECRET": "signing-canary"}
DATABASE = {"NERBOT_DATABASE_URL": "postgresql+asyncpg://ada:canary@db/nerbot"}
VARIABLES = [
    "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_API_URL", "NERBOT_DATA",
    "NERBOT_DATABASE_URL", "NERBOT_HOST", "NERBOT_PORT", "NERBOT_TIMEZONE", "NERBOT_LOG_LEVEL",
    "NERBOT_OWNERS", "NERBOT_HEALTH_PORT", "NERBOT_CONNECTIONS", "NERBOT_CONNECTIONS_PER_ADDRESS",
    "NERBOT_EMPTY_DATABASE",
]  # fmt: skip


class Environment:
    """The environment of the process, with the settings of one test alone."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._patch = patch
        for name in tuple(os.environ):
            if name.upper().startswith(("SLACK_", "NERBOT_")):
                patch.delenv(name)

    def read(self, **variables: str) -> Settings:
        for name, value in variables.items():
            self._patch.setenv(name, value)
        return read_settings()

    def refusal(self, **variables: str) -> str:
        with pytest.raises(SettingsError) as refused:
            self.read(**variables)
        return str(refused.value)


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Environment:
    return Environment(monkeypatch)


# --- modes ------------------------------------------------------------------------------------------------------


def test_without_a_token_the_slack_simulator_is_used(environment: Environment) -> None:
    assert environment.read().mode == "playground"


def test_an_app_token_means_socket_mode(environment: Environment) -> None:
    assert environment.read(**SOCKET).mode == "socket"


def test_a_signing_secret_means_http_mode(environment: Environment) -> None:
    assert environment.read(**HTTP).mode == "http"


def test_socket_mode_goes_before_http_mode(environment: Environment) -> None:
    assert environment.read(**SOCKET, SLACK_SIGNING_SECRET="s").mode == "socket"


@pytest.mark.parametrize("given", [{"SLACK_APP_TOKEN": "xapp-1"}, {"SLACK_SIGNING_SECRET": "s"}])
def test_a_missing_bot_token_is_named(environment: Environment, given: dict[str, str]) -> None:
    assert environment.refusal(**given).startswith("SLACK_BOT_TOKEN is missing")


def test_what_is_missing_beside_a_bot_token_is_named(environment: Environment) -> None:
    refusal = environment.refusal(SLACK_BOT_TOKEN="xoxb-1")
    assert "SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP) is missing" in refusal


# --- values -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("variable", VARIABLES)
def test_an_empty_variable_is_an_unset_one(environment: Environment, variable: str) -> None:
    unset = environment.read()
    assert environment.read(**{variable: ""}) == unset


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SLACK_BOT_TOKEN", "xoxp-canary"),
        ("SLACK_BOT_TOKEN", "canary"),
        ("SLACK_BOT_TOKEN", "xoxb-"),
        ("SLACK_BOT_TOKEN", "xoxb-canary canary"),
        ("SLACK_BOT_TOKEN", "xoxb-canary\nX-Header: 1"),
        ("SLACK_BOT_TOKEN", "xoxb-canaryé"),
        ("SLACK_APP_TOKEN", "xoxb-canary"),
        ("SLACK_API_URL", "slack.com/canary"),
        ("SLACK_API_URL", "ftp://canary/"),
        ("NERBOT_DATABASE_URL", "mysql://ada:canary@db/nerbot"),
        ("NERBOT_PORT", "canary"),
        ("NERBOT_PORT", "65536"),
        ("NERBOT_PORT", "-1"),
        ("NERBOT_PORT", "3000.5"),
        ("NERBOT_TIMEZONE", "Canary/Islands"),
        ("NERBOT_TIMEZONE", "../canary"),
        ("NERBOT_LOG_LEVEL", "canary"),
        ("NERBOT_OWNERS", "canary"),
        ("NERBOT_PATIENCE", "canary"),
        ("NERBOT_OWNERS", "U1;canary"),
        ("NERBOT_HEALTH_PORT", "canary"),
        ("NERBOT_CONNECTIONS", "0"),
        ("NERBOT_EMPTY_DATABASE", "canary"),
    ],
)
def test_a_malformed_setting_is_refused_in_one_line_that_names_it_and_not_its_value(
    environment: Environment, variable: str, value: str
) -> None:
    refusal = environment.refusal(**(SOCKET | {variable: value}))
    assert refusal.startswith(f"{variable}: ")
    assert "\n" not in refusal
    assert "canary" not in refusal


@pytest.mark.parametrize("value", ["xoxb-1-canary\n", " xoxb-1-canary "])
def test_blanks_round_a_token_are_no_part_of_it(environment: Environment, value: str) -> None:
    settings = environment.read(**(SOCKET | {"SLACK_BOT_TOKEN": value}))
    assert settings.bot_token == SecretStr("xoxb-1-canary")


@pytest.mark.parametrize("value", ["http://127.0.0.1:9/api", "http://127.0.0.1:9/api//"])
def test_the_address_of_slack_ends_in_one_slash(environment: Environment, value: str) -> None:
    assert environment.read(SLACK_API_URL=value).api_url == "http://127.0.0.1:9/api/"


def test_the_database_lies_in_the_data_folder(environment: Environment, tmp_path: Path) -> None:
    settings = environment.read(NERBOT_DATA=str(tmp_path))
    assert settings.database == f"sqlite+aiosqlite:///{tmp_path}/nerbot.db"


def test_another_database_can_be_named(environment: Environment) -> None:
    assert environment.read(**DATABASE).database == DATABASE["NERBOT_DATABASE_URL"]


@pytest.mark.parametrize("value", ["U1,W2", " U1  W2 ", "U1, W2"])
def test_owners_are_named_by_their_ids(environment: Environment, value: str) -> None:
    assert environment.read(NERBOT_OWNERS=value).owners == {"U1", "W2"}
    assert environment.read(NERBOT_OWNERS="").owners == frozenset()


# --- secrets ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("show", [repr, str, lambda settings: str(settings.model_dump())])
@pytest.mark.parametrize("secret", [*SOCKET.values(), HTTP["SLACK_SIGNING_SECRET"], "canary@db"])
def test_secrets_are_masked_wherever_settings_are_shown(
    environment: Environment, show: Callable[[Settings], str], secret: str
) -> None:
    assert secret not in show(environment.read(**(SOCKET | HTTP | DATABASE)))


def test_the_log_masks_each_secret_and_the_databases_password(environment: Environment) -> None:
    secrets = environment.read(**(SOCKET | HTTP | DATABASE)).secrets
    assert {"xoxb-1-canary", "xapp-1-canary", "signing-canary", "canary"} <= secrets


def test_settings_do_not_change(environment: Environment) -> None:
    settings = environment.read()
    with pytest.raises(ValueError, match="frozen"):
        settings.port = 1
