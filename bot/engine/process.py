"""How processes of the engine are started and ended: without our secrets, and never to outlive us."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType

STOP_WITHIN_SECONDS = 4.0
_LINE_LIMIT = 8 * 1024 * 1024
_SECRET_PREFIXES = ("SLACK_", "NERBOT_")

log = logging.getLogger(__name__)


async def start_engine(
    module: str,
    *arguments: str,
    errors: Path | None = None,
    environment: Mapping[str, str] = MappingProxyType({}),
) -> asyncio.subprocess.Process:
    """Start `python -m module` in a group of its own; the end of its stdin tells it that we are gone.

    A group, not a session: Linux shares the processor between sessions first, and the niceness of a
    training would count within its own alone.
    """
    plain = {
        name: value for name, value in os.environ.items() if not name.startswith(_SECRET_PREFIXES)
    }
    with (errors or Path(os.devnull)).open("ab") as log_file:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            module,
            *arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=log_file,
            env={**plain, **environment},
            process_group=0,
            limit=_LINE_LIMIT,
        )


async def stop_engine(
    process: asyncio.subprocess.Process, *, within: float = STOP_WITHIN_SECONDS
) -> None:
    """Ask the process, and end its whole group when it has stopped or the seconds are over."""
    try:
        await _ask(process, within)
    finally:
        # Also where nobody waits any longer: what was asked to stop must not stay.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    await process.wait()


async def _ask(process: asyncio.subprocess.Process, within: float) -> None:
    if process.returncode is not None:
        return
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        async with asyncio.timeout(within):
            await process.wait()
    except TimeoutError:
        log.warning("a process of the engine did not stop when asked")
