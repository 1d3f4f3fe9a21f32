"""`nerbot redact`: what is asked for, and what is told of it."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bot.cli.remote import ApiToken, Url, client_of
from bot.cli.terminal.exit_codes import ExitCode
from bot.cli.terminal.options import Workspace
from bot.cli.terminal.output import AsJson, tell_json, tell_lines, warn
from ner_engine.redaction.styles import Style

if TYPE_CHECKING:
    from bot.cli.redaction.readers import Asked, Reader
    from bot.cli.redaction.work import FileReport
    from ner_engine.redaction.files import Reading

Form = Literal["text", "jsonl", "csv"]
DocumentIs = Literal["record", "file"]


def add_redact(commands: typer.Typer) -> None:
    """Make `redact` known to a command line."""
    commands.command("redact")(_redact)


_Files = Annotated[
    list[Path] | None,
    typer.Argument(metavar="FILE…", help="None: standard input."),
]
_Model = Annotated[Path | None, typer.Option(metavar="DIR", help="What nerbot train made.")]
_Project = Annotated[
    str | None, typer.Option(metavar="NAME", help="Its live model and key, on this machine.")
]
_NewKey = Annotated[
    bool,
    typer.Option("--new-key", help="Make the project's pseudonyms with a new key from now on."),
]
_Labels = Annotated[
    list[str] | None, typer.Option(metavar="LABEL", help="Only these; several times.")
]
_Style = Annotated[Style, typer.Option(help="What comes in their place.")]
_Key = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="32 bytes or more, for pseudonyms."),
]
_Recurrences = Annotated[
    bool, typer.Option(help="Mask a phrase that was found once at every place of its document.")
]
_Slip = Annotated[
    float | None,
    typer.Option(
        metavar="PER_CENT",
        help="At most so many of each label's phrases slip through.",
        min=0.1,
        max=50,
    ),
]
_Document = Annotated[
    DocumentIs | None, typer.Option(help="What is one document; of text files, the file.")
]
_Form = Annotated[
    Form | None, typer.Option("--format", help="Of the input; else by the name's end.")
]
_Columns = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME", help="Of a table or of JSON objects: text where none is named."),
]
_Keep = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME", help="A nested member of JSON objects that stays."),
]
_Out = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Where files go, under their names."),
]
_Force = Annotated[bool, typer.Option("--force", help="Write over files that are there.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Input:
    """What is read, and how."""

    form: Form | None
    names: tuple[str, ...]
    keep: frozenset[str]
    document: DocumentIs | None
    out: Path | None
    force: bool

    def reading(self, form: Form) -> "Reading":
        from ner_engine.redaction.files import Reading  # noqa: PLC0415 - as below

        return Reading(form, self.names, self.keep)


def _redact(
    files: _Files = None,
    *,
    model: _Model = None,
    project: _Project = None,
    workspace: Workspace = None,
    new_key: _NewKey = False,
    url: Url = None,
    token: ApiToken = None,
    label: _Labels = None,
    style: _Style = "label",
    key: _Key = None,
    recurrences: _Recurrences = True,
    slip: _Slip = None,
    document: _Document = None,
    form: _Form = None,
    column: _Columns = None,
    keep: _Keep = None,
    out: _Out = None,
    force: _Force = False,
    as_json: AsJson = False,
) -> int:
    """Replace the entities of texts by their labels, by pseudonyms or by blocks.

    In: lines of text, JSONL or CSV, from files or standard input; a model's directory, or the live model of a
    project on this machine, or with `--url` that of the token's project there.

    Out: standard input to standard output, each record as soon as it is read; NAME.txt to NAME.redacted.txt, or to
    DIR/NAME.txt. How often each label was masked, by file and never with a text: on standard output, for a stream on
    standard error.
    """
    from bot.cli.redaction.readers import Asked  # noqa: PLC0415 - most commands need none of it

    asked = Asked(
        labels=frozenset(label) if label else None,
        style=style,
        recurrences=recurrences,
        key=key.read_bytes() if key else b"",
        slip=None if slip is None else slip / 100,
    )
    read = _Input(
        form=form,
        names=tuple(column or ("text",)),
        keep=frozenset(keep or ()),
        document=document,
        out=out,
        force=force,
    )
    if new_key and project is None:
        raise typer.BadParameter("--new-key is for a project's key; name it with --project")
    if project is not None:
        reading = _project_reader(project, workspace, asked, new_key=new_key)
    else:
        reading = _reader(model, url, token, asked)
    with reading as reader:
        reports = _files(files, reader, read) if files else [_stream(reader, read)]
    _tell(reports, as_json=as_json, is_stream=not files)
    return ExitCode.FINE


@contextmanager
def _project_reader(
    project: str, workspace: str | None, asked: "Asked", *, new_key: bool
) -> "Iterator[Reader]":
    from bot.cli.redaction.projects import model_of  # noqa: PLC0415 - SQLAlchemy comes here
    from bot.cli.redaction.readers import model_reader  # noqa: PLC0415 - as above

    found = asyncio.run(model_of(project, workspace, new_key=new_key))
    yield model_reader(found.folder, replace(asked, key=asked.key or found.key), found.names)


@contextmanager
def _reader(
    model: Path | None, url: str | None, token: str | None, asked: "Asked"
) -> "Iterator[Reader]":
    from bot.cli.redaction.readers import ApiReader, model_reader  # noqa: PLC0415 - as above

    if model is not None:
        yield model_reader(model, asked)
        return
    if url is None:
        raise typer.BadParameter(
            "name a model's directory with --model, a project with --project, or a nerbot with --url"
        )
    with client_of(url, token) as client:
        yield ApiReader(client, asked)


def _files(files: list[Path], reader: "Reader", read: _Input) -> "list[FileReport]":
    from bot.cli.redaction.work import form_of, redact_file, target_of  # noqa: PLC0415 - as above

    targets = [target_of(path, read.out) for path in files]
    for target in targets:
        if targets.count(target) > 1:
            raise typer.BadParameter(f"several files would become {target}")
        if target.resolve() in {each.resolve() for each in files}:
            raise typer.BadParameter(f"{target} is read, too; name another folder with --out")
        if target.exists() and not read.force:
            raise typer.BadParameter(f"{target} already exists; write over it with --force")
    reports = []
    for path, target in zip(files, targets, strict=True):
        form = read.form or form_of(path)
        is_one = (read.document or ("file" if form == "text" else "record")) == "file"
        reading = read.reading(form)
        reports.append(redact_file(path, target, reading, reader, together=is_one))
    return reports


def _stream(reader: "Reader", read: _Input) -> "FileReport":
    from bot.cli.redaction.work import FileReport, redact_stream  # noqa: PLC0415 - as above

    if read.document == "file":
        raise typer.BadParameter("a stream is not one document; name a file")
    report = FileReport("-", "-")
    redact_stream(sys.stdin, sys.stdout, read.reading(read.form or "text"), reader, report)
    return report


def _tell(reports: "list[FileReport]", *, as_json: bool, is_stream: bool) -> None:
    from bot.redaction.promises import told_slip  # noqa: PLC0415 - as above

    out = sys.stderr if is_stream else sys.stdout
    if as_json:
        tell_json(*(report.to_json() for report in reports), out=out)
        return
    for report in reports:
        masked = ", ".join(f"{label} {n:,}" for label, n in sorted(report.masked.labels.items()))
        where = "" if is_stream else f"{report.out}: "
        tell_lines([f"{where}{masked or 'nothing'} masked in {report.masked.texts:,} texts"], out)
        if report.masked.slip is not None:
            tell_lines([told_slip(**report.masked.slip)], out)
        if report.left:
            warn(f"written as they are: {', '.join(report.left)}")
        if report.dropped:
            words = "not written, because they may repeat words (--keep NAME keeps one)"
            warn(f"{words}: {', '.join(report.dropped)}")
