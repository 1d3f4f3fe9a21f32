"""The command line: `nerbot run`, and the engine's own commands."""

import argparse
import asyncio
import contextlib
import logging
import os
import signal
import sys
from collections.abc import Sequence
from typing import TextIO
from urllib.parse import urlsplit
from urllib.request import proxy_bypass

from bot import __version__
from bot.cli.backups import add_backups
from bot.cli.encoders import add_encoders
from bot.cli.engine import add_commands, call
from bot.cli.export import add_export
from bot.cli.forget import add_forget
from bot.cli.import_ import add_import
from bot.cli.models import add_models
from bot.cli.outbox import add_outbox
from bot.cli.runs import add_runs
from bot.errors import SettingsError
from bot.operations.data_lock import locked
from bot.operations.logs import log_to
from bot.settings import Settings, read_settings

STOP_WITHIN_SECONDS = 9.0

#: Commands that work on the database, and say themselves what cannot be done.
_OF_DATABASE = frozenset(
    {"runs", "outbox", "backup", "restore", "forget", "models", "import", "export"}
)

log = logging.getLogger("bot")


def make_parser() -> argparse.ArgumentParser:
    """Reads `nerbot …`."""
    parser = argparse.ArgumentParser(
        prog="nerbot", description="Teach a named-entity model your own labels, in Slack."
    )
    parser.add_argument("--version", action="version", version=f"nerbot {__version__}")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser(
        "run",
        help="start the bot; with no Slack token set, against a Slack simulator on this machine",
    )
    add_commands(commands)
    add_encoders(commands)
    add_runs(commands)
    add_outbox(commands)
    add_backups(commands)
    add_forget(commands)
    add_models(commands)
    add_import(commands)
    add_export(commands)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit status."""
    options = make_parser().parse_args(arguments)
    _leave_processors_free()
    if options.command in _OF_DATABASE:
        return int(options.call(options))
    return call(options) if "call" in options else _start()


def _start() -> int:
    try:
        settings = read_settings()
        log_to(sys.stderr, settings.log_level, secrets=settings.secrets)
        asyncio.run(_run(settings, sys.stdout))
    except SettingsError as error:
        print(f"nerbot: {error}", file=sys.stderr)  # noqa: T201 - the one line a failed start prints
        return 2
    return 0


def _leave_processors_free() -> None:
    """One thread for matrices, set before numpy is there: a second one spins beside the event loop for no gain."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")


def ask_no_proxy_for(url: str) -> None:
    """Forget the environment's proxy where NO_PROXY or the loopback says so: Slack's SDK asks it for every address."""
    host = urlsplit(url).hostname or ""
    if host in {"127.0.0.1", "localhost", "::1"} or proxy_bypass(host):
        for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"):
            os.environ.pop(name, None)


async def _run(settings: Settings, out: TextIO) -> None:
    """Run until SIGTERM or SIGINT; then drain and stop within ten seconds."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    opened = contextlib.AsyncExitStack()
    try:
        await _open(settings, opened, out)
        await stop.wait()
        log.info("stopping")
    finally:
        try:
            async with asyncio.timeout(STOP_WITHIN_SECONDS * settings.patience):
                await opened.aclose()
        except TimeoutError:
            log.warning("not everything closed in time")


async def _open(settings: Settings, opened: contextlib.AsyncExitStack, out: TextIO) -> None:
    from bot.app import open_bot  # noqa: PLC0415 - a wrong setting is told before anything heavy is imported
    from bot.slack.simulator import sample_sentences, simulated_slack  # noqa: PLC0415 - as above

    if settings.database.startswith(
        "sqlite"
    ):  # with a server for a database several may share the work
        opened.enter_context(locked(settings.data))
    page, samples = None, []
    if settings.mode == "playground":
        settings, page = await opened.enter_async_context(simulated_slack(settings))
        samples = sample_sentences()
    ask_no_proxy_for(settings.api_url)
    bot = await opened.enter_async_context(open_bot(settings, samples=samples))
    lines = _ready_lines(settings, page, bot.address, bot.health)
    out.writelines(line + "\n" for line in lines)
    out.flush()


def _ready_lines(
    settings: Settings, page: str | None, address: str | None, health: str | None
) -> list[str]:
    lines = ["nerbot is ready."]
    if page:
        lines.append(f"  Open the Slack simulator in a browser:  {page}")
    if address:
        lines.append(f"  Slack's requests are awaited at:    {address}/slack/events")
    if health:
        lines.append(f"  Health and metrics:                 {health}/readyz, {health}/metrics")
    lines.append(f"  The data folder:                    {settings.data.absolute()}")
    return lines
