"""`nerbot import --url`: files that go to another nerbot's API, and its imports."""

from typing import TYPE_CHECKING, Any

import typer

from bot.cli.import_report import tell_undone
from bot.cli.remote import client_of
from bot.cli.terminal.exit_codes import ExitCode
from bot.cli.terminal.output import tell, tell_json

if TYPE_CHECKING:
    from bot.api_client import ApiClient
    from bot.cli.import_options import Asked


def send(options: "Asked", url: str, token: str | None) -> int:
    """Send the files, list the imports, or take one back. Raises ApiRefused, ApiUnavailable."""
    if options.label_names or options.tag_names:
        raise typer.BadParameter("--label-names and --tag-names do not go with --url")
    if not (options.files or options.listed or options.undo is not None):
        raise typer.BadParameter("name the files to send")
    with client_of(url, token) as client:
        if options.listed:
            return _list(client, as_json=options.json)
        if options.undo is not None:
            told = client.undo_import(options.undo)
            counts = {"removed": told.removed, "kept": told.kept, "taken_back": told.taken_back}
            return tell_undone(told.number, told.file, **counts, as_json=options.json)
        for path in options.files:
            _send(client, path, options)
    return ExitCode.FINE


def _list(client: "ApiClient", *, as_json: bool) -> int:
    runs = client.imports().imports
    if as_json:
        tell_json(*(run.model_dump(mode="json") for run in runs))
        return ExitCode.FINE
    if not runs:
        tell("Nothing was imported yet.")
    for run in runs:
        at = f"{run.created_at:%Y-%m-%d %H:%M}Z" if run.created_at else ""
        new = run.counts.get("sentences", 0)
        tell(
            f"{run.number:>4}  {run.state:<8} {at}  {new:>9,} new sentences  {run.format:<12} {run.file}"
        )
    return ExitCode.FINE


def _send(client: "ApiClient", path: Any, options: "Asked") -> None:
    told = client.import_file(
        path,
        form=options.format,
        encoding=options.encoding,
        column=options.column,
        people=options.people,
        labels=options.labels,
        split=options.split,
        unfinished=options.unfinished,
        dry_run=options.dry_run,
    )
    if options.json:
        tell_json(told.model_dump(by_alias=True))
        return
    new, twice = (told.counts.get(name, 0) for name in ("sentences", "duplicates"))
    number = "dry run" if told.number is None else f"import {told.number}"
    tell(f"{told.file} ({told.format}, {number}): {new:,} new sentences, {twice:,} known ones")
