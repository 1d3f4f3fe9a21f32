"""`nerbot predict`: entities in lines of text."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ner_engine.annotation import Prediction
from ner_engine.errors import TextError

if TYPE_CHECKING:
    from ner_engine.prediction.predictor import Predictor


def add_predict(commands: typer.Typer) -> None:
    """Make `predict` known to a command line."""
    commands.command("predict")(_predict)


def _predict(
    model: Annotated[Path, typer.Argument(metavar="DIR", help="What nerbot train made.")],
    *,
    as_json: Annotated[  # noqa: ARG001 - as with the other commands; there is no other output
        bool, typer.Option("--json", help="It always prints JSON.")
    ] = False,
) -> None:
    """Find the entities in lines of text.

    In: a model's directory; text on standard input, a sentence a line.

    Out: a JSON object for each line, with its text, spans, confidences and uncertainty, and how many entities of a
    pretrained base they displaced; or with an error.
    """
    from ner_engine.prediction.predictor import load_model  # noqa: PLC0415

    loaded = load_model(model)
    for line in sys.stdin:
        if text := line.strip():
            sys.stdout.write(json.dumps(_answer(loaded, text), ensure_ascii=False) + "\n")
            sys.stdout.flush()


def _answer(model: "Predictor", text: str) -> dict[str, Any]:
    try:
        return _found(text, model.read([text])[0])
    except TextError as error:
        return {"text": text, "error": str(error)}


def _found(text: str, found: Prediction) -> dict[str, Any]:
    spans = [
        asdict(span) | {"confidence": None if sure is None else round(sure, 4)}
        for span, sure in zip(found.spans, found.confidences, strict=True)
    ]
    return {
        "text": text,
        "spans": spans,
        "uncertainty": round(found.uncertainty, 4),
        "displaced": found.displaced,
    }
