"""The command line: `nerbot` and its commands, each of which is imported when it is called."""

import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer
from typer.main import get_command

from bot import __version__
from bot.cli.env_file import load_env_file
from bot.cli.terminal.exit_codes import ExitCode
from bot.cli.terminal.failures import tell_failure
from bot.cli.terminal.on_demand import Listed, group_of
from bot.operations.garbage import put_off_rounds

_BOT, _DATA, _ENGINE, _CARE = "The bot", "Sentences and models", "Without Slack", "Maintenance"

COMMANDS = (
    Listed(
        "run",
        "Start the bot; with no Slack token set, against a Slack simulator on this machine.",
        _BOT,
        "bot.cli.run:add_run",
    ),
    Listed(
        "worker",
        "Train, and do bulk work, for bots on other machines.",
        _BOT,
        "bot.cli.worker:add_worker",
    ),
    Listed(
        "init",
        "Ask for tokens and settings, and write them into an .env file.",
        _BOT,
        "bot.cli.init:add_init",
    ),
    Listed(
        "manifest",
        "Print the app's manifest, to be pasted into Slack.",
        _BOT,
        "bot.cli.manifest:add_manifest",
    ),
    Listed(
        "import",
        "Take sentences and labels from files of any tool into a project.",
        _DATA,
        "bot.cli.import_:add_import",
    ),
    Listed(
        "export",
        "Write a project to a file of any tool's format.",
        _DATA,
        "bot.cli.export:add_export",
    ),
    Listed(
        "stats",
        "Count sentences, finished ones and labels, and say which model is live.",
        _DATA,
        "bot.cli.stats:add_stats",
    ),
    Listed(
        "models",
        "List the models, newest first, export one as a package, or import one.",
        _DATA,
        "bot.cli.models:add_models",
    ),
    Listed(
        "runs", "List the trainings, newest first, or show one.", _DATA, "bot.cli.runs:add_runs"
    ),
    Listed(
        "tokens",
        "Create, list and revoke the tokens with which programs use the API.",
        _DATA,
        "bot.cli.tokens:add_tokens",
    ),
    Listed(
        "mcp",
        "Serve a project to an assistant on this machine, by the Model Context Protocol.",
        _DATA,
        "bot.cli.mcp:add_mcp",
    ),
    Listed(
        "train", "Train a model on a file and save it.", _ENGINE, "bot.cli.engine.train:add_train"
    ),
    Listed(
        "evaluate",
        "Score a saved model on a file.",
        _ENGINE,
        "bot.cli.engine.evaluate:add_evaluate",
    ),
    Listed(
        "predict",
        "Find the entities in lines of text.",
        _ENGINE,
        "bot.cli.engine.predict:add_predict",
    ),
    Listed(
        "redact",
        "Replace the entities of texts by their labels, by pseudonyms or by blocks.",
        _ENGINE,
        "bot.cli.redaction.command:add_redact",
    ),
    Listed(
        "encoders",
        "List the sentence encoders on this machine, install or add one.",
        _ENGINE,
        "bot.cli.encoders:add_encoders",
    ),
    Listed(
        "doctor",
        "Check everything nerbot needs, and say what to do where something is wrong.",
        _CARE,
        "bot.cli.doctor.command:add_doctor",
    ),
    Listed(
        "keys",
        "Make a key for NERBOT_TOKEN_KEYS, or encrypt what is kept with a new one.",
        _CARE,
        "bot.cli.keys:add_keys",
    ),
    Listed(
        "migrate",
        "Bring the database to the newest schema; bots and workers may be running.",
        _CARE,
        "bot.cli.migrate:add_migrate",
    ),
    Listed(
        "backup",
        "Copy the database and the live models; nerbot may be running.",
        _CARE,
        "bot.cli.backups:add_backup",
    ),
    Listed(
        "restore",
        "Put a backup back into an empty or new data folder.",
        _CARE,
        "bot.cli.backups:add_restore",
    ),
    Listed(
        "outbox",
        "List the messages that Slack has not taken yet, without what they say.",
        _CARE,
        "bot.cli.outbox:add_outbox",
    ),
    Listed(
        "webhooks",
        "List the webhooks of a project, add, test, replay or remove one.",
        _DATA,
        "bot.cli.webhooks:add_webhooks",
    ),
    Listed(
        "outputs",
        "List where entities of watched channels go, add, test, replay or remove an output.",
        _DATA,
        "bot.cli.outputs:add_outputs",
    ),
    Listed(
        "forget",
        "Erase a sentence, a person's or a project's data for good, from models too.",
        _CARE,
        "bot.cli.forget:add_forget",
    ),
)
"""All commands, in the order of the help."""

_CODES = "\n".join(f"- {code.value}: {code.meaning}" for code in ExitCode)
_HELP = f"""Teach a named-entity model your own labels, in Slack.

Settings are read from the environment and from the file .env of this folder, if there is one.
`nerbot COMMAND --help` says what a command reads and prints.

Exit codes:

{_CODES}
"""

app = typer.Typer(
    cls=group_of(COMMANDS),
    help=_HELP,
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(wanted: bool) -> None:  # noqa: FBT001 - typer passes it so
    if wanted:
        typer.echo(f"nerbot {__version__}")
        raise typer.Exit


@app.callback()
def nerbot(
    context: typer.Context,
    *,
    _version: Annotated[
        bool,
        typer.Option("--version", help="Print the version.", is_eager=True, callback=_show_version),
    ] = False,
) -> None:
    """Read the file of settings; show the help where nothing is asked for."""
    load_env_file(is_written_now=context.invoked_subcommand == "init")
    if context.invoked_subcommand is None:
        typer.echo(context.get_help(), nl=False)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit code."""
    _leave_processors_free()
    if arguments is None:
        put_off_rounds()
    given = None if arguments is None else list(arguments)
    try:
        code = get_command(app).main(given, prog_name="nerbot", standalone_mode=False)
        sys.stdout.flush()
    except SystemExit as ended:
        if isinstance(ended.__context__, BrokenPipeError):
            return ExitCode.PIPE_CLOSED
        raise
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - where failures become words and codes
        return tell_failure(error)
    return code if isinstance(code, int) else ExitCode.FINE


def _leave_processors_free() -> None:
    """One thread for matrices, set before numpy is there: a second one spins beside the event loop for no gain."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
