"""`nerbot run`: the bot, until it is stopped."""

import asyncio
import contextlib
import logging
import os
import signal
import sys
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import proxy_bypass

import typer

from bot.cli.terminal.output import AsJson, tell_json, tell_lines
from bot.operations.garbage import look_as_usual

if TYPE_CHECKING:
    from bot.app import Bot
    from bot.settings import Settings

STOP_WITHIN_SECONDS = 9.0

log = logging.getLogger("bot")


def add_run(commands: typer.Typer) -> None:
    """Make `run` known to a command line."""
    commands.command("run")(_run)


def _run(*, as_json: AsJson = False) -> None:
    """Start the bot; with no Slack token set, against a Slack simulator on this machine.

    In: the settings, from the environment.

    Out: where it listens and its data folder; then the log, on stderr. SIGTERM or Ctrl-C stops it within ten
    seconds.
    """
    from bot.operations.logs import log_to  # noqa: PLC0415 - pydantic comes with the settings
    from bot.settings import read_settings  # noqa: PLC0415 - as above

    settings = read_settings()
    log_to(sys.stderr, settings.log_level, secrets=settings.secrets)
    asyncio.run(_until_stopped(settings, as_json=as_json))


def ask_no_proxy_for(url: str) -> None:
    """Forget the environment's proxy where NO_PROXY or the loopback says so: Slack's SDK asks it for every address."""
    host = urlsplit(url).hostname or ""
    if host in {"127.0.0.1", "localhost", "::1"} or proxy_bypass(host):
        for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"):
            os.environ.pop(name, None)


async def _until_stopped(settings: "Settings", *, as_json: bool) -> None:
    """Run until SIGTERM or SIGINT; then say so where one asks, go on answering for as long as is set, and stop within
    ten seconds."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    opened = contextlib.AsyncExitStack()
    try:
        bot = await _open(settings, opened, as_json=as_json)
        await stop.wait()
        log.info("stopping")
        bot.leave()
        await asyncio.sleep(settings.drain_seconds)
    finally:
        try:
            async with asyncio.timeout(STOP_WITHIN_SECONDS * settings.patience):
                await opened.aclose()
        except TimeoutError:
            log.warning("not everything closed in time")


async def _open(settings: "Settings", opened: contextlib.AsyncExitStack, *, as_json: bool) -> "Bot":
    from bot.app import open_bot  # noqa: PLC0415 - a wrong setting is told before anything heavy is imported
    from bot.operations.data_lock import locked  # noqa: PLC0415 - as above
    from bot.slack.simulator import sample_sentences, simulated_slack  # noqa: PLC0415 - as above

    if settings.database.startswith("sqlite"):
        # With a server for a database several may share the work.
        opened.enter_context(locked(settings.data))
    page, samples = None, []
    if settings.mode == "playground":
        settings, page = await opened.enter_async_context(simulated_slack(settings))
        samples = sample_sentences()
    ask_no_proxy_for(settings.api_url)
    bot = await opened.enter_async_context(open_bot(settings, samples=samples))
    if as_json:
        tell_json(_where(settings, page, bot))
    else:
        tell_lines(_ready_lines(settings, page, bot))
    sys.stdout.flush()
    look_as_usual()
    return bot


def _where(settings: "Settings", page: str | None, bot: "Bot") -> dict[str, str | None]:
    return {
        "page": page,
        "address": bot.address,
        "health": bot.health,
        "api": bot.api,
        "data": str(settings.data.absolute()),
    }


def _ready_lines(settings: "Settings", page: str | None, bot: "Bot") -> list[str]:
    lines = ["nerbot is ready."]
    if page:
        lines.append(f"  Open the Slack simulator in a browser:  {page}")
    if bot.address:
        lines.append(f"  Listening for Slack at:             {bot.address}/slack/events")
    if bot.api:
        lines.append(f"  The API:                            {bot.api}/api/v1/openapi.json")
    if bot.health:
        lines.append(
            f"  Health and metrics:                 {bot.health}/readyz, {bot.health}/metrics"
        )
    lines.append(f"  The data folder:                    {settings.data.absolute()}")
    return lines
