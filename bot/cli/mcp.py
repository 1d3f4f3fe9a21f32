"""`nerbot mcp`: the Model Context Protocol on standard input and output, for an assistant on this machine."""

from typing import Annotated

import typer

from bot.cli.remote import ApiToken, Url, checked_token
from bot.errors import SettingsError


def add_mcp(commands: typer.Typer) -> None:
    """Make `mcp` known to a command line."""
    commands.command("mcp")(_mcp)


def _mcp(
    *,
    url: Url = None,
    token: ApiToken = None,
    as_json: Annotated[  # noqa: ARG001 - as with the other commands; there is no other output
        bool, typer.Option("--json", help="It always speaks JSON.")
    ] = False,
) -> None:
    """Serve a project to an assistant on this machine, by the Model Context Protocol.

    In: messages of the protocol on standard input; with `--url` and `--token` the API of a nerbot, whose scopes, roles
    and limits hold.

    Out: messages of the protocol on standard output, until standard input ends.
    """
    if url is None:
        raise typer.BadParameter("name a nerbot whose API is on with --url")
    secret = checked_token(token)
    try:
        from bot.mcp.stdio import serve  # noqa: PLC0415 - an extra, and slow to import
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"nerbot mcp needs the package {error.name}: pip install 'nerbot[mcp]'"
        ) from error
    serve(url, secret)
