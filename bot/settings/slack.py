"""The settings of the app in one workspace: its tokens, and how Slack reaches it."""

import re
from typing import Annotated, Literal

from pydantic import SecretStr, field_validator
from pydantic_settings import BaseSettings

from bot.settings.field import Secret, setting

Mode = Literal["socket", "http", "playground"]


class SlackSettings(BaseSettings):
    """The tokens and secrets of one workspace's app, and where Slack is."""

    bot_token: Annotated[
        Secret,
        setting("SLACK_BOT_TOKEN", "the bot's token, `xoxb-…`"),
    ] = None
    app_token: Annotated[
        Secret,
        setting("SLACK_APP_TOKEN", "Socket Mode's token, `xapp-…`"),
    ] = None
    signing_secret: Annotated[
        Secret,
        setting("SLACK_SIGNING_SECRET", "HTTP mode, where there is no app token"),
    ] = None
    api_url: Annotated[
        str,
        setting("SLACK_API_URL", "where the Web API is", pattern=r"^https?://[^\s]+$"),
    ] = "https://slack.com/api/"

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

    @property
    def mode(self) -> Mode:
        """Socket Mode where there is an app token, HTTP where there is a signing secret, else the Slack simulator."""
        if self.app_token is not None:
            return "socket"
        return "http" if self.signing_secret is not None else "playground"


def _with_prefix(value: SecretStr | None, prefix: str) -> SecretStr | None:
    if value is not None and not re.fullmatch(f"{prefix}[!-~]+", value.get_secret_value()):
        raise ValueError(f"a token that starts with {prefix} and holds no blanks is expected")
    return value
