"""`nerbot import`: sentences and labels from files of every tool into a project, whether the bot runs or not."""

import argparse
import asyncio
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.errors import NerbotError, PersonError
from ner_engine.errors import EngineError

if TYPE_CHECKING:
    from bot.exchange.commands import ImportOptions
    from bot.exchange.importing import Importer, Place
    from bot.exchange.values import ImportReport

_LISTED = 20


def add_import(commands: Any) -> None:
    """Make `import FILE …`, `import --list` and `import --undo N` known to a command line; each sets ``call``."""
    command = commands.add_parser(
        "import", help="take sentences and labels from files of any tool into a project"
    )
    command.add_argument("files", type=Path, nargs="*", metavar="FILE")
    command.add_argument(
        "--project", default="default", metavar="NAME", help="made where it is not there"
    )
    command.add_argument("--workspace", metavar="ID", help="Slack's id, where there are several")
    command.add_argument(
        "--dry-run", action="store_true", help="say what would be done; change nothing"
    )
    command.add_argument(
        "--format", metavar="NAME", help="if it is not to be recognised; `list` lists them"
    )
    command.add_argument("--encoding", metavar="NAME", help="if it is not to be recognised")
    command.add_argument(
        "--column", metavar="NAME", help="the column or member that holds the text"
    )
    command.add_argument(
        "--split", action="store_true", help="cut every text at the ends of its sentences"
    )
    command.add_argument(
        "--as",
        dest="people",
        action="append",
        default=[],
        metavar="ID|NAME=ID",
        help="whose labels they are; or who a person of the file is here, as in alice=U012ABC",
    )
    command.add_argument(
        "--label",
        dest="labels",
        action="append",
        default=[],
        metavar="OLD=NEW",
        help="what a label of the file becomes; OLD= leaves it out",
    )
    command.add_argument(
        "--label-names", type=Path, metavar="FILE.json", help="doccano's label file"
    )
    command.add_argument(
        "--tag-names", metavar="O,B-PER,…", help="what tags that are numbers are called"
    )
    command.add_argument(
        "--unfinished", action="store_true", help="nothing of it counts as finished"
    )
    command.add_argument("--undo", type=int, metavar="N", help="take import N back")
    command.add_argument("--list", action="store_true", dest="listed", help="the newest imports")
    command.add_argument("--json", action="store_true", help="print the report as JSON")
    command.set_defaults(call=_call)


def _call(options: argparse.Namespace) -> int:
    try:
        return asyncio.run(_run(options))
    except (NerbotError, EngineError, PersonError) as error:
        sys.stderr.write(f"nerbot: {error}\n")
    except OSError as error:
        sys.stderr.write(f"nerbot: {error.strerror}: {error.filename}\n")
    except KeyboardInterrupt:
        sys.stderr.write("nerbot: stopped; the same command goes on from here\n")
    return 2


async def _run(options: argparse.Namespace) -> int:
    from bot.cli.opened import made, open_project, there  # noqa: PLC0415 - SQLAlchemy comes here
    from bot.engine.tokenizer import TokenizerThread  # noqa: PLC0415
    from bot.exchange.importing import Importer, Place  # noqa: PLC0415

    if options.format == "list":
        return _list_formats()
    asked = _options(options)
    tokenizer = TokenizerThread()
    async with open_project(options.project, options.workspace) as opened:
        if options.listed:
            return await _list(opened.store, Place(opened.workspace, (await there(opened)).id))
        if options.undo is not None:
            return await _undo(
                opened.store, Place(opened.workspace, (await there(opened)).id), options.undo
            )
        if not options.files:
            sys.stderr.write(
                "nerbot: name a file; nerbot import --help says what can be imported\n"
            )
            return 2
        importer = Importer(opened.store, tokenizer.tokens)
        try:
            if options.dry_run:
                project_id = opened.project.id if opened.project else 0
                return await _each(options, importer, Place(opened.workspace, project_id), asked)
            project, is_new = await made(opened, person="import")
            if is_new and not options.json:
                sys.stdout.write(f"The project {project.name} was made.\n")
            return await _each(options, importer, Place(opened.workspace, project.id), asked)
        finally:
            tokenizer.close()


async def _each(
    options: argparse.Namespace, importer: "Importer", place: "Place", asked: "ImportOptions"
) -> int:
    """Import each file; one that is refused does not keep the others out."""
    status, reports = 0, []
    for path in _without_pairs(options.files):
        try:
            if options.dry_run:
                report = await importer.dry_run(place, path, asked)
            else:
                report = await importer.run(place, path, asked, progress=_Progress(path.name))
        except EngineError as error:
            sys.stderr.write(f"nerbot: {path.name}: {error}\n")
            status = 2
            continue
        except OSError as error:
            sys.stderr.write(f"nerbot: {path}: {error.strerror}\n")
            status = 2
            continue
        reports.append(report)
        if not options.json:
            sys.stdout.writelines(
                f"{line}\n" for line in report_lines(report, dry_run=options.dry_run)
            )
    if options.json:
        values = [report.to_json() for report in reports]
        json.dump(values[0] if len(values) == 1 else values, sys.stdout, ensure_ascii=False)
        sys.stdout.write("\n")
    return status


