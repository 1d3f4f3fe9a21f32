"""`python -m bot.playground --data DIR`: the Slack simulator as a process of its own."""

import argparse
import asyncio
import json
import os
import signal
import stat
import sys
from pathlib import Path

from bot.playground.playground import Playground
from bot.playground.values import Timing


def main() -> int:
    """Run until SIGTERM, SIGINT, or the end of stdin (the parent's death)."""
    parser = argparse.ArgumentParser(prog="python -m bot.playground", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder to keep it in")
    parser.add_argument("--port", type=int, default=0, help="0: the last one if free, else any")
    parser.add_argument("--manifest", type=Path, help="manifest.yml, if not the project's own")
    parser.add_argument("--http-request-url", help="deliver by signed HTTP to this address")
    parser.add_argument("--patience", type=float, default=1, help="times Slack's 3 s for an ack")
    parser.add_argument("--team", help="the id of a workspace that is new")
    parser.add_argument("--detached", action="store_true", help="do not watch stdin")
    asyncio.run(_run(parser.parse_args()))
    return 0


async def _run(options: argparse.Namespace) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if not options.detached and _stdin_is_a_pipe():
        loop.add_reader(sys.stdin.fileno(), _until_stdin_ends, stop)
    async with Playground.open(
        data=options.data,
        manifest=options.manifest,
        port=options.port,
        team_id=options.team,
        timing=Timing(ack=3 * options.patience, trigger=3 * options.patience),
    ) as slack:
        if options.http_request_url:
            slack.request_url = options.http_request_url
            slack.deliver_via = "http"
        ready = {
            "page": slack.page_url,
            "api": slack.api_url,
            "bot_token": slack.bot_token,
            "app_token": slack.app_token,
            "signing_secret": slack.signing_secret,
            "control_token": slack.control_token,
        }
        sys.stdout.write(json.dumps(ready) + "\n")
        sys.stdout.flush()
        await stop.wait()


def _stdin_is_a_pipe() -> bool:
    """Whether stdin is a pipe or socket, whose end means that the parent is gone."""
    try:
        mode = os.fstat(sys.stdin.fileno()).st_mode
    except (OSError, ValueError, AttributeError):
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)


def _until_stdin_ends(stop: asyncio.Event) -> None:
    if not os.read(sys.stdin.fileno(), 4096):
        asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
        stop.set()


if __name__ == "__main__":
    sys.exit(main())
