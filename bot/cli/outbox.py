"""`nerbot outbox`: what Slack has not taken yet, and what was given up; never what it says."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from bot.cli.terminal.exit_codes import ExitCode
from bot.cli.terminal.on_demand import new_app
from bot.cli.terminal.output import AsJson, tell, tell_json, tell_lines, warn

if TYPE_CHECKING:
    from bot.db.records.outbox import Outgoing
    from bot.db.records.outbox_delivery import OutboxDelivery

LISTED = 100
T = TypeVar("T")


def add_outbox(commands: typer.Typer) -> None:
    """Make `outbox` and `outbox retry [ID …]` known to a command line."""
    outbox = new_app(invoke_without_command=True)
    outbox.callback()(_list)
    outbox.command("retry")(_retry)
    commands.add_typer(outbox, name="outbox")


def _list(
    context: typer.Context,
    *,
    limit: Annotated[int, typer.Option(metavar="N", help="How many at most.")] = LISTED,
    as_json: AsJson = False,
) -> None:
    """List the messages that Slack has not taken yet, without what they say.

    In: the database that the settings name.

    Out: a line a message: its number, whether it waits or was given up, where it goes and why it is not there.
    """
    if context.invoked_subcommand is not None:
        return

    async def read(delivery: "OutboxDelivery") -> "tuple[Outgoing, ...]":
        return await delivery.waiting(limit=max(1, limit))

    found = _run(read)
    if as_json:
        tell_json(*map(_to_json, found))
        return
    if not found:
        tell("Every message was delivered.")
    tell_lines(map(_one_line, found))
    if any(each.dead_at for each in found):
        tell("To send what was given up again: nerbot outbox retry [ID ...]")


def _retry(
    ids: Annotated[
        list[int] | None,
        typer.Argument(metavar="N", help="One or several; all where none is named."),
    ] = None,
    *,
    as_json: AsJson = False,
) -> int:
    """Send what was given up again, all of it or some.

    In: the database that the settings name.

    Out: how many are sent again. Ends with 1 where there are none.
    """

    async def again(delivery: "OutboxDelivery") -> int:
        return await delivery.try_again(ids or None)

    count = _run(again)
    if as_json:
        tell_json({"sent_again": count})
    if count == 0:
        warn("no such message was given up; nerbot outbox lists them")
        return ExitCode.NOTHING
    if not as_json:
        messages = "1 message is" if count == 1 else f"{count:,} messages are"
        tell(f"{messages} sent again, at once where nerbot runs, else after its start.")
    return ExitCode.FINE


def _run(work: Callable[["OutboxDelivery"], Coroutine[Any, Any, T]]) -> T:
    """What `work` finds in the outbox. Raises NerbotError where it cannot be read."""

    async def opened() -> T:
        from bot.cli.opened import opened_database  # noqa: PLC0415 - the other commands need no database
        from bot.db.records.outbox_delivery import OutboxDelivery  # noqa: PLC0415 - as above

        async with opened_database() as opened:
            return await work(OutboxDelivery(opened.database, opened.serves, clock=opened.clock))

    return asyncio.run(opened())


def _to_json(each: "Outgoing") -> dict[str, Any]:
    return {
        "id": each.id,
        "state": "given up" if each.dead_at else "waits",
        "key": each.key,
        "workspace": each.workspace,
        "channel": each.channel,
        "attempts": each.attempts,
        "error": each.error,
        "since": each.created_at.isoformat(),
    }


def _one_line(each: "Outgoing") -> str:
    facts = [f"{each.id:>6}", f"{'given up' if each.dead_at else 'waits':<8}"]
    facts += [each.key, f"workspace {each.workspace}", f"channel {each.channel}"]
    facts.append("1 try" if each.attempts == 1 else f"{each.attempts} tries")
    facts.append(each.error or "no error")
    return "  ".join([*facts, f"since {each.created_at:%Y-%m-%d %H:%M}Z"])
