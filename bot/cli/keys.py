"""`nerbot keys`: the keys that encrypt the tokens of workspaces that installed nerbot by themselves."""

import asyncio
import base64
import secrets
from typing import Annotated

import typer

from bot.cli.terminal.exit_codes import ExitCode
from bot.cli.terminal.output import AsJson, tell, tell_json
from bot.errors import SettingsError


def add_keys(commands: typer.Typer) -> None:
    """Make `keys` known to a command line."""
    commands.command("keys")(_keys)


def _keys(
    *,
    renew: Annotated[
        bool,
        typer.Option("--renew", help="Encrypt every kept token again, with the first key."),
    ] = False,
    as_json: AsJson = False,
) -> int:
    """Make a key for NERBOT_TOKEN_KEYS, or encrypt what is kept with a new one.

    In: with `--renew` the database and the keys that the settings name, the new key first.

    Out: a new key, which is kept nowhere. With `--renew` how many tokens were encrypted again; from then on the old key
    can go.
    """
    if renew:
        renewed = asyncio.run(_renewed())
        if as_json:
            tell_json({"renewed": renewed})
        else:
            tell(f"Encrypted again with the first key: {renewed} rows. The other keys can go.")
        return ExitCode.FINE
    key = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    if as_json:
        tell_json({"key": key})
    else:
        tell(key)
    return ExitCode.FINE


async def _renewed() -> int:
    from bot.cli.opened import opened_database  # noqa: PLC0415 - the database comes here
    from bot.slack.tenants.repository import renew_all  # noqa: PLC0415 - as above
    from bot.slack.tenants.vault import TokenVault  # noqa: PLC0415 - as above

    async with opened_database() as opened:
        keys = opened.settings.token_keys or ()
        if not keys:
            raise SettingsError("NERBOT_TOKEN_KEYS: there is no key to encrypt with")
        vault = TokenVault([key.get_secret_value() for key in keys])
        return await renew_all(opened.database, vault)
