"""`nerbot encoders`: the sentence encoders on this machine, and those that can be installed."""

import os
import signal
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli.encoders_add import add_add
from bot.cli.terminal.on_demand import new_app
from bot.cli.terminal.output import AsJson, tell, tell_json
from bot.cli.terminal.progress import Stages
from ner_engine.encoder.choice import PACKAGED, EncoderChosen, choose_encoder
from ner_engine.encoder.install.sources import SOURCES
from ner_engine.encoder.installed import find_installed, installed_encoders
from ner_engine.errors import EncoderUnknown

VARIABLE = "NERBOT_ENCODER"
_HASH_SHOWN = 12


def chosen_encoder(wanted: str | None = None) -> EncoderChosen:
    """What is asked for, else what the environment says, else the best one there is. Raises EncoderError."""
    return choose_encoder(wanted or os.environ.get(VARIABLE) or None)


def encoder_names() -> list[str]:
    """The encoders that can be named, for the shell's completion."""
    return sorted({PACKAGED, *(found.name for found in installed_encoders())})


def add_encoders(commands: typer.Typer) -> None:
    """Make `encoders`, `encoders install` and `encoders add` known to a command line."""
    encoders = new_app(invoke_without_command=True)
    encoders.callback()(_list)
    encoders.command("install")(_install)
    add_add(encoders)
    commands.add_typer(encoders, name="encoders")


def _list(context: typer.Context, *, as_json: AsJson = False) -> None:
    """List the sentence encoders on this machine, install or add one.

    In: the folder of installed encoders and NERBOT_ENCODER.

    Out: a line an encoder, with a star at the one that new models learn over; then those that can be installed.
    """
    if context.invoked_subcommand is not None:
        return
    chosen = chosen_encoder()
    rows = _rows(chosen)
    names = {row["name"] for row in rows}
    to_be_had = [name for name in SOURCES if name not in names]
    if as_json:
        there = ({**row, "chosen": row["name"] == chosen.name, "installed": True} for row in rows)
        tell_json(
            *there, *({"name": name, "chosen": False, "installed": False} for name in to_be_had)
        )
        return
    tell(f"{'':2}{'name':12} {'hash':{_HASH_SHOWN}} {'layer':>5} {'MB':>5} licence, folder")
    for row in rows:
        tell(_line(row, chosen=row["name"] == chosen.name))
    for name in to_be_had:
        tell(f"  {name:12} to be had: nerbot encoders install {name}")
    if chosen.advice:
        tell(chosen.advice)


def _rows(chosen: EncoderChosen) -> list[dict[str, Any]]:
    from ner_engine.encoder.files import DEFAULT_SHA256, card_of  # noqa: PLC0415

    packaged = _row(PACKAGED, DEFAULT_SHA256, card_of().layer, 0, "Apache-2.0", None)
    rows = [packaged]
    rows += [
        _row(
            found.name,
            found.card.sha256,
            found.card.layer,
            found.size,
            found.card.licence or "unknown",
            found.directory,
        )
        for found in installed_encoders()
    ]
    if chosen.name not in {row["name"] for row in rows}:
        rows.append(_row(chosen.name, "", 0, 0, None, chosen.directory))
    return rows


def _row(
    name: str, sha256: str, layer: int, size: int, licence: str | None, folder: object
) -> dict[str, Any]:
    return {
        "name": name,
        "sha256": sha256,
        "layer": layer,
        "bytes": size,
        "licence": licence,
        "folder": None if folder is None else str(folder),
    }


def _line(row: dict[str, Any], *, chosen: bool) -> str:
    megabytes = f"{row['bytes'] / 10**6:.0f}" if row["bytes"] else "–"
    mark = "*" if chosen else " "
    folder = row["folder"] or "a package"
    told = "a folder" if row["licence"] is None else f"{row['licence']}, {folder}"
    digest = row["sha256"][:_HASH_SHOWN]
    return f"{mark} {row['name']:12} {digest:{_HASH_SHOWN}} {row['layer'] or '–':>5} {megabytes:>5} {told}"


def _install(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME", help=f"{', '.join(SOURCES)}.", autocompletion=lambda: [*SOURCES]
        ),
    ],
    *,
    given: Annotated[
        Path | None,
        typer.Option("--from", metavar="DIR", help="Its wheels, or its unpacked files."),
    ] = None,
    if_missing: Annotated[
        bool,
        typer.Option(
            "--if-missing",
            help=f"Not if it is there, nor if {VARIABLE} names another one; give up soon.",
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Fetch an encoder, check it, and keep it for all.

    In: packages from pip's index, or a folder that has them.

    Out: the encoder in the cache folder, and where that is; how far it is, on stderr.
    """
    if name not in SOURCES:
        raise EncoderUnknown(name=name, known=", ".join((PACKAGED, *SOURCES)))
    source = SOURCES[name]
    if if_missing and (os.environ.get(VARIABLE, name) not in {"", name} or find_installed(name)):
        return
    from ner_engine.encoder.install.installer import install  # noqa: PLC0415 - numpy and onnxruntime come here

    # As by Ctrl+C: what was begun is removed, and pip does not stay.
    signal.signal(signal.SIGTERM, lambda _signal, _frame: sys.exit(128 + signal.SIGTERM))
    with Stages() as stages:

        def show(stage: str, share: float) -> None:
            told = f"  the encoder {source.name}: {stage}"
            stages.tell(told, share, line=told)

        found = install(source, tell=show, given=given, hurried=if_missing)
    if as_json:
        tell_json(
            {"name": source.name, "licence": found.card.licence, "folder": str(found.directory)}
        )
        return
    tell(f"The encoder {source.name} ({found.card.licence}) is installed: {found.directory}")
