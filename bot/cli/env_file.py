"""The file of settings that `nerbot init` writes and every command reads: `.env`, or what NERBOT_ENV_FILE names."""

import os
import re
from collections.abc import Collection, Mapping
from pathlib import Path

from bot.errors import SettingsError

VARIABLE = "NERBOT_ENV_FILE"
DEFAULT = ".env"
PRIVATE = 0o600
_OURS = ("NERBOT_", "SLACK_")
#: What a shell, systemd and a container read alike without quotes.
_PLAIN = re.compile(r"[\w./:@%+,=-]*")
_LINE = re.compile(r"\A\s*+(?:export\s++)?(\w++)\s*+=")


def env_file() -> Path | None:
    """The file, whether it is there or not; None where NERBOT_ENV_FILE is set to nothing."""
    named = os.environ.get(VARIABLE, DEFAULT)
    return Path(named) if named else None


def load_env_file(*, is_written_now: bool = False) -> None:
    """Put the file's settings of ours into the environment, which wins where it says something itself.

    Raises SettingsError for a file that cannot be read, and for one that is named and not there, unless it
    `is_written_now`.
    """
    path = env_file()
    needed = VARIABLE in os.environ and not is_written_now
    if path is None or not (needed or path.is_file()):
        return
    for name, value in read_env_file(path).items():
        # An empty variable is an unset one, as in the settings.
        if name.startswith(_OURS) and not os.environ.get(name):
            os.environ[name] = value


def read_env_file(path: Path) -> dict[str, str]:
    """What a file sets. Raises SettingsError."""
    from io import StringIO  # noqa: PLC0415 - as below

    from dotenv import dotenv_values  # noqa: PLC0415 - most starts have no such file

    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise SettingsError(f"{VARIABLE}: {path} cannot be read ({reason})") from error
    found = dotenv_values(stream=StringIO(text), interpolate=False)
    return {name: value for name, value in found.items() if value is not None}


def write_env_file(path: Path, values: Mapping[str, str], *, without: Collection[str] = ()) -> None:
    """Set these in a file that only its owner reads, `without` some; other lines of it stay. Raises OSError."""
    gone = {*values, *without}
    lines = path.read_text("utf-8-sig").splitlines() if path.exists() else []
    told = [line for line in lines if not ((at := _LINE.match(line)) and at[1] in gone)]
    told += [f"{name}={quoted(value)}" for name, value in values.items()]
    partial = path.with_name(f"{path.name}.partial")
    partial.unlink(missing_ok=True)
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, PRIVATE)
    with open(handle, "w", encoding="utf-8") as file:  # noqa: PTH123 - a handle with its mode
        file.write("".join(f"{line}\n" for line in told))
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def quoted(value: str) -> str:
    """A value as the file has it."""
    if _PLAIN.fullmatch(value):
        return value
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
