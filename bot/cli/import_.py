"""`nerbot import`: sentences and labels from files of every tool into a project, whether the bot runs or not."""

import asyncio

import typer

from bot.cli import import_options as options
from bot.cli.import_files import files_of
from bot.cli.remote import ApiToken, Url
from bot.cli.terminal.exit_codes import ExitCode
from bot.cli.terminal.options import Workspace
from bot.cli.terminal.output import AsJson, warn


def add_import(commands: typer.Typer) -> None:
    """Make `import FILE …`, `import --list` and `import --undo N` known to a command line."""
    commands.command("import")(_import)


def _import(
    files: options.Files = None,
    *,
    project: options.Project = "default",
    workspace: Workspace = None,
    dry_run: options.DryRun = False,
    form: options.Format = None,
    encoding: options.Encoding = None,
    column: options.Column = None,
    split: options.Split = False,
    people: options.People = None,
    labels: options.Labels = None,
    label_names: options.LabelNames = None,
    tag_names: options.TagNames = None,
    unfinished: options.Unfinished = False,
    undo: options.UndoNumber = None,
    listed: options.ListThem = False,
    url: Url = None,
    token: ApiToken = None,
    as_json: AsJson = False,
) -> int:
    """Take sentences and labels from files of any tool into a project.

    In: files in the formats that `--format list` lists, recognised by their content, or folders of such.

    Out: the sentences and labels, in the database that the settings name, or with
    `--url` in the token's project there; what was found, done and left out, by line.
    The same command continues where it was stopped, and adds nothing twice.
    """
    kept = files_of(files or [])
    if files and not kept:
        raise typer.BadParameter(f"there is no file to import in {files[0]}")
    asked = options.Asked(
        files=kept,
        project=project,
        workspace=workspace,
        dry_run=dry_run,
        format=form,
        encoding=encoding,
        column=column,
        split=split,
        people=people or [],
        labels=labels or [],
        label_names=label_names,
        tag_names=tag_names,
        unfinished=unfinished,
        undo=undo,
        listed=listed,
        json=as_json,
    )
    if url is not None:
        from bot.cli.import_sent import send  # noqa: PLC0415 - httpx comes here

        return send(asked, url, token)
    return _import_here(asked)


def _import_here(asked: options.Asked) -> int:
    from bot.cli.import_work import run  # noqa: PLC0415 - the other commands need none of it

    try:
        return asyncio.run(run(asked))
    except KeyboardInterrupt:
        warn("stopped; the same command continues from here")
        return ExitCode.INTERRUPTED
