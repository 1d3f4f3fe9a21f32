"""`nerbot outputs`: where the entities of watched channels go."""

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
    from bot.outputs.repository import Outputs
    from bot.outputs.values import Output

_KIND = "output"
T = TypeVar("T")

Number = Annotated[int, typer.Argument(metavar="N", help="The output's number.")]


def add_outputs(commands: typer.Typer) -> None:
    """Make `outputs` and what is done with one known to a command line."""
    app = new_app(invoke_without_command=True)
    app.callback()(_list)
    for name, work in (
        ("add", _add),
        ("test", _test),
        ("replay", _replay),
        ("pause", _pause),
        ("resume", _resume),
        ("remove", _remove),
    ):
        app.command(name)(work)
    commands.add_typer(app, name="outputs")


def _list(
    context: typer.Context,
    *,
    project: Project = DEFAULT,
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> None:
    """List where entities of watched channels go, add, test, replay or remove an output.

    In: the database that the settings name.

    Out: a line an output: its number, kind, target, how far it has got, and what is wrong.
    """
    if context.invoked_subcommand is not None:
        return

    async def read(opened: "Opened", outputs: "Outputs") -> "list[tuple[Output, int]]":
        from bot.cli.opened import there  # noqa: PLC0415 - SQLAlchemy comes here

        found = await outputs.of((await there(opened)).id)
        return [(each, await outputs.waiting(each)) for each in found]

    found = _run(read, project, workspace)
    if as_json:
        tell_json(*(_to_json(output) | {"waiting": waiting} for output, waiting in found))
    elif found:
        tell_lines(_one_line(*each) for each in found)
    else:
        tell("No output yet. To add one: nerbot outputs add file entities.jsonl")


def _add(
    kind: Annotated[
        str, typer.Argument(metavar="KIND", help="file, table, list, reply, reaction.")
    ],
    target: Annotated[
        str, typer.Argument(metavar="TARGET", help="A path, a URL, or an id of Slack's.")
    ] = "",
    *,
    project: Project = DEFAULT,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="A setting of the kind; again for more."),
    ] = None,
    as_person: Annotated[
        str | None, typer.Option("--as", metavar="ID", help="Whom in Slack to tell when it fails.")
    ] = None,
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> None:
    """Let entities of watched channels go to an output from now on.

    In: its kind and target, and the database that the settings name.

    Out: the output's number.
    """
    from bot.outputs.kinds import read_output, read_settings  # noqa: PLC0415 - as below

    read, wanted = read_output(kind, target, read_settings(settings or ()))

    async def add(opened: "Opened", outputs: "Outputs") -> "Output":
        from bot.cli.opened import there  # noqa: PLC0415 - SQLAlchemy comes here

        found = await there(opened)
        person = as_person or await an_owner(outputs.tx)
        return await outputs.add(found.id, read, wanted.target, wanted.settings, person=person)

    added = _run(add, project, workspace, writes=True)
    if as_json:
        tell_json(_to_json(added))
        return
    tell(f"Output {added.id}: entities of {project} go to {shown_target(added)} from now on.")
    tell(
        "What was found in the last days comes, too, after: " + f"nerbot outputs replay {added.id}"
    )


def _test(number: Number, *, workspace: Workspace = None, as_json: AsJson = False) -> int:
    """See whether an output could be written: its file or its table is made where it is not there.

    In: the output's number.

    Out: whether it could. Ends with 1 where it could not.
    """

    async def test(_: "Opened", outputs: "Outputs") -> str | None:
        from bot.outputs.local import local_writers  # noqa: PLC0415 - SQLAlchemy comes here
        from bot.outputs.ports import OutputFailed  # noqa: PLC0415 - as above

        output = await one_of(outputs, number, _KIND)
        writer = local_writers().get(output.kind)
        if writer is None:
            return "this kind is written in Slack; /nerbot outputs shows whether it arrives"
        try:
            await writer.write(output, ())
        except OutputFailed as error:
            return str(error)
        return None

    error = _run(test, None, workspace)
    if as_json:
        tell_json({"id": number, "error": error})
    elif error is None:
        tell("The output can be written.")
    if error is None:
        return ExitCode.FINE
    warn(f"the output cannot be written: {error}")
    return ExitCode.NOTHING


def _replay(
    number: Number,
    *,
    since: Annotated[
        int, typer.Option("--from", metavar="PLACE", help="As `nerbot outputs` shows it.", min=0)
    ] = 0,
    workspace: Workspace = None,
    as_json: AsJson = False,
) -> None:
    """Write again what an output had from a place on, as far as it is kept; what it has already is not doubled.

    In: the output's number.

    Out: from where it goes on.
    """

    async def replay(_: "Opened", outputs: "Outputs") -> None:
        await one_of(outputs, number, _KIND)
        await outputs.change(number, position=since, **as_never_failed(outputs.clock()))

    _run(replay, None, workspace, writes=True)
    tell_done(_KIND, number, f"goes on from {since}", as_json=as_json)


def _pause(number: Number, *, workspace: Workspace = None, as_json: AsJson = False) -> None:
    """Write nothing to an output until it is resumed; what it does not have is kept for 30 days.

    In: the output's number.

    Out: that it is paused.
    """

    async def pause(_: "Opened", outputs: "Outputs") -> None:
        await one_of(outputs, number, _KIND)
        await outputs.change(number, paused_at=outputs.clock())

    _run(pause, None, workspace, writes=True)
    tell_done(_KIND, number, "is paused", as_json=as_json)


def _resume(number: Number, *, workspace: Workspace = None, as_json: AsJson = False) -> None:
    """Go on writing to an output that was paused, with what it has not had.

    In: the output's number.

    Out: that it goes on.
    """

    async def resume(_: "Opened", outputs: "Outputs") -> None:
        await one_of(outputs, number, _KIND)
        await outputs.change(number, **as_never_failed(outputs.clock()))

    _run(resume, None, workspace, writes=True)
    tell_done(_KIND, number, FROM_NOW_ON, as_json=as_json)


def _remove(number: Number, *, workspace: Workspace = None, as_json: AsJson = False) -> None:
    """Write nothing to an output any more; what is in it stays.

    In: the output's number.

    Out: that it is gone.
    """

    async def remove(_: "Opened", outputs: "Outputs") -> None:
        await one_of(outputs, number, _KIND)
        await outputs.remove(number)

    _run(remove, None, workspace, writes=True)
    tell_done(_KIND, number, "is gone", as_json=as_json)


def _run(
    work: "Callable[[Opened, Outputs], Coroutine[Any, Any, T]]",
    project: str | None,
    workspace: str | None,
    *,
    writes: bool = False,
) -> T:
    from bot.outputs.repository import Outputs  # noqa: PLC0415 - SQLAlchemy comes here

    return with_repository(Outputs, work, project, workspace, writes=writes)


def shown_target(output: "Output") -> str:
    """The target without a password."""
    from bot.outputs.kinds import without_password  # noqa: PLC0415 - SQLAlchemy comes here

    return without_password(output.target) or output.kind.value


def _to_json(output: "Output") -> dict[str, Any]:
    return {
        "id": output.id,
        "kind": output.kind.value,
        "target": shown_target(output),
        "settings": output.settings,
        "place": output.position,
    } | troubles_of(output)


def _one_line(output: "Output", waiting: int) -> str:
    left = f", {waiting} to come" if waiting else ""
    return f"{output.id}  {output.kind.value}  {shown_target(output)}  at {output.position}{left}  {state_of(output)}"
