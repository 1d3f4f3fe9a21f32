"""`nerbot init`: asks for tokens and settings, and writes them into a file that only its owner reads."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.env_file import DEFAULT, PRIVATE, VARIABLE, read_env_file, write_env_file
from bot.cli.terminal.exit_codes import ExitCode
from bot.cli.terminal.output import AsJson, tell, tell_json
from bot.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

_MODES = {
    "socket": ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"),
    "http": ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"),
    "simulator": (),
}
_ASKED = {
    "SLACK_BOT_TOKEN": "Bot User OAuth Token (xoxb-…, under Install App)",
    "SLACK_APP_TOKEN": "App-Level Token (xapp-…, under Basic Information, with connections:write)",
    "SLACK_SIGNING_SECRET": "Signing Secret (under Basic Information)",
}


def add_init(commands: typer.Typer) -> None:
    """Make `init` known to a command line."""
    commands.command("init")(_init)


def _mode(name: str | None) -> str | None:
    if name is not None and name not in _MODES:
        raise typer.BadParameter(f"{name} is not one of {', '.join(_MODES)}")
    return name


_Mode = Annotated[
    str | None,
    typer.Option(
        metavar="|".join(_MODES),
        callback=_mode,
        autocompletion=lambda: [*_MODES],
        help="How Slack is reached; asked for where it is not named.",
    ),
]
_BotToken = Annotated[
    str | None,
    typer.Option(metavar="TOKEN", envvar="SLACK_BOT_TOKEN", help="Begins with xoxb-."),
]
_AppToken = Annotated[
    str | None,
    typer.Option(
        metavar="TOKEN", envvar="SLACK_APP_TOKEN", help="Begins with xapp-, for Socket Mode."
    ),
]
_SigningSecret = Annotated[
    str | None,
    typer.Option(metavar="SECRET", envvar="SLACK_SIGNING_SECRET", help="For HTTP."),
]
_DataFolder = Annotated[
    Path | None,
    typer.Option(metavar="DIR", envvar="NERBOT_DATA", help="The data folder."),
]
_Others = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="Any other setting, such as NERBOT_PORT=80."),
]
_File = Annotated[
    Path,
    typer.Option("--file", metavar="FILE", envvar=VARIABLE, help="Where the settings are written."),
]
_Force = Annotated[
    bool, typer.Option("--force", help="Change a file that is there without asking.")
]


def _init(
    *,
    mode: _Mode = None,
    bot_token: _BotToken = None,
    app_token: _AppToken = None,
    signing_secret: _SigningSecret = None,
    data: _DataFolder = None,
    others: _Others = None,
    file: _File = Path(DEFAULT),
    force: _Force = False,
    as_json: AsJson = False,
) -> int:
    """Ask for tokens and settings, and write them into an .env file.

    In: answers on the terminal, or options. A variable of the environment can stand for an option: what is typed on
    a command line can be seen by everybody on the machine. Without a terminal nothing is asked.

    Out: the file, which only its owner can read, and what to do next. Settings that the file has besides stay. Ends
    with 1 where a file is there and is not to be changed.
    """
    given = {
        "SLACK_BOT_TOKEN": bot_token,
        "SLACK_APP_TOKEN": app_token,
        "SLACK_SIGNING_SECRET": signing_secret,
        "NERBOT_DATA": None if data is None else str(data),
    }
    values = {name: value.strip() for name, value in given.items() if value and value.strip()}
    values |= dict(map(_pair, others or []))
    asks = sys.stdin.isatty() and sys.stderr.isatty()
    mode = mode or _mode_of(values, asks=asks)
    if not _may_write(file, asks=asks, force=force):
        tell_json({"file": str(file), "written": False}) if as_json else tell(
            "Nothing was changed."
        )
        return ExitCode.NOTHING
    values = _complete(values, mode, asks=asks)
    _check(values)
    write_env_file(file, values, without=_ASKED.keys() - values.keys())
    _tell(file, mode, values, as_json=as_json)
    return ExitCode.FINE


def _pair(typed: str) -> tuple[str, str]:
    from bot.settings import Settings  # noqa: PLC0415 - pydantic comes here

    name, mark, value = typed.partition("=")
    known = {str(field.validation_alias) for field in Settings.model_fields.values()}
    if not mark or name not in known:
        raise typer.BadParameter(
            f"--set {typed}: NAME=VALUE with the name of a setting is expected"
        )
    return name, value


def _mode_of(values: "Mapping[str, str]", *, asks: bool) -> str:
    if "SLACK_APP_TOKEN" in values:
        return "socket"
    if "SLACK_SIGNING_SECRET" in values:
        return "http"
    if not asks:
        raise SettingsError(
            "say how Slack is reached with --mode socket, http or simulator; nerbot init asks on a terminal alone"
        )
    told = "How does nerbot reach Slack? socket (no public address), http, or simulator (no Slack)"
    while True:
        answer = str(typer.prompt(told, default="socket", err=True)).strip().lower()
        if answer in _MODES:
            return answer
        tell_on_terminal(f"{answer} is not one of {', '.join(_MODES)}.")


def _may_write(file: Path, *, asks: bool, force: bool) -> bool:
    if not file.exists() or force:
        return True
    if not asks:
        raise SettingsError(f"{file} already exists; --force changes it, --file names another one")
    return typer.confirm(f"{file} already exists. Change the settings in it?", err=True)


def _complete(values: dict[str, str], mode: str, *, asks: bool) -> dict[str, str]:
    """With what the mode needs, and without what belongs to another one."""
    needed = _MODES[mode]
    wanted = {name: value for name, value in values.items() if name in needed or name not in _ASKED}
    for name in needed:
        if name in values:
            wanted[name] = values[name]
        elif not asks:
            raise SettingsError(
                f"{name}: it is needed for --mode {mode}, as an option or a variable"
            )
        else:
            wanted[name] = _asked(name, wanted)
    if asks and "NERBOT_DATA" not in wanted:
        told = "The folder for the database and the models"
        wanted["NERBOT_DATA"] = str(typer.prompt(told, default="data", err=True)).strip()
    return wanted


def _asked(name: str, so_far: "Mapping[str, str]") -> str:
    """Ask until it is one; what is typed is not shown."""
    while True:
        answer = str(typer.prompt(_ASKED[name], hide_input=True, err=True)).strip()
        others = {"SLACK_APP_TOKEN": "xapp-1"} if name == "SLACK_BOT_TOKEN" else {}
        try:
            _check({**others, **so_far, name: answer})
        except SettingsError as error:
            tell_on_terminal(f"{error}.")
        else:
            return answer


def tell_on_terminal(words: str) -> None:
    """Between questions."""
    sys.stderr.write(f"{words}\n")


def _check(values: "Mapping[str, str]") -> None:
    """Raises SettingsError with the first that is wrong; no value is in it."""
    from bot.settings import settings_of  # noqa: PLC0415 - pydantic comes here

    for name, value in values.items():
        if "\n" in value or "\r" in value or "\0" in value:
            raise SettingsError(f"{name}: it has to be one line")
    settings_of(values)


def _tell(file: Path, mode: str, values: "Mapping[str, Any]", *, as_json: bool) -> None:
    if as_json:
        tell_json({"file": str(file), "written": True, "mode": mode, "settings": sorted(values)})
        return
    tell(
        f"Written to {file.absolute()} (mode {PRIVATE:o}): {', '.join(sorted(values)) or 'nothing'}.\n"
        "Next: nerbot doctor checks them, nerbot run starts nerbot. Both read the file of the folder they run in."
    )
    kept = sorted(set(read_env_file(file)) - set(values))
    if kept:
        tell(f"What the file had besides is still there: {', '.join(kept)}.")
