"""`nerbot import` into the database that the settings name."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.cli.import_options import Asked, formats
from bot.cli.import_report import report_lines, run_line, run_to_json, tell_undone
from bot.cli.terminal.exit_codes import ExitCode
from bot.cli.terminal.output import tell, tell_json, tell_lines, warn
from bot.cli.terminal.progress import Stages
from ner_engine.errors import EngineError

if TYPE_CHECKING:
    from bot.exchange.commands import ImportOptions
    from bot.exchange.importing import Importer
    from bot.exchange.storing import Place
    from bot.exchange.values import ImportReport

_LISTED = 20


async def run(options: Asked) -> int:
    """Import, list or undo, as was asked for: the exit code."""
    from bot.cli.opened import Where, made, open_project, there  # noqa: PLC0415 - SQLAlchemy comes here
    from bot.engine.client import EngineClient  # noqa: PLC0415
    from bot.engine.tokenizer import TokenizerThread  # noqa: PLC0415
    from bot.exchange.importing import Importer  # noqa: PLC0415
    from bot.exchange.storing import Place  # noqa: PLC0415
    from bot.redaction.storing import Masking  # noqa: PLC0415
    from bot.shelf.opening import open_shelf  # noqa: PLC0415

    if options.format == "list":
        return _list_formats(as_json=options.json)
    asked = _options(options)
    tokenizer = TokenizerThread()
    missing = Where.NOWHERE if options.dry_run else Where.MADE
    if options.listed or options.undo is not None:
        missing = Where.REFUSED
    elif not options.files:
        warn("name a file; nerbot import --help says what can be imported")
        return ExitCode.USER_ERROR
    async with open_project(options.project, options.workspace, missing=missing) as opened:
        if options.listed:
            place = Place(opened.workspace, (await there(opened)).id)
            return await _list(opened.store, place, as_json=options.json)
        if options.undo is not None:
            place = Place(opened.workspace, (await there(opened)).id)
            return await _undo(opened.store, place, options.undo, as_json=options.json)
        settings = opened.settings
        shelf = open_shelf(settings.data, settings.models)
        engine = EngineClient(settings.data, shelf=shelf)
        importer = Importer(opened.store, tokenizer.tokens, Masking(opened.store, engine))
        try:
            if options.dry_run:
                project_id = opened.project.id if opened.project else 0
                return await _each(options, importer, Place(opened.workspace, project_id), asked)
            project, is_new = await made(opened, person="import")
            if is_new and not options.json:
                tell(f"The project {project.name} was made.")
            return await _each(options, importer, Place(opened.workspace, project.id), asked)
        finally:
            tokenizer.close()
            await engine.close()


async def _each(
    options: Asked, importer: "Importer", place: "Place", asked: "ImportOptions"
) -> int:
    """Import each file; one that is refused does not keep the others out."""
    status = ExitCode.FINE
    for path in options.files:
        try:
            if options.dry_run:
                report = await importer.dry_run(place, path, asked)
            else:
                with Stages() as stages:
                    report = await importer.run(
                        place, path, asked, progress=_Progress(path.name, stages)
                    )
        except EngineError as error:
            warn(f"{path.name}: {error}")
            status = ExitCode.USER_ERROR
            continue
        except OSError as error:
            warn(f"{path}: {error.strerror}")
            status = ExitCode.USER_ERROR
            continue
        if options.json:
            tell_json(report.to_json())
        else:
            tell_lines(report_lines(report, dry_run=options.dry_run))
    return status


def _options(options: Asked) -> "ImportOptions":
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
        labels=dict(each.split("=", 1) for each in options.labels),
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
    """How many sentences there are; how many there will be, nobody knows before the end."""

    def __init__(self, name: str, stages: Stages) -> None:
        self._name, self._stages = name, stages

    async def __call__(self, report: "ImportReport") -> None:
        note = f"{report.counts['texts']:,} sentences"
        self._stages.tell(self._name, None, line=f"importing {self._name}", note=note)


async def _list(store: Any, place: "Place", *, as_json: bool) -> int:
    from bot.exchange.repositories.imports import ImportRuns  # noqa: PLC0415

    async with store.reading(place.workspace) as tx:
        runs = await ImportRuns(tx).newest(place.project_id, limit=_LISTED)
    if as_json:
        tell_json(*map(run_to_json, runs))
        return ExitCode.FINE
    if not runs:
        tell("Nothing was imported yet.")
    tell_lines(map(run_line, runs))
    return ExitCode.FINE


async def _undo(store: Any, place: "Place", number: int, *, as_json: bool) -> int:
    from bot.exchange.undoing import undo_import  # noqa: PLC0415

    undone = await undo_import(store, place, number)
    return tell_undone(
        number,
        undone.run.file,
        removed=undone.removed,
        kept=undone.kept,
        taken_back=undone.taken_back,
        as_json=as_json,
    )


def _list_formats(*, as_json: bool) -> int:
    tell_json(*({"format": name} for name in formats())) if as_json else tell_lines(formats())
    return ExitCode.FINE
