"""`nerbot outbox`: what Slack has not taken yet, and what was given up; never what it says."""

import argparse
import asyncio
import sys
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from bot.cli.runs import check_there
from bot.errors import NerbotError
from bot.settings import read_settings

if TYPE_CHECKING:
    from bot.db.records.outbox import Outgoing
    from bot.db.records.outbox_delivery import OutboxDelivery

LISTED = 100
T = TypeVar("T")


def add_outbox(commands: Any) -> None:
    """Make `outbox` and `outbox retry [ID …]` known to a command line; each sets ``call``."""
    outbox = commands.add_parser(
        "outbox", help="the messages that Slack has not taken yet, in the database of NERBOT_DATA"
    )
    outbox.add_argument("--limit", type=int, default=LISTED, metavar="N")
    outbox.set_defaults(call=_list)
    kinds = outbox.add_subparsers(dest="kind")
    again = kinds.add_parser("retry", help="send what was given up again, all of it or some")
    again.add_argument("ids", type=int, nargs="*", metavar="ID")
    again.set_defaults(call=_retry)


def _list(options: argparse.Namespace) -> int:
    async def read(delivery: "OutboxDelivery") -> "tuple[Outgoing, ...]":
        return await delivery.waiting(limit=max(1, options.limit))

    found = _run(read)
    if found is None:
        return 2
    if not found:
        sys.stdout.write("Every message was delivered.\n")
    sys.stdout.writelines(f"{_one_line(each)}\n" for each in found)
    if any(each.dead_at for each in found):
        sys.stdout.write("To send what was given up again: nerbot outbox retry [ID ...]\n")
    return 0


def _retry(options: argparse.Namespace) -> int:
    async def again(delivery: "OutboxDelivery") -> int:
        return await delivery.try_again(options.ids or None)

    count = _run(again)
    if count is None:
        return 2
    if count == 0:
        sys.stderr.write("nerbot: no such message was given up; nerbot outbox lists them\n")
        return 1
    messages = "1 message is" if count == 1 else f"{count:,} messages are"
    sys.stdout.write(f"{messages} sent again, at once where nerbot runs, else after its start.\n")
    return 0


def _run(work: Callable[["OutboxDelivery"], Coroutine[Any, Any, T]]) -> T | None:
    """What `work` finds in the outbox; None where it could not be read, which is told."""

    async def opened() -> T:
        from bot.db.clock import DatabaseClock  # noqa: PLC0415 - as below
        from bot.db.database import Database  # noqa: PLC0415 - the other commands need no database
        from bot.db.records.outbox_delivery import OutboxDelivery  # noqa: PLC0415 - as above

        settings = read_settings()
        check_there(settings)
        async with Database.open(settings.database) as database:
            return await work(OutboxDelivery(database, clock=await DatabaseClock.of(database)))

    try:
        return asyncio.run(opened())
    except NerbotError as error:
        sys.stderr.write(f"nerbot: {error}\n")
        return None


def _one_line(each: "Outgoing") -> str:
    facts = [f"{each.id:>6}", f"{'given up' if each.dead_at else 'waits':<8}"]
    facts += [each.key, f"workspace {each.workspace}", f"channel {each.channel}"]
    facts.append("1 try" if each.attempts == 1 else f"{each.attempts} tries")
    facts.append(each.error or "no error")
    return "  ".join([*facts, f"since {each.created_at:%Y-%m-%d %H:%M}Z"])
