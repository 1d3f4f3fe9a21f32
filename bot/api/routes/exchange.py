"""Files in and out, in the formats of every tool."""

import asyncio
import hashlib
import shutil
import tempfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import TypeAdapter

from bot.api.idempotency import check_same
from bot.api.schemas.exchange import ImportOut, Which
from bot.api.service import project_of
from bot.api.tools import CallerOf, Tools, ToolsOf, needs
from bot.api.values import Scope
from bot.db.records.idempotency import IdempotencyRecords
from bot.domain.json_form import JsonForm
from bot.domain.project import Caller, Project
from bot.errors import NotUnderstood
from bot.exchange.commands import ImportOptions
from bot.exchange.exporting import ExportOptions, export
from bot.exchange.exporting import Which as Chosen
from bot.exchange.importing import Importer
from bot.exchange.storing import Place
from ner_engine.formats.raw.shape import Hints
from ner_engine.formats.readers.recognition import READ
from ner_engine.formats.writers.registry import WRITTEN
from ner_engine.formats.writers.values import WriteOptions

router = APIRouter(tags=["exchange"])

_PIECE = 64 * 2**10
_NAMED = 20
_Words = Annotated[str, Query(max_length=100)]
_Pair = Annotated[str, Query(min_length=1, max_length=300)]


@router.get(
    "/export",
    dependencies=[needs(Scope.READ)],
    response_class=StreamingResponse,
    responses={200: {"content": {"application/octet-stream": {}}, "description": "The file."}},
)
async def export_project(
    caller: CallerOf,
    tools: ToolsOf,
    form: Annotated[_Words, Query(alias="format")] = "jsonl",
    which: Which = "gold",
    label: Annotated[list[_Words] | None, Query(max_length=_NAMED)] = None,
    person: Annotated[list[_Words] | None, Query(max_length=_NAMED)] = None,
    since: Annotated[date | None, Query(description="Annotated on that day or later.")] = None,
    until: Annotated[date | None, Query(description="Annotated on that day or before.")] = None,
) -> StreamingResponse:
    """Get the project as a file, as `nerbot export` writes it; what is a folder there is a zip here."""
    if form not in WRITTEN:
        raise NotUnderstood(f"There is no such format. There are: {', '.join(WRITTEN)}.")
    project = await project_of(tools, caller)
    options = ExportOptions(
        form=form,
        which=Chosen(which),
        labels=frozenset(label or ()),
        people=frozenset(person or ()),
        since=since,
        until=until,
        write=WriteOptions(name=project.name),
    )
    folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="nerbot-export-"))
    try:
        path = await _written(tools, caller, project, folder, options)
        size = (await asyncio.to_thread(path.stat)).st_size
    except BaseException:
        await asyncio.to_thread(shutil.rmtree, folder)
        raise
    headers = {
        "Content-Length": str(size),
        "Content-Disposition": f'attachment; filename="{path.name}"',
    }
    return StreamingResponse(
        _pieces(path, folder), media_type="application/octet-stream", headers=headers
    )


async def _written(
    tools: Tools, caller: Caller, project: Project, folder: Path, options: ExportOptions
) -> Path:
    suffix = WRITTEN[options.form].suffix
    path = folder / f"export{suffix}"
    await export(tools.store, caller.workspace, project.id, path, options)
    if suffix:
        return path
    return Path(await asyncio.to_thread(shutil.make_archive, str(path), "zip", path))


async def _pieces(path: Path, folder: Path) -> AsyncIterator[bytes]:
    """What is in a file, whose folder is removed when it was sent, or was not."""
    try:
        file = await asyncio.to_thread(path.open, "rb")
        try:
            while piece := await asyncio.to_thread(file.read, _PIECE):
                yield piece
        finally:
            file.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class FileImported:
    """What was told of an import, as JSON."""

    report: str
    type: Literal["api_file_imported"] = "api_file_imported"


_IMPORTED: JsonForm[FileImported] = JsonForm(FileImported)
_REPORT: TypeAdapter[dict[str, Any]] = TypeAdapter(dict[str, Any])


