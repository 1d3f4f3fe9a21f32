"""What a command prints: lines for people on stdout, or JSON; what went wrong is a line on stderr."""

import json
import sys
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, TextIO

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
"""The option of each command that prints something."""


def tell(text: str) -> None:
    """Print lines for people."""
    sys.stdout.write(text if text.endswith("\n") else f"{text}\n")


def tell_json(*values: Mapping[str, Any], out: TextIO | None = None) -> None:
    """Print each value as a JSON object on a line of its own, on stdout where nothing else is said."""
    (out or sys.stdout).writelines(f"{json.dumps(value, ensure_ascii=False)}\n" for value in values)


def tell_lines(lines: Iterable[str], out: TextIO | None = None) -> None:
    """Print each line for people, on stdout where nothing else is said."""
    (out or sys.stdout).writelines(f"{line}\n" for line in lines)


def warn(words: str) -> None:
    """Say on stderr what is wrong, and what to do next, in one line."""
    sys.stderr.write(f"nerbot: {words}\n")
