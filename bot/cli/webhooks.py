"""`nerbot webhooks`: where what happens in a project is sent."""

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from bot.cli.receivers import (
    DEFAULT,
    FROM_NOW_ON,
    Project,
    an_owner,
    as_never_failed,
    one_of,
    state_of,
    tell_done,
    troubles_of,
    with_repository,
)
from bot.cli.terminal.exit_codes import ExitCode
from bot.cli.terminal.on_demand import new_app
from bot.cli.terminal.options import Workspace
from bot.cli.terminal.output import AsJson, tell, tell_json, tell_lines, warn

if TYPE_CHECKING:
    from bot.cli.opened import Opened
    from bot.webhooks.repository import Webhooks
    from bot.webhooks.values import Webhook

_KIND = "webhook"
T = TypeVar("T")

Number = Annotated[int, typer.Argument(metavar="N", help="The webhook's number.")]


def add_webhooks(commands: typer.Typer) -> None:
    """Make `webhooks` and what is done with one known to a command line."""
    app = new_app(invoke_without_command=True)
    app.callback()(_list)
    for name, work in (
        ("add", _add),
        ("test", _test),
        ("rotate", _rotate),
        ("replay", _replay),
        ("resume", _resume),
        ("remove", _remove),
    ):
        app.command(name)(work)
    commands.add_typer(app, name="webhooks")


