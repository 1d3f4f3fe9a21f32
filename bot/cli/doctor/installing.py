"""What the doctor looks at where workspaces install nerbot by themselves: the app, its addresses, and the keys."""

from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.cli.doctor.findings import Finding, failed, ok, warning
from bot.db.database import Database
from bot.db.records.tenants import kept_tokens
from bot.errors import SettingsError
from bot.slack.tenants.vault import TokenUnreadable, TokenVault

if TYPE_CHECKING:
    from bot.settings import Settings

_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


def check_redirect(settings: "Settings") -> Iterator[Finding]:
    """Whether people can come back from Slack to the address that is set."""
    address = settings.redirect_uri
    if address is None:
        told = "SLACK_REDIRECT_URI is not set, so the one in Slack's app settings counts"
        then = "set it to https://<your host>/slack/oauth_redirect; nerbot manifest prints it, too"
        yield warning("redirect", told, then)
        return
    parts = urlsplit(address)
    if parts.hostname in _LOCAL:
        told = f"{address} is this machine's own address, which nobody else reaches"
        yield warning("redirect", told, "set SLACK_REDIRECT_URI to the address of your proxy")
    elif parts.scheme != "https":
        told = f"{address} is not HTTPS, which Slack asks for"
        yield failed(
            "redirect", told, "set SLACK_REDIRECT_URI to an address that begins with https://"
        )
    else:
        yield ok("redirect", f"people come back to {address}")


async def check_keys(settings: "Settings", database: Database) -> AsyncIterator[Finding]:
    """Whether the keys open every token that is kept."""
    tokens = await kept_tokens(database)
    try:
        vault = TokenVault([key.get_secret_value() for key in settings.token_keys or ()])
        for token in tokens:
            vault.open(token)
    except SettingsError as error:
        yield failed("installations", str(error), "install the package")
    except TokenUnreadable as error:
        yield failed(
            "installations", str(error), "then nerbot keys --renew encrypts all with the first key"
        )
    else:
        yield ok("installations", f"{len(tokens):,} are kept, and the keys open their tokens")
