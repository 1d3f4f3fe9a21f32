"""`nerbot encoders`: the sentence encoders on this machine, and those that can be installed."""

import argparse
import os
import signal
import sys
from pathlib import Path
from typing import Any, TextIO

from bot.cli.encoders_add import add_add
from ner_engine.encoder.choice import PACKAGED, EncoderChosen, choose_encoder
from ner_engine.encoder.install.sources import SOURCES
from ner_engine.encoder.installed import find_installed, installed_encoders
from ner_engine.errors import EncoderUnknown

VARIABLE = "NERBOT_ENCODER"
_HASH_SHOWN = 12


def chosen_encoder(wanted: str | None = None) -> EncoderChosen:
    """What is asked for, else what the environment says, else the best one there is. Raises EncoderError."""
    return choose_encoder(wanted or os.environ.get(VARIABLE) or None)


def add_encoders(commands: Any) -> None:
    """Make `encoders` known to a command line."""
    encoders = commands.add_parser("encoders", help="the sentence encoders on this machine")
    encoders.set_defaults(call=_list)
    does = encoders.add_subparsers(dest="does")
    install = does.add_parser("install", help="fetch an encoder, check it, and keep it for all")
    install.add_argument("name", metavar="NAME", help=", ".join(SOURCES))
    install.add_argument(
        "--from", dest="given", type=Path, metavar="DIR", help="its wheels, or its unpacked files"
    )
    install.add_argument(
        "--if-missing",
        action="store_true",
        help=f"not if it is there, nor if {VARIABLE} names another one; give up soon",
    )
    install.set_defaults(call=_install)
    add_add(does)


def _list(_options: argparse.Namespace, out: TextIO) -> None:
    from ner_engine.encoder.files import DEFAULT_SHA256, card_of  # noqa: PLC0415

    chosen = chosen_encoder()
    card = card_of()
    out.write(f"{'':2}{'name':12} {'hash':{_HASH_SHOWN}} {'layer':>5} {'MB':>5} licence, folder\n")
    rows = [(PACKAGED, DEFAULT_SHA256, card.layer, 0, "Apache-2.0, a package")]
    rows += [
        (
            found.name,
            found.card.sha256,
            found.card.layer,
            found.size,
            f"{found.card.licence or 'unknown'}, {found.directory}",
        )
        for found in installed_encoders()
    ]
    names = {row[0] for row in rows}
    if chosen.name not in names:
        rows.append((chosen.name, "", 0, 0, "a folder"))
    out.writelines(_line(*row, chosen=row[0] == chosen.name) for row in rows)
    out.writelines(
        f"  {name:12} to be had: nerbot encoders install {name}\n"
        for name in SOURCES
        if name not in names
    )
    if chosen.advice:
        out.write(f"{chosen.advice}\n")


def _line(name: str, sha256: str, layer: int, size: int, told: str, *, chosen: bool) -> str:
    megabytes = f"{size / 10**6:.0f}" if size else "–"
    mark = "*" if chosen else " "
    return f"{mark} {name:12} {sha256[:_HASH_SHOWN]:{_HASH_SHOWN}} {layer or '–':>5} {megabytes:>5} {told}\n"


def _install(options: argparse.Namespace, out: TextIO) -> None:
    if options.name not in SOURCES:
        raise EncoderUnknown(name=options.name, known=", ".join((PACKAGED, *SOURCES)))
    source = SOURCES[options.name]
    if options.if_missing and (
        os.environ.get(VARIABLE, options.name) not in {"", options.name}
        or find_installed(options.name)
    ):
        return
    from ner_engine.encoder.install.installer import install  # noqa: PLC0415 - numpy and onnxruntime come here

    progress = _Progress(source.name, sys.stderr)
    # As by Ctrl+C: what was begun is removed, and pip does not stay.
    signal.signal(signal.SIGTERM, lambda _signal, _frame: sys.exit(128 + signal.SIGTERM))
    try:
        found = install(source, tell=progress.tell, given=options.given, hurried=options.if_missing)
    finally:
        progress.end()
    out.write(f"The encoder {source.name} ({found.card.licence}) is installed: {found.directory}\n")


class _Progress:
    """One line that changes on a terminal; elsewhere a line a stage."""

    def __init__(self, name: str, out: TextIO) -> None:
        self._name, self._out, self._stage = name, out, ""
        self._changes = out.isatty()

    def tell(self, stage: str, share: float) -> None:
        if self._changes:
            self._out.write(f"\r  the encoder {self._name}: {stage} {100 * share:3.0f} %   ")
        elif stage != self._stage:
            self._out.write(f"  the encoder {self._name}: {stage}\n")
        self._stage = stage
        self._out.flush()

    def end(self) -> None:
        if self._changes and self._stage:
            self._out.write("\n")
