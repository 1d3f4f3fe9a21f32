"""`nerbot runs`: what an owner can see of the trainings on the machine nerbot runs on."""

import asyncio
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.terminal.exit_codes import ExitCode
from bot.cli.terminal.on_demand import new_app
from bot.cli.terminal.output import AsJson, tell, tell_json, tell_lines, warn

if TYPE_CHECKING:
    from bot.domain.runs import Run

    Found = tuple[str, Run, str | None]

LISTED = 20
Limit = Annotated[int, typer.Option(metavar="N", help="How many at most.")]


def add_runs(commands: typer.Typer) -> None:
    """Make `runs`, `runs list` and `runs show N` known to a command line."""
    runs = new_app(invoke_without_command=True)
    runs.callback()(_newest)
    runs.command("list")(_list)
    runs.command("show")(_show)
    commands.add_typer(runs, name="runs")


def _newest(context: typer.Context, *, limit: Limit = LISTED, as_json: AsJson = False) -> int:
    """List the trainings, newest first, or show one.

    In: the database that the settings name.

    Out: a line a training: its number, state, preset, time, sentences, score and model. Ends with 1 where there
    are none.
    """
    if context.invoked_subcommand is not None:
        return ExitCode.FINE
    return _list(limit=limit, as_json=as_json)


def _list(*, limit: Limit = LISTED, as_json: AsJson = False) -> int:
    """List the trainings, newest first.

    In: the database that the settings name.

    Out: a line a training. Ends with 1 where there are none.
    """
    found = asyncio.run(_read(limit=max(1, limit)))
    return _print(found, show=False, as_json=as_json, nothing="Nothing was trained yet.")


def _show(
    number: Annotated[int, typer.Argument(metavar="N", help="The training's number.")],
    *,
    as_json: AsJson = False,
) -> int:
    """Show the details of one training, with its log.

    In: the database that the settings name.

    Out: a line a fact, then the log. Ends with 1 where there is no such training.
    """
    found = asyncio.run(_read(number=number))
    return _print(found, show=True, as_json=as_json, nothing=f"There is no training {number}.")


def _print(found: "list[Found]", *, show: bool, as_json: bool, nothing: str) -> int:
    if not found:
        warn(nothing)
        return ExitCode.NOTHING
    if as_json:
        tell_json(*(_to_json(*each, show=show) for each in found))
        return ExitCode.FINE
    workspaces = {workspace for workspace, _, _ in found}
    for workspace, run, log in found:
        if len(workspaces) > 1 or show:
            tell(f"workspace {workspace}, project {run.project_id}")
        tell_lines(_all_of(run, log) if show else [_one_line(run)])
    return ExitCode.FINE


async def _read(*, limit: int = LISTED, number: int | None = None) -> "list[Found]":
    from bot.cli.opened import opened_database  # noqa: PLC0415 - the other commands need no database
    from bot.training.repositories.maintenance import MaintenanceRepository  # noqa: PLC0415 - as above

    async with opened_database() as opened:
        maintenance = MaintenanceRepository(opened.database, opened.serves, clock=opened.clock)
        return list(await maintenance.newest(limit=limit, number=number))


def _to_json(workspace: str, run: "Run", log: str | None, *, show: bool) -> dict[str, Any]:
    told = {
        "workspace": workspace,
        "project_id": run.project_id,
        "number": run.number,
        "run": run.id,
        "state": run.state,
        "reason": run.reason,
        "preset": run.preset,
        "with_unfinished": run.with_unfinished,
        "sentences": run.sentences,
        "attempt": run.attempt,
        "seed": run.seed,
        "created_at": _iso(run.created_at),
        "started_at": _iso(run.started_at),
        "finished_at": _iso(run.finished_at),
        "f1": run.evaluation.overall.f1 if run.evaluation else None,
        "model": run.version,
        "went_live": run.went_live,
        "failure": run.failure,
    }
    return told | {"log": log} if show else told


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _one_line(run: "Run") -> str:
    facts = [f"{run.number:>4}", f"{run.state:<11}", f"{run.reason:<8}", f"{run.preset:<7}"]
    facts.append(f"{run.created_at:%Y-%m-%d %H:%M}Z")
    facts.append(f"{run.sentences:>6} sentences")
    if run.evaluation:
        facts.append(f"F1 {100 * run.evaluation.overall.f1:.1f}")
    if run.version:
        facts.append(f"model {run.version}{' live' if run.went_live else ''}")
    return "  ".join(facts)


def _all_of(run: "Run", log: str | None) -> Iterator[str]:
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
