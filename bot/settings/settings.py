"""All settings together, and what of them goes with what."""

from typing import Self

from pydantic import model_validator
from pydantic_settings import SettingsConfigDict

from bot.settings.features import FeatureSettings
from bot.settings.limits import LimitSettings
from bot.settings.oauth import OAuthSettings
from bot.settings.serving import ServingSettings
from bot.settings.slack import SlackSettings
from bot.settings.storage import StorageSettings
from bot.settings.training import TrainingSettings


class Settings(  # pydantic lists the fields of the last one first: so the documentation's table begins with Slack's
    LimitSettings,
    TrainingSettings,
    FeatureSettings,
    ServingSettings,
    StorageSettings,
    OAuthSettings,
    SlackSettings,
):
    """What the environment says. Secrets are masked wherever they are printed."""

    # An empty variable is an unset one, as a compose file with nothing filled in sends it.
    model_config = SettingsConfigDict(
        env_file=None, env_ignore_empty=True, frozen=True, hide_input_in_errors=True
    )

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
    def secrets(self) -> frozenset[str]:
        """What may be printed nowhere."""
        hidden = (self.bot_token, self.app_token, self.signing_secret, self.client_secret)
        shown = (
            secret.get_secret_value()
            for secret in (*hidden, *(self.token_keys or ()))
            if secret is not None
        )
        return frozenset(shown) | self.database_secrets
