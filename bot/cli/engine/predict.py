"""`nerbot predict`: entities in lines of text."""

import json
import sys
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.remote import ApiToken, Url, client_of
from ner_engine.spacy_alone import import_spacy

AT_A_TIME = 100
"""Lines of one request."""


def add_predict(commands: typer.Typer) -> None:
    """Make `predict` known to a command line."""
    commands.command("predict")(_predict)


_Model = Annotated[Path | None, typer.Argument(metavar="DIR", help="What nerbot train made.")]
_In = Annotated[
    str | None,
    typer.Option(
        "--in",
        metavar="PLACE",
        help="Read .jsonl and .txt files: a folder, a pattern, s3://bucket/folder/*.jsonl.",
    ),
]
_Out = Annotated[
    str | None,
    typer.Option(metavar="PLACE", help="With --in: a folder or s3://bucket/folder to write to."),
]
_Processes = Annotated[
    int | None,
    typer.Option(
        min=1,
        max=256,
        help="With --in: so many processes here, also where there are workers. Default: one a core.",
    ),
]
_AsJson = Annotated[bool, typer.Option("--json", help="It always prints JSON.")]


def _predict(
    model: _Model = None,
    *,
    read: _In = None,
    out: _Out = None,
    processes: _Processes = None,
    url: Url = None,
    token: ApiToken = None,
    as_json: _AsJson = False,  # noqa: ARG001 - as with the other commands; there is no other output
) -> None:
    """Find the entities in lines of text.

    In: a model's directory, or with `--url` the live model of the token's project there; text on standard input, a
    sentence a line. With `--in` and `--out` files of any size: objects with `text` (and `id`) in .jsonl, a sentence a
    line in .txt. They are read in shards of 10,000 sentences, here or with `NERBOT_JOBS=procrastinate` by workers; what
    is there already is passed over, so that the same command goes on after a kill.

    Out: a JSON object for each line, with its text, spans, confidences and uncertainty, and how many entities of a
    pretrained base they displaced; or with an error. With `--out` these are in a file a shard, and how many there are
    is printed.
    """
    if read is not None or out is not None:
        if model is None or read is None or out is None or url is not None:
            raise typer.BadParameter("--in and --out go together, with a model's directory")
        from bot.cli.engine.predict_files import predict_files  # noqa: PLC0415

        predict_files(model, read, out, processes)
        return
    if model is None:
        if url is None:
            raise typer.BadParameter("name a model's directory, or a nerbot with --url")
        _ask(url, token)
        return
    _predict_lines(model)


def _predict_lines(model: Path) -> None:
    """Answer each line of standard input as it comes."""
    import_spacy()
    from ner_engine.prediction.lines import found_in  # noqa: PLC0415
    from ner_engine.prediction.predictor import load_model  # noqa: PLC0415

    loaded = load_model(model)
    for line in sys.stdin:
        if text := line.strip():
            sys.stdout.write(json.dumps(found_in(loaded, text), ensure_ascii=False) + "\n")
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