def _without_pairs(files: list[Path]) -> Iterator[Path]:
    """Of a text and its standoff file that are both named, one."""
    spans = {path.with_suffix("") for path in files if path.suffix == ".ann"}
    return (path for path in files if not (path.suffix == ".txt" and path.with_suffix("") in spans))


def _options(options: argparse.Namespace) -> "ImportOptions":
    from bot.exchange.commands import ImportOptions  # noqa: PLC0415
    from ner_engine.formats.raw.shape import Hints  # noqa: PLC0415
    from ner_engine.formats.readers.doccano import label_names  # noqa: PLC0415

    named = dict(each.split("=", 1) for each in options.people if "=" in each)
    everybody = [each for each in options.people if "=" not in each]
    names = options.label_names and label_names(_json_of(options.label_names))
    return ImportOptions(
        form=options.format,
        encoding=options.encoding,
        split=options.split,
        labels=dict(each.split("=", 1) for each in options.labels if "=" in each),
        people=named,
        everybody=everybody[-1] if everybody else None,
        unfinished=options.unfinished,
        hints=Hints(
            text_column=options.column,
            label_names=names or {},
            tag_names=tuple(options.tag_names.split(",")) if options.tag_names else (),
        ),
    )


def _json_of(path: Path) -> Any:
    from ner_engine.errors import FileRefused  # noqa: PLC0415

    try:
        return json.loads(path.read_text("utf-8-sig"))
    except (ValueError, RecursionError):
        raise FileRefused(reason=f"{path.name} is not JSON") from None


class _Progress:
    """One line that changes on a terminal; nothing elsewhere."""

    def __init__(self, name: str) -> None:
        self._name, self._changes = name, sys.stderr.isatty()

    def __call__(self, report: "ImportReport") -> None:
        if self._changes:
            sys.stderr.write(f"\r  {self._name}: {report.counts['texts']:,} sentences   ")
            sys.stderr.flush()


async def _list(store: Any, place: "Place") -> int:
    from bot.exchange.repositories.imports import ImportRuns  # noqa: PLC0415

    async with store.reading(place.workspace) as tx:
        runs = await ImportRuns(tx).newest(place.project_id, limit=_LISTED)
    if not runs:
        sys.stdout.write("Nothing was imported yet.\n")
    for run in runs:
        at = f"{run.created_at:%Y-%m-%d %H:%M}Z" if run.created_at else ""
        new = run.counts.get("sentences", 0)
        sys.stdout.write(
            f"{run.id:>4}  {run.state:<8} {at}  {new:>9,} new sentences  {run.form:<12} {run.file}\n"
        )
    return 0


async def _undo(store: Any, place: "Place", number: int) -> int:
    from bot.exchange.undoing import undo_import  # noqa: PLC0415

    undone = await undo_import(store, place, number)
    sys.stdout.write(
        f"Import {number} ({undone.run.file}) was taken back: {undone.removed:,} sentences are gone"
    )
    if undone.kept:
        sys.stdout.write(
            f"; {undone.kept:,} stay, because they were there before or somebody has worked with them "
            f"(annotations taken back in them: {undone.taken_back:,})"
        )
    sys.stdout.write(".\n")
    return 0


def _list_formats() -> int:
    from ner_engine.formats.readers.recognition import READ  # noqa: PLC0415

    sys.stdout.writelines(f"{name}\n" for name in READ)
    return 0


def report_lines(report: "ImportReport", *, dry_run: bool) -> Iterator[str]:
    """What an import found and did, or would do."""
    counts = report.counts
    yield f"{report.file}: {report.form}, {report.encoding}"
    if report.resumed_at:
        yield f"  goes on after {report.resumed_at:,} sentences that were stored before"
    would = "would be " if dry_run else ""
    yield f"  sentences in it:          {counts['texts']:>9,}"
    yield f"  {would}new here:{' ' * (16 - len(would))}{counts['sentences']:>9,}"
    yield f"  duplicates:               {counts['duplicates']:>9,}"
    yield f"  annotations:              {counts['annotated']:>9,}, finished: {counts['finished']:,}"
    yield f"  labelled phrases:         {counts['spans']:>9,}"
    yield f"  lines that are left out:  {counts['refused']:>9,}"
    if report.documents:
        yield f"  documents:                {len(report.documents):>9,}"
    if report.labels:
        yield "  labels:"
        for (theirs, ours), number in report.labels.most_common():
            becomes = "" if theirs == ours else f" becomes {ours}"
            new = " (new)" if ours in report.new_labels else ""
            yield f"    {theirs}{becomes}{new}: {number:,}"
    people = [(pair, number) for pair, number in report.people.most_common() if pair[0]]
    if people:
        yield "  people:"
        for (theirs, ours), number in people:
            becomes = "" if theirs == ours else f" is {ours}"
            yield f"    {theirs}{becomes}: {number:,} annotations"
    yield from _remark_lines(report)
    if report.run is not None:
        yield f"  Imported as number {report.run.id}. To take it back: nerbot import --undo {report.run.id}"


def _remark_lines(report: "ImportReport") -> Iterator[str]:
    if not report.kinds:
        return
    yield "  remarks:"
    for kind, number in report.kinds.most_common():
        yield f"    {kind}: {number:,}"
    for remark in report.remarks:
        yield f"    line {remark.line}: {remark.words}"
    more = sum(report.kinds.values()) - len(report.remarks)
    if more > 0:
        yield f"    … and {more:,} more"
