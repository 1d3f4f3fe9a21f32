"""`nerbot runs`: what an owner can see of the trainings on the machine nerbot runs on."""

import argparse
import asyncio
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.domain.runs import Run
from bot.errors import NerbotError, SettingsError
from bot.settings import Settings, read_settings

LISTED = 20


def add_runs(commands: Any) -> None:
    """Make `runs list` and `runs show N` known to a command line; each sets ``call``."""
    runs = commands.add_parser("runs", help="the trainings in the database of NERBOT_DATA")
    kinds = runs.add_subparsers(dest="kind", required=True)
    listed = kinds.add_parser("list", help="the newest trainings")
    listed.add_argument("--limit", type=int, default=LISTED, metavar="N")
    listed.set_defaults(call=_list)
    shown = kinds.add_parser("show", help="all there is to know of a training, with its log")
    shown.add_argument("number", type=int, metavar="N")
    shown.set_defaults(call=_show)


def _list(options: argparse.Namespace) -> int:
    return _print(
        _read(limit=max(1, options.limit)), show=False, nothing="Nothing was trained yet."
    )


def _show(options: argparse.Namespace) -> int:
    found = _read(number=options.number)
    return _print(found, show=True, nothing=f"There is no training {options.number}.")


Found = tuple[str, Run, str | None]


def _print(read: Any, *, show: bool, nothing: str) -> int:
    try:
        found: list[Found] = asyncio.run(read)
    except NerbotError as error:
        sys.stderr.write(f"nerbot: {error}\n")
        return 2
    if not found:
        sys.stderr.write(f"nerbot: {nothing}\n")
        return 1
    workspaces = {workspace for workspace, _, _ in found}
    for workspace, run, log in found:
        if len(workspaces) > 1 or show:
            sys.stdout.write(f"workspace {workspace}, project {run.project_id}\n")
        lines = _all_of(run, log) if show else [_one_line(run)]
        sys.stdout.writelines(f"{line}\n" for line in lines)
    return 0


async def _read(*, limit: int = LISTED, number: int | None = None) -> list[Found]:
    from bot.db.clock import DatabaseClock  # noqa: PLC0415 - as below
    from bot.db.database import Database  # noqa: PLC0415 - the other commands need no database
    from bot.training.repositories.maintenance import MaintenanceRepository  # noqa: PLC0415 - as above

    settings = read_settings()
    check_there(settings)
    async with Database.open(settings.database) as database:
        maintenance = MaintenanceRepository(database, clock=await DatabaseClock.of(database))
        return list(await maintenance.newest(limit=limit, number=number))


def check_there(settings: Settings) -> None:
    """To look at what is in a database makes none; raises SettingsError."""
    if settings.database_url is None and not Path(settings.data / "nerbot.db").exists():
        raise SettingsError(f"NERBOT_DATA: there is no database in {settings.data.absolute()}")


def _one_line(run: Run) -> str:
    facts = [f"{run.number:>4}", f"{run.state:<11}", f"{run.reason:<8}", f"{run.preset:<7}"]
    facts.append(f"{run.created_at:%Y-%m-%d %H:%M}Z")
    facts.append(f"{run.sentences:>6} sentences")
    if run.evaluation:
        facts.append(f"F1 {100 * run.evaluation.overall.f1:.1f}")
    if run.version:
        facts.append(f"model {run.version}{' live' if run.went_live else ''}")
    return "  ".join(facts)


def _all_of(run: Run, log: str | None) -> Iterator[str]:
    yield f"training {run.number} (run {run.id}): {run.state}"
    told = {
        "why": run.reason,
        "by": run.person,
        "in": run.channel,
        "preset": run.preset + (" with unfinished sentences" if run.with_unfinished else ""),
        "attempt": f"{run.attempt} of 3" + (f", after run {run.retry_of}" if run.retry_of else ""),
        "seed": run.seed,
        "sentences": run.sentences,
        "data": run.fingerprint,
        "asked": _time(run.created_at),
        "began": _time(run.started_at),
        "ended": _time(run.finished_at),
        "seconds": None if run.seconds is None else f"{run.seconds:.1f}",
        "stage": run.progress and f"{run.progress.stage}, {100 * run.progress.done:.0f} %",
        "F1": run.evaluation and f"{100 * run.evaluation.overall.f1:.1f}",
        "model": run.version and f"{run.version}{', went live' if run.went_live else ''}",
        "failure": run.failure,
    }
    yield from (f"  {name + ':':<11} {value}" for name, value in told.items() if value is not None)
    yield "  log:" if log else "  log: nothing was written to it"
    yield from (f"    {line}" for line in (log or "").splitlines())


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else f"{moment:%Y-%m-%d %H:%M:%S}Z"