def _import_options(
    form: Annotated[_Words | None, Query(alias="format")] = None,
    encoding: _Words | None = None,
    column: _Words | None = None,
    *,
    person: Annotated[
        list[_Pair] | None,
        Query(
            max_length=_NAMED,
            description="Whose labels they are, or who a person of the file is here, as in alice=U012ABC.",
        ),
    ] = None,
    label: Annotated[
        list[_Pair] | None,
        Query(
            max_length=_NAMED,
            description="What a label of the file becomes, as in PER=PERSON; PER= leaves it out.",
        ),
    ] = None,
    split: bool = False,
    unfinished: bool = False,
) -> ImportOptions:
    """How a file is read; raises NotUnderstood."""
    if form is not None and form not in READ:
        raise NotUnderstood(f"There is no such format. There are: {', '.join(READ)}.")
    named, everybody = _people(person or ())
    return ImportOptions(
        form=form,
        encoding=encoding,
        split=split,
        labels=_labels(label or ()),
        people=named,
        everybody=everybody,
        unfinished=unfinished,
        hints=Hints(text_column=column),
    )


@router.post(
    "/import",
    dependencies=[needs(Scope.WRITE)],
    openapi_extra={
        "requestBody": {
            "required": True,
            "description": "The file, as it is; up to 256 MB.",
            "content": {"application/octet-stream": {"schema": {"type": "string"}}},
        }
    },
)
async def import_file(
    request: Request,
    caller: CallerOf,
    tools: ToolsOf,
    options: Annotated[ImportOptions, Depends(_import_options)],
    filename: Annotated[
        str,
        Query(
            max_length=200,
            pattern=r"^[\w][\w .-]*$",
            description="What it is called; its ending helps to recognise it.",
        ),
    ] = "upload",
    *,
    dry_run: bool = False,
) -> ImportOut:
    """Take sentences and labels out of a file of any tool, as `nerbot import` does. `dry_run` only says what is in it.

    The same file adds nothing twice. `nerbot import --undo N` takes import N back.
    """
    project = await project_of(tools, caller)
    place = Place(caller.workspace, project.id, caller.person)
    folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="nerbot-import-"))
    try:
        path = folder / filename
        digest = await _received(request, path)
        importer = Importer(tools.store, tools.engine.tokens, tools.masking)
        if dry_run:
            report = (await importer.dry_run(place, path, options)).to_json()
        elif "idempotency-key" in request.headers:
            await check_same(tools, caller, request, digest)
            async with tools.turn(caller.request):
                report = await _once(tools, caller, importer, place, path, options)
        else:
            report = (await importer.run(place, path, options)).to_json()
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
    return ImportOut.model_validate(report)


def _people(words: Sequence[str]) -> tuple[dict[str, str], str | None]:
    """Who the people of a file are, and whose labels those are of nobody who is named."""
    everybody = [each for each in words if "=" not in each]
    named = dict(each.split("=", 1) for each in words if "=" in each)
    return named, everybody[-1] if everybody else None


def _labels(words: Sequence[str]) -> dict[str, str]:
    for each in words:
        if "=" not in each:
            raise NotUnderstood(f"{each} does not say what it becomes, as in PER=PERSON.")
    return dict(each.split("=", 1) for each in words)


async def _received(request: Request, path: Path) -> str:
    """Keep a body in a file; its hash."""
    digest = hashlib.sha256()
    file = await asyncio.to_thread(path.open, "wb")
    try:
        async for piece in request.stream():
            digest.update(piece)
            await asyncio.to_thread(file.write, piece)
    finally:
        await asyncio.to_thread(file.close)
    return digest.hexdigest()


async def _once(
    tools: Tools,
    caller: Caller,
    importer: Importer,
    place: Place,
    path: Path,
    options: ImportOptions,
) -> dict[str, Any]:
    """An import takes many transactions: what is told of it is kept behind the last one. Cut off between the two it is
    done again, which adds nothing twice."""
    async with tools.store.reading(caller.workspace) as tx:
        before = await IdempotencyRecords(tx).get(caller.request, _IMPORTED)
    if before is not None:
        return _REPORT.validate_json(before.report)
    report = (await importer.run(place, path, options)).to_json()
    kept = FileImported(_REPORT.dump_json(report).decode())
    async with tools.store.writing(caller.workspace) as tx:
        await IdempotencyRecords(tx).put(caller.request, kept)
    return report
