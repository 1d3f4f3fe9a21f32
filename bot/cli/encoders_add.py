"""`nerbot encoders add`: a checkpoint or an encoder's folder, tried on a project's own sentences."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from bot.cli.terminal.output import AsJson, tell, tell_json, tell_lines
from ner_engine.annotation import AnnotatedText
from ner_engine.errors import EncoderNameInvalid, EncoderTaken
from ner_engine.formats import read_file
from ner_engine.settings import TrainingSettings

if TYPE_CHECKING:
    from ner_engine.training.encoder_choice import LayerResult

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def add_add(encoders: typer.Typer) -> None:
    """Make `encoders add` known to the commands of `encoders`."""
    encoders.command("add", cls=_SeveralLayers)(_add)


class _SeveralLayers(TyperCommand):
    """Takes `--layers 5 6 7` as well as `--layers 5 --layers 6`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        return super().parse_args(ctx, [*_each_with_its_option(args)])


def _each_with_its_option(args: list[str]) -> Iterator[str]:
    among, count = False, 0
    for arg in args:
        if among and re.fullmatch(r"\d+", arg):
            yield from (("--layers", arg) if count else (arg,))
            count += 1
        else:
            among, count = arg == "--layers", 0
            yield arg


_Source = Annotated[
    Path,
    typer.Argument(metavar="DIR|SAFETENSORS", help="The checkpoint, or an encoder's folder."),
]
_Name = Annotated[
    str | None,
    typer.Option(
        metavar="NAME", help="What NERBOT_ENCODER calls it; the source's name if not told."
    ),
]
_Out = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="A new directory instead of the cache folder."),
]
_Data = Annotated[
    Path | None, typer.Option(metavar="FILE.jsonl", help="Finished sentences to try on.")
]
_Present = Annotated[
    str | None,
    typer.Option(metavar="NAME|DIR", help="The encoder to compare with, if not the chosen one."),
]
_Layers = Annotated[
    list[int] | None, typer.Option(metavar="K...", help="Those to try, as in --layers 5 6 7.")
]
_Language = Annotated[str, typer.Option(metavar="CODE", help="Of the sentences it is tried on.")]
_Licence = Annotated[str, typer.Option(metavar="TEXT", help="It is kept in its card.")]


def _add(
    source: _Source,
    *,
    name: _Name = None,
    out: _Out = None,
    data: _Data = None,
    present: _Present = None,
    layers: _Layers = None,
    language: _Language = "en",
    licence: _Licence = "",
    as_json: AsJson = False,
) -> None:
    """Convert a checkpoint, and find its best layer on your data.

    In: a checkpoint (BERT, RoBERTa, XLM-R, CamemBERT, MPNet, DistilBERT, DeBERTa-v3, ModernBERT), and labelled
    sentences to try it on.

    Out: the encoder in a folder, and what each layer gains beside the present encoder. Nothing that trains now
    is switched.
    """
    from bot.cli.encoders import chosen_encoder  # noqa: PLC0415 this is one of its commands
    from ner_engine.encoder.convert import convert  # noqa: PLC0415 numpy and onnxruntime come here

    name = name or _name_of(source)
    folder = out or _place_for(name)
    card = convert(source, folder, language=language, licence=licence, name=name)
    taken: dict[str, Any] = {"name": card.name, "folder": str(folder), "window": card.window}
    if not as_json:
        tell(f"{card.name} is in {folder}, of {card.window} word pieces at once.")
    if data is None:
        if as_json:
            tell_json(taken | {"layer": card.layer, "layers": []})
            return
        tell(f"It takes layer {card.layer}, the middle; --data finds the best one.")
        tell(_how_to_use(out, name))
        return
    from ner_engine.training.encoder_choice import (  # noqa: PLC0415 spaCy comes here
        best_layer,
        ranked,
        write_layer,
    )

    tried = layers or range(max(1, card.layer - 2), min(card.layer + 3, 2 * card.layer))
    settings = TrainingSettings(encoder_dir=chosen_encoder(present).directory, language=language)
    results = ranked(list(best_layer(_read(data), folder, tried, present=settings)))
    write_layer(folder, results[0].layer)
    if as_json:
        tell_json(taken | {"layer": results[0].layer, "layers": [*map(_to_json, results)]})
        return
    tell_lines(told(results))
    tell(f"It takes layer {results[0].layer} now. {_how_to_use(out, name)}")


def _to_json(result: "LayerResult") -> dict[str, Any]:
    beside = result.beside
    low, high = beside.interval or (0.0, 0.0)
    return {
        "layer": result.layer,
        "f1": beside.candidate_f1,
        "present_f1": beside.live_f1,
        "interval": [low, high],
        "sentences": beside.sentences,
    }


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
            f"({100 * low:+.1f} to {100 * high:+.1f}, {beside.sentences} sentences)"
        )


def _read(path: Path) -> list[AnnotatedText]:
    return list(read_file(path))
