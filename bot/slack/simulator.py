"""Without tokens: a Slack simulator of its own, as a process beside the bot, reached only through Slack's protocols."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from importlib.resources import files

from pydantic import SecretStr

from bot.errors import SettingsError
from bot.settings import Settings
from bot.slack.diagnosis import OUTPUT_SCOPES, read_manifest, switched_on

START_WITHIN_SECONDS = 20
LOCAL_WORKSPACE = "T0LOCAL"
"""The id of a new workspace, so that what was imported before the first start is in it."""


@asynccontextmanager
async def simulated_slack(settings: Settings) -> AsyncIterator[tuple[Settings, str]]:
    """Start the Slack simulator; the settings that reach it, and the address of its page."""
    folder = settings.data / "playground"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise SettingsError(f"NERBOT_DATA: the folder cannot be made ({error.strerror})") from error
    settings = _everything_on(settings)
    manifest = folder / "manifest.json"
    told = read_manifest(**switched_on(settings))
    manifest.write_text(json.dumps(told), encoding="utf-8")
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot.playground",
        "--data",
        str(folder),
        "--patience",
        str(settings.patience),
        "--manifest",
        str(manifest),
        "--team",
        LOCAL_WORKSPACE,
        stdin=asyncio.subprocess.PIPE,  # its end tells the process that we are gone
        stdout=asyncio.subprocess.PIPE,
        process_group=0,  # Ctrl-C reaches us alone: the bot says goodbye before its Slack goes
    )
    try:
        yield await _connection(process, settings)
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


def _everything_on(settings: Settings) -> Settings:
    """What is switched on in Slack only where it is wished is on here, unless it is switched off."""
    on = {
        "file_imports": True,
        "watching": True,
        "slack_outputs": frozenset(OUTPUT_SCOPES),
        "workflow_steps": True,
    }
    unset = {name: value for name, value in on.items() if getattr(settings, name) is None}
    return settings.model_copy(update=unset)


async def _connection(
    process: asyncio.subprocess.Process, settings: Settings
) -> tuple[Settings, str]:
    assert process.stdout is not None
    try:
        async with asyncio.timeout(START_WITHIN_SECONDS * settings.patience):
            told = json.loads(await process.stdout.readline())
    except (TimeoutError, ValueError) as error:
        raise SettingsError(
            "NERBOT_DATA: the Slack simulator did not start; see what it printed above"
        ) from error
    reachable = settings.model_copy(
        update={
            "api_url": told["api"],
            "bot_token": SecretStr(told["bot_token"]),
            "app_token": SecretStr(told["app_token"]),
        }
    )
    return reachable, str(told["page"])


def sample_sentences() -> list[str]:
    """The sentences that wait to be labelled in a new Slack simulator."""
    text = (files("bot") / "samples" / "triage.txt").read_text(encoding="utf-8")
    return [stripped for raw in text.splitlines() if (stripped := raw.strip())]
