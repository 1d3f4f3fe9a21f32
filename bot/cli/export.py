"""`nerbot export`: a project in a file of any tool's format, whether the bot runs or not."""

import asyncio
import sys
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.destinations import Destination, destination
from bot.cli.remote import ApiToken, Url, client_of, exported
from bot.cli.terminal.exit_codes import ExitCode
from bot.cli.terminal.options import Workspace
from bot.cli.terminal.output import AsJson, tell_json, tell_lines, warn

if TYPE_CHECKING:
    from bot.exchange.exporting import ExportOptions, ExportReport


_SCHEMES = ("iob1", "iob2", "biluo", "bioes", "none")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What was typed."""

    project: str
    workspace: str | None
    format: str
    to: Destination
    force: bool
    which: str
    label: list[str]
    person: list[str]
    since: date | None
    until: date | None
    scheme: str
    dev_share: float
    json: bool


def add_export(commands: typer.Typer) -> None:
    """Make `export` known to a command line."""
    commands.command("export")(_export)


def _formats() -> list[str]:
    from ner_engine.formats.writers.registry import WRITTEN  # noqa: PLC0415

    return [*WRITTEN]


def _known_scheme(name: str) -> str:
    if name not in _SCHEMES:
        raise typer.BadParameter(f"{name} is not one of {', '.join(_SCHEMES)}")
    return name


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text} is not a date such as 2026-11-29") from None


_Project = Annotated[str, typer.Option(metavar="NAME", help="Which one.")]
_Format = Annotated[
    str,
    typer.Option("--format", metavar="NAME", help="`list` lists them.", autocompletion=_formats),
]
_Out = Annotated[
    str | None,
    typer.Option(
        metavar="FILE|DIR",
        help="Such as gold.jsonl or s3://bucket/gold.jsonl; standard output where none is named.",
    ),
]
_Force = Annotated[bool, typer.Option("--force", help="Write over a file that is there.")]
_Gold = Annotated[bool, typer.Option("--gold", help="What is learned from; this is the default.")]
_Finished = Annotated[
    bool,
    typer.Option("--finished", help="What somebody has finished, with annotators."),
]
_Everything = Annotated[
    bool,
    typer.Option(
        "--all",
        help="Everything, with annotators, times, flags, reasons and suggestions.",
    ),
]
_Labels = Annotated[list[str] | None, typer.Option(metavar="LABEL", help="Only phrases with it.")]
_People = Annotated[list[str] | None, typer.Option(metavar="ID", help="Only what they said.")]
_Since = Annotated[
    date | None,
    typer.Option(metavar="DATE", parser=_date, help="Annotated on that day or later."),
]
_Until = Annotated[
    date | None,
    typer.Option(metavar="DATE", parser=_date, help="Annotated on that day or before."),
]
_Scheme = Annotated[
    str,
    typer.Option(
        metavar="|".join(_SCHEMES),
        help="Of tags.",
        callback=_known_scheme,
        autocompletion=lambda: [*_SCHEMES],
    ),
]
_DevShare = Annotated[float, typer.Option(metavar="SHARE", help="What is for evaluation, 0 to 1.")]


def _export(
    *,
    project: _Project = "default",
    workspace: Workspace = None,
    form: _Format = "jsonl",
    out: _Out = None,
    force: _Force = False,
    gold: _Gold = False,
    finished: _Finished = False,
    everything: _Everything = False,
    label: _Labels = None,
    person: _People = None,
    since: _Since = None,
    until: _Until = None,
    scheme: _Scheme = "iob2",
    dev_share: _DevShare = 0.2,
    url: Url = None,
    token: ApiToken = None,
    as_json: AsJson = False,
) -> int:
    """Write a project to a file of any tool's format.

    In: the database that the settings name; with `--url` the API there, which sends the token's project (a folder as
    a zip).

    Out: a file, or a folder of files, in the format; how much is in it, and what the format cannot carry.
    """
    which = _which(gold=gold, finished=finished, all=everything)
    if url is not None:
        asked_for = {
            "form": form,
            "which": which,
            "labels": label or (),
            "people": person or (),
            "since": since,
            "until": until,
        }
        with client_of(url, token) as client, destination(out, force=force) as to:
            exported(client, to.path, force=force, **asked_for)
        return ExitCode.FINE
    with destination(out, force=force) as to:
        asked = _Asked(
            project=project,
            workspace=workspace,
            format=form,
            to=to,
            force=force,
            which=which,
            label=label or [],
            person=person or [],
            since=since,
            until=until,
            scheme=scheme,
            dev_share=dev_share,
            json=as_json,
        )
        return asyncio.run(_run(asked))


def _which(**asked: bool) -> str:
    """Which of the options that exclude each other was given; gold where none was."""
    chosen = [name for name, is_so in asked.items() if is_so]
    if len(chosen) > 1:
        raise typer.BadParameter(f"--{chosen[0]} and --{chosen[1]} exclude each other")
    return chosen[0] if chosen else "gold"


async def _run(options: _Asked) -> int:
    from bot.cli.opened import open_project, there  # noqa: PLC0415 - SQLAlchemy comes here
    from bot.exchange.exporting import export  # noqa: PLC0415
    from ner_engine.formats.writers.registry import WRITTEN  # noqa: PLC0415
    from ner_engine.formats.writers.values import STDOUT  # noqa: PLC0415

    if options.format == "list":
        return _list_formats(as_json=options.json)
    if options.format not in WRITTEN:
        return _refuse(f"there is no format {options.format}; there are {', '.join(WRITTEN)}")
    if not 0 <= options.dev_share < 1:
        return _refuse("--dev-share is a share from 0 to below 1")
    path, suffix = options.to.path, WRITTEN[options.format].suffix
    if path is None and not suffix:
        return _refuse(f"{options.format} is a folder of files; name it with --out")
    if path is not None and path.exists() and not options.force:
        return _refuse(f"{path} already exists; name another one, or write over it with --force")
    if path is not None and not path.absolute().parent.is_dir():
        return _refuse(f"there is no folder {path.absolute().parent}")
    async with open_project(options.project, options.workspace) as opened:
        project = await there(opened)
        target = path or STDOUT
        report = await export(
            opened.store, opened.workspace, project.id, target, _options(options, project.name)
        )
    _tell(report, options, to_file=path is not None)
    return 0


def _refuse(words: str) -> int:
    warn(words)
    return ExitCode.USER_ERROR


def _list_formats(*, as_json: bool) -> int:
    from ner_engine.formats.writers.registry import WRITTEN  # noqa: PLC0415

    if as_json:
        tell_json(*({"format": form.name, "cannot": form.cannot} for form in WRITTEN.values()))
    else:
        tell_lines(f"{form.name:<17} cannot carry: {form.cannot}" for form in WRITTEN.values())
    return ExitCode.FINE


def _options(options: _Asked, project: str) -> "ExportOptions":
    from bot.exchange.exporting import ExportOptions, Which  # noqa: PLC0415
    from ner_engine.formats.writers.values import WriteOptions  # noqa: PLC0415

    return ExportOptions(
        form=options.format,
        which=Which(options.which),
        labels=frozenset(options.label),
        people=frozenset(options.person),
        since=options.since,
        until=options.until,
        write=WriteOptions(scheme=options.scheme, dev_share=options.dev_share, name=project),
    )


def _tell(report: "ExportReport", options: _Asked, *, to_file: bool) -> None:
    out = sys.stdout if to_file else sys.stderr
    if options.json and to_file:
        tell_json(
            {
                "files": [options.to.named(path) for path in report.files],
                "sentences": report.sentences,
                "spans": report.spans,
                "lost": report.lost,
                "cannot": report.cannot,
            }
        )
        return
    where = ", ".join(map(options.to.named, report.files[:4])) if to_file else "standard output"
    more = f" and {len(report.files) - 4:,} more" if len(report.files) > 4 and to_file else ""
    out.write(
        f"{report.sentences:,} sentences with {report.spans:,} labelled phrases: {where}{more}\n"
    )
    for what, count in sorted(report.lost.items()):
        out.write(f"  {options.format} cannot carry {what}: {count:,}\n")
