"""slack_sdk's own stores on our database, with every token sealed."""

from typing import Any

from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.installation_store.sqlalchemy import AsyncSQLAlchemyInstallationStore
from slack_sdk.oauth.state_store.sqlalchemy import AsyncSQLAlchemyOAuthStateStore

from bot.db.database import Database
from bot.db.records.tenants import SECRET, rewrite_tokens
from bot.slack.tenants.vault import TokenVault


class SealedInstallationStore(AsyncSQLAlchemyInstallationStore):
    """Keeps what Slack gave for each installation; its names are the library's."""

    def __init__(self, client_id: str, database: Database, vault: TokenVault) -> None:
        super().__init__(client_id, database.library_engine)
        self._vault = vault

    async def async_save(self, installation: Installation) -> None:
        """Keep an installation, and its bot."""
        await super().async_save(_changed(installation, self._vault.seal))

    async def async_save_bot(self, bot: Bot) -> None:
        """Keep a bot's new token."""
        await super().async_save_bot(_changed(bot, self._vault.seal))

    async def async_find_bot(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        is_enterprise_install: bool | None = False,
    ) -> Bot | None:
        """The newest bot of a workspace or of an organization. Raises TokenUnreadable."""
        found = await super().async_find_bot(
            enterprise_id=enterprise_id,
            team_id=team_id,
            is_enterprise_install=is_enterprise_install,
        )
        return None if found is None else _changed(found, self._vault.open)

    async def async_find_installation(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None = None,
        is_enterprise_install: bool | None = False,
    ) -> Installation | None:
        """The newest installation. Raises TokenUnreadable."""
        found = await super().async_find_installation(
            enterprise_id=enterprise_id,
            team_id=team_id,
            user_id=user_id,
            is_enterprise_install=is_enterprise_install,
        )
        return None if found is None else _changed(found, self._vault.open)


def state_store(database: Database, *, seconds: int) -> AsyncSQLAlchemyOAuthStateStore:
    """Which visits of the page to install it are still under way."""
    return AsyncSQLAlchemyOAuthStateStore(seconds, database.library_engine)


async def renew_all(database: Database, vault: TokenVault) -> int:
    """Seal every kept token with the first key; of how many rows. Raises TokenUnreadable, StoreUnavailable."""
    return await rewrite_tokens(database, vault.renew)


def _changed(value: Any, change: Any) -> Any:
    """A copy with other tokens."""
    copy = type(value)(**value.to_dict_for_copying())
    for name in SECRET:
        if getattr(copy, name, None):
            setattr(copy, name, change(getattr(copy, name)))
    return copy
