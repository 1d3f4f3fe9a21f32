"""Which layer of an encoder's folder a project should learn over, measured on its own folds."""

import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ner_engine.annotation import AnnotatedText, Span
from ner_engine.encoder.card import CARD
from ner_engine.results import Comparison
from ner_engine.scoring.evaluation import compare
from ner_engine.settings import TrainingSettings
from ner_engine.training.cross_validation import OutOfFoldPredictions, fold_model_steps, sides_of
from ner_engine.training.plan import make_plan

_FILES = ("model.onnx", "tokenizer.json")


@dataclass(frozen=True, slots=True)
class LayerResult:
    """A layer, and how a model over it does beside one over the present encoder, on the same
    sentences; none of them was learned by the fold's model that is scored on it.
    """

    layer: int
    beside: Comparison


@dataclass(frozen=True, slots=True)
class _Sides:
    gold: list[tuple[Span, ...]]
    found: list[tuple[Span, ...]]


def best_layer(
    gold: Sequence[AnnotatedText],
    folder: Path,
    layers: Sequence[int],
    *,
    present: TrainingSettings | None = None,
) -> Iterator[LayerResult]:
    """Measure each layer in turn; :func:`ranked` puts them in order.

    ``present`` is how the project trains now. Nothing of the folder or the project is changed.
    Raises NotEnoughData, EncoderError.
    """
    settings = present or TrainingSettings()
    now = _score(gold, settings)
    with tempfile.TemporaryDirectory() as directory:
        for layer in layers:
            view = _with_layer(folder.resolve(), layer, Path(directory) / str(layer))
            there = _score(gold, replace(settings, encoder_dir=str(view)))
            yield LayerResult(layer, compare(now.gold, there.found, now.found))


def ranked(results: Sequence[LayerResult]) -> list[LayerResult]:
    """The best first, of equal ones the lower layer, which costs less."""
    return sorted(results, key=lambda result: (-result.beside.candidate_f1, result.layer))


def write_layer(folder: Path, layer: int) -> None:
    """Make a folder's card say a layer; the rest of it stays. Raises OSError, ValueError."""
    path = folder / CARD
    card = json.loads(path.read_bytes()) if path.exists() else {"name": folder.resolve().name}
    written = path.with_suffix(".new")
    written.write_text(json.dumps({**card, "layer": layer}, indent=2, ensure_ascii=False) + "\n")
    written.replace(path)


def _with_layer(folder: Path, layer: int, view: Path) -> Path:
    """A folder with the same encoder whose card says another layer."""
    view.mkdir()
    for file in _FILES:
        (view / file).symlink_to(folder / file)
    if (folder / CARD).exists():
        (view / CARD).write_bytes((folder / CARD).read_bytes())
    write_layer(view, layer)
    return view


def _score(gold: Sequence[AnnotatedText], settings: TrainingSettings) -> _Sides:
    sides = _Sides([], [])
    for fold_model in make_plan(gold).fold_models:
        if fold_model.share < 1:  # for the learning curve
            continue
        predictions: OutOfFoldPredictions = {}
        for value in fold_model_steps(fold_model, settings):
            if isinstance(value, dict):
                predictions = value
        wanted, found = sides_of(fold_model.scored, predictions)
        sides.gold.extend(wanted)
        sides.found.extend(found)
    return sides
