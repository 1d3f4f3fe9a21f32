"""The settings of a nerbot that workspaces install by themselves, from its own page."""

import base64
import binascii
import re
from typing import Annotated

from pydantic import SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode

from bot.settings.field import Secret, setting

KEY_BYTES = 32


class OAuthSettings(BaseSettings):
    """What Slack's app settings show of the app, and how its tokens are kept."""

    client_id: Annotated[
        str | None,
        setting(
            "SLACK_CLIENT_ID",
            "several workspaces install nerbot by themselves at `/slack/install`, in place of `SLACK_BOT_TOKEN`; HTTP "
            "mode, and the extra `nerbot[oauth]`",
            pattern=r"^[0-9.A-Za-z]{1,32}$",
        ),
    ] = None
    client_secret: Annotated[
        Secret,
        setting("SLACK_CLIENT_SECRET", "goes with `SLACK_CLIENT_ID`"),
    ] = None
    redirect_uri: Annotated[
        str | None,
        setting(
            "SLACK_REDIRECT_URI",
            "where Slack sends people back to, such as `https://nerbot.example.org/slack/oauth_redirect`; "
            "unset: the one that Slack's app settings have",
            pattern=r"^https?://[^\s]+/slack/oauth_redirect$",
        ),
    ] = None
    token_keys: Annotated[
        tuple[SecretStr, ...] | None,
        NoDecode,
        setting(
            "NERBOT_TOKEN_KEYS",
            "keys that encrypt the tokens of workspaces in the database, with commas between them: the first encrypts, "
            "all decrypt; `nerbot keys` makes one",
        ),
    ] = None

    @field_validator("token_keys", mode="before")
    @classmethod
    def _token_keys(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        keys = [each for each in re.split(r"[\s,]+", value.strip()) if each]
        if not all(_is_key(each) for each in keys):
            raise ValueError(
                "each key is 32 random bytes in URL-safe base64; nerbot keys makes one"
            )
        return tuple(keys)

    @property
    def is_installable(self) -> bool:
        """Whether workspaces install it by themselves."""
        return self.client_id is not None

    def what_lacks(self, *, has_token: bool, is_http: bool) -> str | None:
        """What is wrong with these settings together; None where nothing is."""
        if self.client_id is None:
            if self.client_secret is not None:
                return "SLACK_CLIENT_ID is missing beside SLACK_CLIENT_SECRET"
            return None
        if has_token:
            return "SLACK_BOT_TOKEN is one workspace's token: set it or SLACK_CLIENT_ID, not both"
        if self.client_secret is None:
            return "SLACK_CLIENT_SECRET is missing beside SLACK_CLIENT_ID"
        if not is_http:
            return (
                "SLACK_SIGNING_SECRET is missing beside SLACK_CLIENT_ID: the page where workspaces install nerbot "
                "needs HTTP mode, without SLACK_APP_TOKEN"
            )
        if not self.token_keys:
            return "NERBOT_TOKEN_KEYS is missing beside SLACK_CLIENT_ID; nerbot keys makes one"
        return None


def _is_key(text: str) -> bool:
    try:
        return len(base64.b64decode(text.encode(), altchars=b"-_", validate=True)) == KEY_BYTES
    except (binascii.Error, ValueError):
        return False
