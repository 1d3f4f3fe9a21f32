"""`nerbot predict`: entities in lines of text."""

import json
import sys
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.remote import ApiToken, Url, client_of
from ner_engine.annotation import Prediction
from ner_engine.errors import TextError

if TYPE_CHECKING:
    from ner_engine.prediction.predictor import Predictor


AT_A_TIME = 100
"""Lines of one request."""


def add_predict(commands: typer.Typer) -> None:
    """Make `predict` known to a command line."""
    commands.command("predict")(_predict)


def _predict(
    model: Annotated[
        Path | None, typer.Argument(metavar="DIR", help="What nerbot train made.")
    ] = None,
    *,
    url: Url = None,
    token: ApiToken = None,
    as_json: Annotated[  # noqa: ARG001 - as with the other commands; there is no other output
        bool, typer.Option("--json", help="It always prints JSON.")
    ] = False,
) -> None:
    """Find the entities in lines of text.

    In: a model's directory, or with `--url` the live model of the token's project there; text on standard input, a
    sentence a line.

    Out: a JSON object for each line, with its text, spans, confidences and uncertainty, and how many entities of a
    pretrained base they displaced; or with an error.
    """
    if model is None:
        if url is None:
            raise typer.BadParameter("name a model's directory, or a nerbot with --url")
        _ask(url, token)
        return
    from ner_engine.prediction.predictor import load_model  # noqa: PLC0415

    loaded = load_model(model)
    for line in sys.stdin:
        if text := line.strip():
            sys.stdout.write(json.dumps(_answer(loaded, text), ensure_ascii=False) + "\n")
            sys.stdout.flush()


def _ask(url: str, token: str | None) -> None:
    """Ask a nerbot's API, as many lines at a time as it takes."""
    lines = (line.strip() for line in sys.stdin)
    with client_of(url, token) as client:
        while texts := list(islice(filter(None, lines), AT_A_TIME)):
            told = client.predict(texts)
            for each in told.predictions:
                spans = [entity.model_dump(exclude={"text"}) for entity in each.entities]
                answer = {"text": each.text, "spans": spans, "model": told.model}
                sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
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
