"""`nerbot tokens`: the tokens with which programs use the API, whether the bot runs or not."""

import asyncio
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.terminal.on_demand import new_app
from bot.cli.terminal.options import Workspace
from bot.cli.terminal.output import AsJson, tell, tell_json, tell_lines, warn
from bot.errors import InvalidSetting, NotFound

if TYPE_CHECKING:
    from bot.api.values import Token
    from bot.cli.opened import Opened

_Project = Annotated[str, typer.Option(metavar="NAME", help="The one project it is for.")]


def add_tokens(commands: typer.Typer) -> None:
    """Make `tokens create`, `tokens list` and `tokens revoke N` known to a command line."""
    tokens = new_app(invoke_without_command=True)
    tokens.callback()(_tokens)
    tokens.command("create")(_create)
    tokens.command("list")(_list)
    tokens.command("revoke")(_revoke)
    commands.add_typer(tokens, name="tokens")


def _tokens(
    context: typer.Context, *, workspace: Workspace = None, as_json: AsJson = False
) -> None:
    """Create, list and revoke the tokens with which programs use the API.

    In: the database that the settings name.

    Out: alone it lists them, as `nerbot tokens list` does; a new one is shown once.
    """
    if context.invoked_subcommand is None:
        raise typer.Exit(_list(workspace=workspace, as_json=as_json))


def _create(
    *,
    project: _Project = "default",
    scope: Annotated[
        str, typer.Option(metavar="read,write,train", help="What it may do.")
    ] = "read",
    name: Annotated[
        str, typer.Option(metavar="NAME", help="What it is for, to tell it apart.")
    ] = "",
    person: Annotated[
        str | None,
        typer.Option(
            "--as",
            metavar="ID",
            help="Whom it acts for, by Slack's id; else the one owner there is.",
        ),
    ] = None,
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> None:
    """Create a token and show it, this once.

    In: the project, what it may do (`read`, `write`, `train`), and whom it acts for.

    Out: the token. It is kept as a hash only, so it cannot be shown again.
    """
    token, secret = asyncio.run(_created(project, scope, name, person, workspace))
    if as_json:
        tell_json({**_to_json(token), "token": secret})
        return
    tell(secret)
    warn(f"token {token.id} was created for {token.person}; it is not shown again")


def _list(*, workspace: Workspace = None, as_json: AsJson = False) -> int:
    """List the tokens, without their secrets.

    In: the database that the settings name.

    Out: a line a token: its number, project, scopes, person, name, and when it was last used or revoked. Ends with 1
    where there is none.
    """
    found = asyncio.run(_listed(workspace))
    if as_json:
        tell_json(*({**_to_json(token), "project": project} for token, project in found))
    else:
        tell_lines(_line(token, project) for token, project in found)
    if not found:
        warn("there is no token yet; nerbot tokens create makes one")
    return 0 if found else 1


def _revoke(
    number: Annotated[int, typer.Argument(metavar="N", help="Its number, as in the list.")],
    *,
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> None:
    """Revoke a token: from now on it opens nothing.

    In: its number.

    Out: that it was revoked.
    """
    token = asyncio.run(_revoked(number, workspace))
    if as_json:
        tell_json(_to_json(token))
    else:
        tell(f"Token {token.id} was revoked.")


async def _created(
    project: str, scope: str, name: str, person: str | None, workspace: str | None
) -> tuple["Token", str]:
    from bot.api.repositories.tokens import Tokens  # noqa: PLC0415 - SQLAlchemy comes here
    from bot.api.values import hash_of, new_secret, parse_scopes  # noqa: PLC0415 - as above
    from bot.cli.opened import made, open_project, there  # noqa: PLC0415 - as above
    from bot.projects.repositories.projects import DEFAULT_NAME  # noqa: PLC0415 - as above

    scopes, secret = parse_scopes(scope), new_secret()
    async with open_project(project, workspace) as opened:
        person = person or await _only_owner(opened)
        if not person.isascii() or not person.isalnum() or person[:1] not in "UW":
            raise InvalidSetting(f"{person} is not the id of a person in Slack, such as U024BE7LH")
        # A new workspace has its default project from its first use on, which this may be.
        is_default = project.casefold() == DEFAULT_NAME
        found = (await made(opened, person=person))[0] if is_default else await there(opened)
        async with opened.store.writing(opened.workspace) as tx:
            token = await Tokens(tx).add(
                found.id, name=name, scopes=scopes, person=person, secret_hash=hash_of(secret)
            )
    return token, secret


async def _only_owner(opened: "Opened") -> str:
    from bot.domain.roles import Role  # noqa: PLC0415 - as above
    from bot.projects.context import read_roles  # noqa: PLC0415 - as above
    from bot.settings import read_settings  # noqa: PLC0415 - as above

    async with opened.store.reading(opened.workspace) as tx:
        roles = await read_roles(tx, read_settings().owners)
    owners = [person for person, role in roles.items() if role is Role.OWNER]
    if len(owners) == 1:
        return owners[0]
    raise InvalidSetting(
        "a token acts for a person: name one with --as, by Slack's id (their profile, ⋮, Copy member ID)"
    )


async def _listed(workspace: str | None) -> list[tuple["Token", str]]:
    from bot.api.repositories.tokens import Tokens  # noqa: PLC0415 - as above
    from bot.cli.opened import open_project  # noqa: PLC0415 - as above
    from bot.projects.repositories.projects import Projects  # noqa: PLC0415 - as above

    async with (
        open_project("default", workspace) as opened,
        opened.store.reading(opened.workspace) as tx,
    ):
        names = {each.id: each.name for each in await Projects(tx).all(with_deleted=True)}
        return [(token, names[token.project_id]) for token in await Tokens(tx).all()]


async def _revoked(number: int, workspace: str | None) -> "Token":
    from bot.api.repositories.tokens import Tokens  # noqa: PLC0415 - as above
    from bot.cli.opened import open_project  # noqa: PLC0415 - as above

    async with (
        open_project("default", workspace) as opened,
        opened.store.writing(opened.workspace) as tx,
    ):
        token = await Tokens(tx).revoke(number)
    if token is None:
        raise NotFound(f"there is no token {number} to revoke; nerbot tokens list shows them")
    return token


def _to_json(token: "Token") -> dict[str, Any]:
    return {
        "id": token.id,
        "name": token.name,
        "scopes": sorted(token.scopes),
        "person": token.person,
        "created_at": token.created_at.isoformat(),
        "last_used_at": token.last_used_at and token.last_used_at.isoformat(),
        "revoked_at": token.revoked_at and token.revoked_at.isoformat(),
    }


def _line(token: "Token", project: str) -> str:
    if token.revoked_at is not None:
        state = f"revoked on {token.revoked_at:%Y-%m-%d}"
    elif token.last_used_at is not None:
        state = f"last used on {token.last_used_at:%Y-%m-%d}"
    else:
        state = "never used"
    scopes = ",".join(sorted(token.scopes))
    return f"{token.id:>4}  {project}  {scopes}  {token.person}  {state}  {token.name}".rstrip()
