"""`nerbot doctor` on the command line."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.doctor.findings import Finding, State, failed, ok
from bot.cli.terminal.exit_codes import ExitCode
from bot.cli.terminal.output import AsJson, tell, tell_json

if TYPE_CHECKING:
    from bot.settings import Settings


def add_doctor(commands: typer.Typer) -> None:
    """Make `doctor` known to a command line."""
    commands.command("doctor")(_doctor)


def _doctor(
    *,
    offline: Annotated[bool, typer.Option("--offline", help="Do not ask Slack.")] = False,
    as_json: AsJson = False,
) -> int:
    """Check everything nerbot needs, and say what to do where something is wrong.

    In: the settings, Slack's answers to our tokens, the database, the workers, the data folder, the encoder, the
    models' files. Nothing is changed, and nerbot may be running.

    Out: a line a check: ok, warning or failed, with the next step. Ends with 1 where one failed.
    """
    found = asyncio.run(_collect(offline=offline, as_json=as_json))
    failures = sum(each.state is State.FAILED for each in found)
    warnings = sum(each.state is State.WARNING for each in found)
    if as_json:
        tell_json({"ok": not failures, "checks": [asdict(each) for each in found]})
    else:
        tell(f"{len(found)} checks, failed: {failures}, warnings: {warnings}.")
    return ExitCode.NOTHING if failures else ExitCode.FINE


async def _collect(*, offline: bool, as_json: bool) -> list[Finding]:
    """Each check's finding, told as soon as it is there."""
    found: list[Finding] = []
    async with contextlib.aclosing(_checks(offline=offline)) as checks:
        async for each in checks:
            found.append(each)
            if not as_json:
                for line in _lines(each):
                    tell(line)
    return found


def _lines(finding: Finding) -> Iterator[str]:
    yield f"{finding.state.value:<8} {finding.name}: {finding.says}"
    if finding.next:
        yield f"{'':8} → {finding.next}"


async def _checks(*, offline: bool) -> AsyncGenerator[Finding]:
    from bot.cli.doctor.machine import check_disk, check_encoder, check_env_file  # noqa: PLC0415 - heavy
    from bot.cli.doctor.store import check_store  # noqa: PLC0415 - as above
    from bot.errors import SettingsError  # noqa: PLC0415 - as above
    from bot.settings import read_settings  # noqa: PLC0415 - as above

    for finding in check_env_file():
        yield finding
    settings: Settings | None = None
    try:
        settings = read_settings()
    except SettingsError as error:
        yield failed("settings", str(error), "correct it in the environment, or with nerbot init")
    yield check_encoder()
    if settings is None:
        return
    yield ok("settings", _mode_words(settings))
    yield check_disk(settings.data)
    async for finding in check_store(settings):
        yield finding
    if settings.is_installable:
        from bot.cli.doctor.installing import check_redirect  # noqa: PLC0415 - as above

        for finding in check_redirect(settings):
            yield finding
    if settings.mode == "playground":
        yield ok("Slack", "no token is set, so nerbot run starts the Slack simulator")
    elif not offline:
        from bot.cli.doctor.slack import check_slack  # noqa: PLC0415 - Slack's libraries come here

        async for finding in check_slack(settings):
            yield finding


def _mode_words(settings: "Settings") -> str:
    told = {"socket": "Socket Mode", "http": "HTTP", "playground": "the Slack simulator"}
    return f"they can be read; nerbot uses {told[settings.mode]}"
