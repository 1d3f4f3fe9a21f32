"""`nerbot export`: a project in a file of any tool's format, whether the bot runs or not."""

import argparse
import asyncio
import json
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.errors import NerbotError, PersonError
from ner_engine.errors import EngineError

if TYPE_CHECKING:
    from bot.exchange.exporting import ExportOptions, ExportReport


def add_export(commands: Any) -> None:
    """Make `export` known to a command line; it sets ``call``."""
    command = commands.add_parser("export", help="write a project to a file of any tool's format")
    command.add_argument("--project", default="default", metavar="NAME")
    command.add_argument("--workspace", metavar="ID", help="Slack's id, where there are several")
    command.add_argument("--format", default="jsonl", metavar="NAME", help="`list` lists them")
    command.add_argument(
        "--out", type=Path, metavar="FILE|DIR", help="standard output where none is named"
    )
    command.add_argument("--force", action="store_true", help="write over a file that is there")
    which = command.add_mutually_exclusive_group()
    which.add_argument(
        "--gold",
        dest="which",
        action="store_const",
        const="gold",
        help="what is learned from (default)",
    )
    which.add_argument(
        "--finished",
        dest="which",
        action="store_const",
        const="finished",
        help="what somebody has finished, with annotators",
    )
    which.add_argument(
        "--all",
        dest="which",
        action="store_const",
        const="all",
        help="everything, with annotators, times, flags, reasons and suggestions",
    )
    command.add_argument(
        "--label", action="append", default=[], metavar="LABEL", help="only phrases with it"
    )
    command.add_argument(
        "--person", action="append", default=[], metavar="ID", help="only what they said"
    )
    command.add_argument(
        "--since", type=date.fromisoformat, metavar="DATE", help="annotated on that day or later"
    )
    command.add_argument(
        "--until", type=date.fromisoformat, metavar="DATE", help="annotated on that day or before"
    )
    command.add_argument(
        "--scheme",
        default="iob2",
        choices=("iob1", "iob2", "biluo", "bioes", "none"),
        help="of tags",
    )
    command.add_argument(
        "--dev-share",
        type=float,
        default=0.2,
        metavar="SHARE",
        help="what is for evaluation, 0 to 1",
    )
    command.add_argument("--json", action="store_true", help="print the report as JSON")
    command.set_defaults(call=_call, which="gold")


def _call(options: argparse.Namespace) -> int:
    try:
        return asyncio.run(_run(options))
    except (NerbotError, EngineError, PersonError) as error:
        sys.stderr.write(f"nerbot: {error}\n")
    except BrokenPipeError:
        return 1
    except OSError as error:
        sys.stderr.write(f"nerbot: {error.strerror}: {error.filename}\n")
    return 2


async def _run(options: argparse.Namespace) -> int:
    from bot.cli.opened import open_project, there  # noqa: PLC0415 - SQLAlchemy comes here
    from bot.cli.runs import check_there  # noqa: PLC0415
    from bot.exchange.exporting import export  # noqa: PLC0415
    from bot.settings import read_settings  # noqa: PLC0415
    from ner_engine.formats.writers.registry import WRITTEN  # noqa: PLC0415

    if options.format == "list":
        sys.stdout.writelines(
            f"{form.name:<17} cannot carry: {form.cannot}\n" for form in WRITTEN.values()
        )
        return 0
    if options.format not in WRITTEN:
        return _refuse(f"there is no format {options.format}; there are {', '.join(WRITTEN)}")
    if not 0 <= options.dev_share < 1:
        return _refuse("--dev-share is a share from 0 to below 1")
    path, suffix = options.out, WRITTEN[options.format].suffix
    if path is None and not suffix:
        return _refuse(f"{options.format} is a folder of files; name it with --out")
    if path is not None and path.exists() and not options.force:
        return _refuse(f"{path} is there already; name another one, or write over it with --force")
    if path is not None and not path.absolute().parent.is_dir():
        return _refuse(f"there is no folder {path.absolute().parent}")
    check_there(read_settings())
    async with open_project(options.project, options.workspace) as opened:
        project = await there(opened)
        target = path or Path("/dev/stdout")
        report = await export(
            opened.store, opened.workspace, project.id, target, _options(options, project.name)
        )
    _tell(report, options, to_file=path is not None)
    return 0


def _refuse(words: str) -> int:
    sys.stderr.write(f"nerbot: {words}\n")
    return 2


def _options(options: argparse.Namespace, project: str) -> "ExportOptions":
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


def _tell(report: "ExportReport", options: argparse.Namespace, *, to_file: bool) -> None:
    out = sys.stdout if to_file else sys.stderr
    if options.json and to_file:
        json.dump(
            {
                "files": [str(path) for path in report.files],
                "sentences": report.sentences,
                "spans": report.spans,
                "lost": report.lost,
                "cannot": report.cannot,
            },
            out,
            ensure_ascii=False,
        )
        out.write("\n")
        return
    where = ", ".join(str(path) for path in report.files[:4]) if to_file else "standard output"
    more = f" and {len(report.files) - 4:,} more" if len(report.files) > 4 and to_file else ""
    out.write(
        f"{report.sentences:,} sentences with {report.spans:,} labelled phrases: {where}{more}\n"
    )
    for what, count in sorted(report.lost.items()):
        out.write(f"  {options.format} cannot carry {what}: {count:,}\n")