def _list(
    context: typer.Context,
    *,
    project: Project = DEFAULT,
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> None:
    """List the webhooks of a project, add, test, replay or remove one.

    In: the database that the settings name.

    Out: a line a webhook: its number, URL, kinds of notification, how far it has got, and what is wrong.
    """
    if context.invoked_subcommand is not None:
        return

    async def read(opened: "Opened", hooks: "Webhooks") -> "tuple[Webhook, ...]":
        from bot.cli.opened import there  # noqa: PLC0415 - SQLAlchemy comes here

        return await hooks.of((await there(opened)).id)

    found = _run(read, project, workspace)
    if as_json:
        tell_json(*map(_to_json, found))
    elif found:
        tell_lines(map(_one_line, found))
    else:
        tell("No webhook yet. To add one: nerbot webhooks add URL")


def _add(
    url: Annotated[str, typer.Argument(metavar="URL", help="https, or http on this machine.")],
    *,
    project: Project = DEFAULT,
    kinds: Annotated[
        str, typer.Option(metavar="A,B", help="Kinds of notification; all where none is named.")
    ] = "",
    as_person: Annotated[
        str | None, typer.Option("--as", metavar="ID", help="Whom in Slack to tell when it fails.")
    ] = None,
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> None:
    """Send what happens in a project to a URL from now on.

    In: the database that the settings name.

    Out: the webhook's number and its secret, which is shown this once: receivers check signatures with it.
    """
    from bot.webhooks.parsing import read_kinds, read_url  # noqa: PLC0415 - as below
    from bot.webhooks.signing import check_library, new_secret  # noqa: PLC0415 - as below

    check_library()
    address, wanted, secret = read_url(url), read_kinds(kinds), new_secret()

    async def add(opened: "Opened", hooks: "Webhooks") -> "Webhook":
        from bot.cli.opened import there  # noqa: PLC0415 - SQLAlchemy comes here

        found = await there(opened)
        person = as_person or await an_owner(hooks.tx)
        return await hooks.add(found.id, address, wanted, secret=secret, person=person)

    added = _run(add, project, workspace, writes=True)
    if as_json:
        tell_json(_to_json(added) | {"secret": secret})
        return
    tell(f"Webhook {added.id} of {project} gets: {', '.join(sorted(wanted))}.")
    tell(f"Its secret, shown this once: {secret}")
    tell(f"To try it: nerbot webhooks test {added.id}")


def _test(number: Number, *, workspace: Workspace = None, as_json: AsJson = False) -> int:
    """Send a notification that says nothing but that it arrived.

    In: the webhook's number.

    Out: whether the receiver took it. Ends with 1 where it did not.
    """

    async def send(_: "Opened", hooks: "Webhooks") -> str | None:
        from aiohttp import ClientSession, ClientTimeout  # noqa: PLC0415 - takes long

        from bot.webhooks.sender import CALL_SECONDS, made_test, post  # noqa: PLC0415 - as above

        receiver, now = await one_of(hooks, number, _KIND), hooks.clock()
        async with ClientSession(timeout=ClientTimeout(total=CALL_SECONDS)) as session:
            return await post(session, receiver, made_test(receiver, now), now)

    error = _run(send, None, workspace)
    if as_json:
        tell_json({"id": number, "error": error})
    elif error is None:
        tell("The receiver took the test.")
    if error is None:
        return ExitCode.FINE
    warn(f"the receiver did not take the test: {error}. Check that it runs and answers with 2xx.")
    return ExitCode.NOTHING


def _rotate(number: Number, *, workspace: Workspace = None, as_json: AsJson = False) -> None:
    """Give a webhook another secret; for a day notifications carry the signatures of both.

    In: the webhook's number.

    Out: the new secret, which is shown this once.
    """
    from bot.webhooks.signing import new_secret  # noqa: PLC0415 - SQLAlchemy comes here

    secret = new_secret()

    async def rotate(_: "Opened", hooks: "Webhooks") -> None:
        before = await one_of(hooks, number, _KIND)
        await hooks.change(
            number, secret=secret, secret_before=before.secret, rotated_at=hooks.clock()
        )

    _run(rotate, None, workspace, writes=True)
    if as_json:
        tell_json({"id": number, "secret": secret})
        return
    tell(f"The new secret, shown this once: {secret}")
    tell("Change it at the receiver within a day; until then both are valid.")


def _replay(
    number: Number,
    *,
    since: Annotated[
        str,
        typer.Option(
            "--from", metavar="PLACE", help="As `nerbot webhooks` shows it; all where none."
        ),
    ] = "0:0:0",
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> None:
    """Send again what a webhook had from a place on; receivers know it by the same ids.

    In: the webhook's number.

    Out: from where it goes on.
    """
    numbers = since.split(":")
    if len(since) > 50 or not (2 <= len(numbers) <= 3 and all(map(str.isdecimal, numbers))):
        raise typer.BadParameter(
            "a place is two numbers, such as 120:4, or three", param_hint="--from"
        )
    columns = ("event_position", "run_position", "entity_position")
    place = dict(zip(columns, map(int, numbers), strict=False))

    async def replay(_: "Opened", hooks: "Webhooks") -> None:
        await one_of(hooks, number, _KIND)
        await hooks.change(number, **place, **as_never_failed(hooks.clock()))

    _run(replay, None, workspace, writes=True)
    tell_done(_KIND, number, f"goes on from {since}", as_json=as_json)


def _resume(number: Number, *, workspace: Workspace = None, as_json: AsJson = False) -> None:
    """Go on sending to a webhook that was paused because it failed for a day, with what it has not had.

    In: the webhook's number.

    Out: that it goes on.
    """

    async def resume(_: "Opened", hooks: "Webhooks") -> None:
        await one_of(hooks, number, _KIND)
        await hooks.change(number, **as_never_failed(hooks.clock()))

    _run(resume, None, workspace, writes=True)
    tell_done(_KIND, number, FROM_NOW_ON, as_json=as_json)


def _remove(number: Number, *, workspace: Workspace = None, as_json: AsJson = False) -> None:
    """Send nothing to a webhook any more.

    In: the webhook's number.

    Out: that it is gone.
    """

    async def remove(_: "Opened", hooks: "Webhooks") -> None:
        await one_of(hooks, number, _KIND)
        await hooks.remove(number)

    _run(remove, None, workspace, writes=True)
    tell_done(_KIND, number, "is gone", as_json=as_json)


def _run(
    work: "Callable[[Opened, Webhooks], Coroutine[Any, Any, T]]",
    project: str | None,
    workspace: str | None,
    *,
    writes: bool = False,
) -> T:
    from bot.webhooks.repository import Webhooks  # noqa: PLC0415 - SQLAlchemy comes here

    return with_repository(Webhooks, work, project, workspace, writes=writes)


def _to_json(webhook: "Webhook") -> dict[str, Any]:
    return {
        "id": webhook.id,
        "url": webhook.url,
        "kinds": sorted(webhook.kinds),
        "place": webhook.position,
    } | troubles_of(webhook)


def _one_line(webhook: "Webhook") -> str:
    kinds = ", ".join(sorted(webhook.kinds))
    return f"{webhook.id}  {webhook.url}  {kinds}  at {webhook.position}  {state_of(webhook)}"
