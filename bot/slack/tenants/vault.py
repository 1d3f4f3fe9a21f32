"""Tokens of workspaces as they are kept: encrypted, so that who reads the database cannot speak as nerbot."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.errors import NerbotError, SettingsError

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

_SEALED = "fernet:"


class TokenUnreadable(NerbotError):
    """None of the keys opens a token."""


class TokenVault:
    """Seals with the first key and opens with any: Fernet, which is AES in CBC mode with an HMAC."""

    def __init__(self, keys: Sequence[str]) -> None:
        """Raises SettingsError where the package for it is missing."""
        self._fernet = _fernet(keys)

    def seal(self, token: str | None) -> str | None:
        """What is kept of a token; one that is sealed already stays as it is."""
        if not token or token.startswith(_SEALED):
            return token
        return _SEALED + self._fernet.encrypt(token.encode()).decode()

    def open(self, kept: str | None) -> str | None:
        """The token. Raises TokenUnreadable."""
        from cryptography.fernet import InvalidToken  # noqa: PLC0415 - an extra

        if not kept or not kept.startswith(_SEALED):
            return kept
        try:
            return self._fernet.decrypt(kept.removeprefix(_SEALED)).decode()
        except InvalidToken:
            raise TokenUnreadable(
                "none of NERBOT_TOKEN_KEYS opens a token in the database; add the key that encrypted it"
            ) from None

    def renew(self, kept: str | None) -> str | None:
        """The same token, sealed with the first key. Raises TokenUnreadable."""
        return self.seal(self.open(kept))


def _fernet(keys: Sequence[str]) -> "MultiFernet":
    try:
        from cryptography.fernet import Fernet, MultiFernet  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"SLACK_CLIENT_ID: it needs the package {error.name}: pip install 'nerbot[oauth]'"
        ) from error
    return MultiFernet([Fernet(key) for key in keys])
