"""What `nerbot import` can be asked for."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer


def formats() -> list[str]:
    """The formats that can be read, as tab completion lists them."""
    from ner_engine.formats.readers.recognition import READ  # noqa: PLC0415

    return [*READ]


def _renamings(labels: list[str] | None) -> list[str] | None:
    for each in labels or ():
        if "=" not in each:
            raise typer.BadParameter(
                f"{each} is not OLD=NEW, such as PER=PERSON; {each}= leaves that label out"
            )
    return labels


Files = Annotated[
    list[Path] | None,
    typer.Argument(metavar="FILE...", help="Each of any tool's format, or a folder of such."),
]
Project = Annotated[str, typer.Option(metavar="NAME", help="Made where it is not there.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done; change nothing.")]
Format = Annotated[
    str | None,
    typer.Option(
        "--format",
        metavar="NAME",
        help="If it is not to be recognised; `list` lists them.",
        autocompletion=formats,
    ),
]
Encoding = Annotated[
    str | None, typer.Option(metavar="NAME", help="If it is not to be recognised.")
]
Column = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="The column or member that holds the text."),
]
Split = Annotated[
    bool, typer.Option("--split", help="Cut every text at the ends of its sentences.")
]
People = Annotated[
    list[str] | None,
    typer.Option(
        "--as",
        metavar="ID|NAME=ID",
        help="Whose labels they are; or who a person of the file is here, as in alice=U012ABC.",
    ),
]
Labels = Annotated[
    list[str] | None,
    typer.Option(
        "--label",
        metavar="OLD=NEW",
        callback=_renamings,
        help="What a label of the file becomes; OLD= leaves it out.",
    ),
]
LabelNames = Annotated[Path | None, typer.Option(metavar="FILE.json", help="Doccano's label file.")]
TagNames = Annotated[
    str | None,
    typer.Option(metavar="O,B-PER,…", help="What tags that are numbers are called."),
]
Unfinished = Annotated[bool, typer.Option("--unfinished", help="Nothing of it counts as finished.")]
UndoNumber = Annotated[int | None, typer.Option(metavar="N", help="Undo import N.")]
ListThem = Annotated[bool, typer.Option("--list", help="List the newest imports.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was typed."""

    files: list[Path]
    project: str
    workspace: str | None
    dry_run: bool
    format: str | None
    encoding: str | None
    column: str | None
    split: bool
    people: list[str]
    labels: list[str]
    label_names: Path | None
    tag_names: str | None
    unfinished: bool
    undo: int | None
    listed: bool
    json: bool
