"""A checkpoint as its publisher gives it, made the folder of an encoder."""

import json
import shutil
import tempfile
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from ner_engine.encoder.card import CARD, EncoderCard
from ner_engine.encoder.convert.arithmetic import Precision
from ner_engine.encoder.convert.config import Config
from ner_engine.encoder.convert.families import FAMILIES
from ner_engine.encoder.convert.graph_builder import write_graph
from ner_engine.encoder.convert.weights import Weights
from ner_engine.encoder.files import read_encoder
from ner_engine.errors import CheckpointRefused

#: Most word pieces that an encoder reads at once: attention's time grows with their square.
MOST_PIECES = 512
_WEIGHTS, _TOKENIZER = "model.safetensors", "tokenizer.json"


def convert(
    checkpoint: Path,
    destination: Path,
    *,
    layers: int | None = None,
    window: int | None = None,
    language: str = "en",
    licence: str = "",
    name: str | None = None,
    precision: Precision = "int8",
    about: dict[str, Any] | None = None,
) -> EncoderCard:
    """Write model.onnx, tokenizer.json and encoder.json to a new folder, and give its card.

    ``checkpoint`` is a folder with config.json, model.safetensors and tokenizer.json, or such a
    safetensors file in one. The first ``layers`` are converted (all if not told), and the card
    takes the last of them (the middle one of all); ``window`` is how many word pieces are read at
    once; ``about`` is written to the card beside what it knows. Nothing is there before all is.
    Raises CheckpointRefused, OSError.
    """
    folder, weights_file = _places(checkpoint)
    config = Config.read(folder)
    kind = config.values.get("model_type")
    if kind not in FAMILIES:
        known = ", ".join(sorted(FAMILIES))
        raise CheckpointRefused(
            reason=f"model_type {kind} is not an encoder that nerbot can convert: {known}"
        )
    special = _special_pieces(folder)
    window = window or _told_window(folder)
    form = FAMILIES[kind](config, Weights(weights_file), min(window, MOST_PIECES))
    if layers is not None and not 1 <= layers <= form.depth:
        raise CheckpointRefused(reason=f"it has layers 1 to {form.depth}, and no layer {layers}")
    card = EncoderCard(
        name=name or folder.resolve().name,
        layer=layers or (form.depth + 1) // 2,
        pooling=("last", "mean"),
        window=form.window,
        language=language,
        licence=licence,
    )
    destination.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(dir=destination.parent, prefix=f".{destination.name}."))
    try:
        write_graph(staging / "model.onnx", form, layers or form.depth, precision)
        _try(staging / "model.onnx")
        shutil.copyfile(folder / _TOKENIZER, staging / _TOKENIZER)
        card = replace(card, sha256=read_encoder(str(staging)).sha256)
        described = {**asdict(card), "special": special, **(about or {})}
        (staging / CARD).write_text(json.dumps(described, indent=2, ensure_ascii=False) + "\n")
        staging.chmod(0o755)
        staging.rename(destination)
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        raise
    return card


def _places(checkpoint: Path) -> tuple[Path, Path]:
    if checkpoint.is_dir():
        return checkpoint, checkpoint / _WEIGHTS
    if checkpoint.suffix != ".safetensors":
        raise CheckpointRefused(reason=f"{checkpoint} is neither a folder nor a safetensors file")
    return checkpoint.parent, checkpoint


def _special_pieces(folder: Path) -> list[str]:
    """What the tokenizer puts around every text. Raises CheckpointRefused."""
    try:
        content = (folder / _TOKENIZER).read_bytes()
    except FileNotFoundError as error:
        raise CheckpointRefused(reason=f"it has no {_TOKENIZER}") from error
    try:
        tokenizer = Tokenizer.from_buffer(content)
    except Exception as error:  # the library raises a class of its own
        raise CheckpointRefused(reason=f"its {_TOKENIZER} cannot be read") from error
    tokenizer.no_padding()
    return tokenizer.encode("").tokens


def _try(model: Path) -> None:
    """Run what was made once, on two pieces. Raises CheckpointRefused."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 4  # what fails is told below
    try:
        session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        outputs = session.run(None, {"input_ids": np.array([[0, 2]])})
    except Exception as error:  # the library raises classes of its own
        raise CheckpointRefused(reason="what it holds does not fit its config.json") from error
    if not all(np.isfinite(output).all() for output in outputs):
        raise CheckpointRefused(reason="its numbers are not finite")


def _told_window(folder: Path) -> int:
    """The window that sentence encoders were taught with, if the folder tells."""
    try:
        told = json.loads((folder / "sentence_bert_config.json").read_bytes())["max_seq_length"]
    except (OSError, ValueError, KeyError, TypeError):
        return MOST_PIECES
    return told if isinstance(told, int) and told > 0 else MOST_PIECES
