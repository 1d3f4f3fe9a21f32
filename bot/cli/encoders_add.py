"""`nerbot encoders add`: a checkpoint or an encoder's folder, tried on a project's own sentences."""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from ner_engine.annotation import AnnotatedText
from ner_engine.formats import read_file
from ner_engine.settings import TrainingSettings

if TYPE_CHECKING:
    from ner_engine.training.encoder_choice import LayerResult


def add_add(does: Any) -> None:
    """Make `encoders add` known to the subparsers of `encoders`."""
    add = does.add_parser("add", help="convert a checkpoint, and find its best layer on your data")
    add.add_argument("source", type=Path, metavar="DIR|SAFETENSORS")
    add.add_argument("--out", type=Path, required=True, metavar="DIR", help="a new directory")
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

    card = convert(options.source, options.out, language=options.language, licence=options.licence)
    out.write(f"{card.name} is in {options.out}, of {card.window} word pieces at once.\n")
    if options.data is None:
        out.write(f"It takes layer {card.layer}, the middle; --data finds the best one.\n")
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
    results = ranked(list(best_layer(gold, options.out, layers, present=settings)))
    out.writelines(told(results))
    write_layer(options.out, results[0].layer)
    out.write(
        f"{options.out} says layer {results[0].layer} now. Nothing else is switched: train with "
        f"--encoder {options.out} to use it.\n"
    )


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
