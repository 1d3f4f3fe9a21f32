"""The options `--url` and `--token`: a command asks another nerbot's API instead of this machine's data."""

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.errors import SettingsError

if TYPE_CHECKING:
    from bot.api_client import ApiClient

Url = Annotated[
    str | None,
    typer.Option(metavar="URL", envvar="NERBOT_URL", help="Of a nerbot whose API is asked."),
]
ApiToken = Annotated[
    str | None,
    typer.Option(metavar="TOKEN", envvar="NERBOT_TOKEN", help="For that API."),
]


def client_of(url: str, token: str | None) -> "ApiClient":
    """The client; raises SettingsError without a token."""
    from bot.api_client import ApiClient  # noqa: PLC0415 - httpx comes here

    return ApiClient(url, checked_token(token))


def checked_token(token: str | None) -> str:
    """The token; raises SettingsError where there is none, or it cannot be one."""
    if not token:
        raise SettingsError("NERBOT_TOKEN: --url needs a token; nerbot tokens create makes one")
    if not re.fullmatch(r"[!-~]+", token):
        raise SettingsError("NERBOT_TOKEN: this is not a token; nerbot tokens create makes one")
    return token


def exported(client: "ApiClient", out: Path | None, *, force: bool, **asked: Any) -> None:
    """Write an export to a file, or to standard output; a file that is cut off does not stay."""
    if out is None:
        client.export(sys.stdout.buffer, **asked)
        return
    with out.open("wb" if force else "xb") as file:
        try:
            client.export(file, **asked)
        except BaseException:
            out.unlink(missing_ok=True)
            raise
