"""`nerbot encoders add`: a checkpoint or an encoder's folder, tried on a project's own sentences."""

import argparse
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from ner_engine.annotation import AnnotatedText
from ner_engine.errors import EncoderNameInvalid, EncoderTaken
from ner_engine.formats import read_file
from ner_engine.settings import TrainingSettings

if TYPE_CHECKING:
    from ner_engine.training.encoder_choice import LayerResult

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def add_add(does: Any) -> None:
    """Make `encoders add` known to the subparsers of `encoders`."""
    add = does.add_parser("add", help="convert a checkpoint, and find its best layer on your data")
    add.add_argument("source", type=Path, metavar="DIR|SAFETENSORS")
    add.add_argument("--name", help="what NERBOT_ENCODER calls it; the source's name if not told")
    add.add_argument(
        "--out", type=Path, metavar="DIR", help="a new directory instead of the cache folder"
    )
    add.add_argument("--data", type=Path, metavar="FILE.jsonl", help="finished sentences to try on")
    add.add_argument(
        "--present", metavar="NAME|DIR", help="the encoder to compare with, if not the chosen one"
    )
    add.add_argument("--layers", type=int, nargs="+", metavar="K", help="those to try")
    add.add_argument("--language", default="en", metavar="CODE")
    add.add_argument("--licence", default="", metavar="TEXT")
    add.set_defaults(call=run_add)


def run_add(options: argparse.Namespace, out: TextIO) -> None:
    """Convert, try, and tell; nothing that trains now is switched. Raises EncoderError, OSError."""
    from bot.cli.encoders import chosen_encoder  # noqa: PLC0415 this is one of its commands
    from ner_engine.encoder.convert import convert  # noqa: PLC0415 numpy and onnxruntime come here

    name = options.name or _name_of(options.source)
    folder = options.out or _place_for(name)
    card = convert(
        options.source, folder, language=options.language, licence=options.licence, name=name
    )
    out.write(f"{card.name} is in {folder}, of {card.window} word pieces at once.\n")
    if options.data is None:
        out.write(f"It takes layer {card.layer}, the middle; --data finds the best one.\n")
        out.write(_how_to_use(options.out, name))
        return
    from ner_engine.training.encoder_choice import (  # noqa: PLC0415 spaCy comes here
        best_layer,
        ranked,
        write_layer,
    )

    layers = options.layers or range(max(1, card.layer - 2), min(card.layer + 3, 2 * card.layer))
    present = chosen_encoder(options.present).directory
    settings = TrainingSettings(encoder_dir=present, language=options.language)
    gold = _read(options.data)
    results = ranked(list(best_layer(gold, folder, layers, present=settings)))
    out.writelines(told(results))
    write_layer(folder, results[0].layer)
    out.write(f"It takes layer {results[0].layer} now. {_how_to_use(options.out, name)}")


def _name_of(source: Path) -> str:
    """A checkpoint's folder has the name; its file is called model.safetensors everywhere."""
    return (source if source.is_dir() else source.parent).resolve().name


def _place_for(name: str) -> Path:
    """A new folder where NERBOT_ENCODER looks for names. Raises EncoderNameInvalid, EncoderTaken."""
    from ner_engine.encoder.choice import PACKAGED  # noqa: PLC0415
    from ner_engine.encoder.install.sources import SOURCES  # noqa: PLC0415
    from ner_engine.encoder.installed import encoders_folder  # noqa: PLC0415

    if not _NAME.fullmatch(name):
        raise EncoderNameInvalid(name=name)
    place = encoders_folder() / name
    if name in {PACKAGED, *SOURCES} or place.exists():
        raise EncoderTaken(name=name)
    return place


def _how_to_use(given: Path | None, name: str) -> str:
    use = f"--encoder {given}" if given else f"--encoder {name}, or set NERBOT_ENCODER={name},"
    return f"Nothing else is switched: train with {use} to use it.\n"


def told(results: Sequence["LayerResult"]) -> Iterator[str]:
    """A line for each layer: its F1, and the gain with its interval."""
    for result in results:
        beside = result.beside
        low, high = beside.interval or (0.0, 0.0)
        gain = beside.candidate_f1 - beside.live_f1
        yield (
            f"layer {result.layer:2}: F1 {100 * beside.candidate_f1:.1f}, {100 * gain:+.1f} beside "
            f"the present encoder's {100 * beside.live_f1:.1f} "
            f"({100 * low:+.1f} to {100 * high:+.1f}, {beside.sentences} sentences)\n"
        )


def _read(path: Path) -> list[AnnotatedText]:
    return list(read_file(path))
