"""The engine on the command line: `nerbot train`, `nerbot evaluate`, `nerbot predict`."""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from bot.cli.encoders import chosen_encoder
from ner_engine.annotation import AnnotatedText, Prediction
from ner_engine.errors import EngineError, TextError
from ner_engine.formats import read_file
from ner_engine.recipes import DEFAULT_PRESET, RECIPES
from ner_engine.results import Progress, Score, Scores
from ner_engine.settings import TrainingSettings

if TYPE_CHECKING:
    from ner_engine.prediction.predictor import Predictor
    from ner_engine.training.result import Result

_DATA = "one JSON object a line: text and spans, or sentence and entities"
Commands = Any  # argparse keeps the class of its subparsers to itself


def add_commands(commands: Commands) -> None:
    """Make the three known to a command line; each sets ``call``, what is to be run."""
    train = commands.add_parser("train", help="train a model on a file and save it")
    train.add_argument("--data", type=Path, required=True, metavar="FILE.jsonl", help=_DATA)
    train.add_argument("--out", type=Path, required=True, metavar="DIR", help="a new directory")
    train.add_argument("--preset", choices=sorted(RECIPES), default=DEFAULT_PRESET)
    train.add_argument("--seed", type=int, default=0, metavar="N")
    train.add_argument("--base", metavar="PIPELINE", help="an installed pipeline to stand beside")
    train.add_argument(
        "--encoder",
        metavar="NAME|DIR",
        help="see nerbot encoders; a folder has model.onnx and tokenizer.json",
    )
    train.add_argument("--vectors", type=Path, metavar="DIR", help="keep encoded texts here")
    train.add_argument("--json", action="store_true", help="print the whole result as JSON")
    train.set_defaults(call=_train)
    evaluate = commands.add_parser("evaluate", help="score a saved model on a file")
    evaluate.add_argument("model", type=Path, metavar="DIR")
    evaluate.add_argument("--data", type=Path, required=True, metavar="FILE.jsonl", help=_DATA)
    evaluate.add_argument("--json", action="store_true", help="print p, r, f and per_label")
    evaluate.set_defaults(call=_evaluate)
    predict = commands.add_parser("predict", help="text lines in, JSON lines out")
    predict.add_argument("model", type=Path, metavar="DIR")
    predict.set_defaults(call=_predict)


def call(options: argparse.Namespace) -> int:
    """Run one of the three; what cannot be done is told in one line."""
    try:
        options.call(options, sys.stdout)
    except EngineError as error:
        print(f"nerbot: {error}", file=sys.stderr)  # noqa: T201 the one line a failed command prints
        return 2
    except OSError as error:
        print(f"nerbot: {error.strerror}: {error.filename}", file=sys.stderr)  # noqa: T201
        return 2
    return 0


def _train(options: argparse.Namespace, out: TextIO) -> None:
    from ner_engine.encoder.vector_store import VectorStore  # noqa: PLC0415
    from ner_engine.training.result import Result  # noqa: PLC0415
    from ner_engine.training.run import run_steps  # noqa: PLC0415 spaCy comes here

    settings = TrainingSettings(
        preset=options.preset,
        seed=options.seed,
        base=options.base,
        encoder_dir=_encoder(options) if RECIPES[options.preset].needs_encoder else None,
    )
    store = VectorStore(options.vectors) if options.vectors else None
    stages: list[str] = []
    for value in run_steps(_read(options.data), settings, target=options.out, store=store):
        if isinstance(value, Result):
            _tell_result(value, out, as_json=options.json)
        elif value.stage not in stages:
            stages.append(value.stage)
            sys.stderr.write(_progress(value))


def _encoder(options: argparse.Namespace) -> str | None:
    chosen = chosen_encoder(options.encoder)
    if chosen.advice:
        sys.stderr.write(f"{chosen.advice}\n")
    return chosen.directory


def _progress(progress: Progress) -> str:
    so_far = "" if progress.f is None else f", F1 so far {100 * progress.f:.1f}"
    return f"{100 * progress.done:3.0f} % {progress.stage}{so_far}\n"


def _tell_result(result: "Result", out: TextIO, *, as_json: bool) -> None:
    if as_json:
        json.dump(result.to_json(), out)
        out.write("\n")
        return
    out.writelines(line + "\n" for line in _result_lines(result))


def _result_lines(result: "Result") -> Iterator[str]:
    yield from result.notes
    yield f"Scored by {result.method} on {result.evaluation.sentences} finished sentences."
    yield from _table(result.evaluation)
    if result.outlook:
        yield result.outlook
    for finding in result.findings:
        numbers = ", ".join(str(number + 1) for number in finding.sentences[:10])
        yield f"- {finding.words} (line{'s' * (len(finding.sentences) > 1)} {numbers})"


def _evaluate(options: argparse.Namespace, out: TextIO) -> None:
    from ner_engine.prediction.predictor import load_model  # noqa: PLC0415
    from ner_engine.scoring.evaluation import evaluate  # noqa: PLC0415

    gold = _read(options.data)
    model = load_model(options.model)
    found = model.predict([annotated.text for annotated in gold], ours_only=True)
    evaluation = evaluate([annotated.spans for annotated in gold], found)
    if options.json:
        per_label = {label: _brief(score) for label, score in evaluation.per_label}
        json.dump(_brief(evaluation.overall) | {"per_label": per_label}, out)
        out.write("\n")
    else:
        out.writelines(line + "\n" for line in _table(evaluation))
        out.writelines(line + "\n" for line in _warning(options.model, gold))


def _warning(model: Path, gold: Sequence[AnnotatedText]) -> Iterator[str]:
    from ner_engine.model_files.store import read_learned  # noqa: PLC0415
    from ner_engine.training.splits import text_key  # noqa: PLC0415

    learned = read_learned(model)
    known = sum(text_key(annotated.text) in learned for annotated in gold)
    if known:
        yield f"The model learned {known} of these {len(gold)} sentences: on new ones it does worse."


def _brief(score: Score) -> dict[str, float]:
    return {"p": score.precision, "r": score.recall, "f": score.f1, "support": score.support}


def _table(evaluation: Scores) -> Iterator[str]:
    low, high = evaluation.interval
    yield f"{'':32} {'P':>6} {'R':>6} {'F1':>6} {'count':>7}"
    for label, score in {"all labels": evaluation.overall, **dict(evaluation.per_label)}.items():
        shares = (score.precision, score.recall, score.f1)
        yield f"{label:32} " + " ".join(f"{100 * x:6.1f}" for x in shares) + f" {score.support:7}"
    yield f"F1 of all labels is between {100 * low:.1f} and {100 * high:.1f} (95 %)."


def _predict(options: argparse.Namespace, out: TextIO) -> None:
    from ner_engine.prediction.predictor import load_model  # noqa: PLC0415

    model = load_model(options.model)
    for line in sys.stdin:
        if text := line.strip():
            out.write(json.dumps(_answer(model, text), ensure_ascii=False) + "\n")
            out.flush()


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
    return {"text": text, "spans": spans, "uncertainty": round(found.uncertainty, 4)}


def _read(path: Path) -> Sequence[AnnotatedText]:
    return list(read_file(path))
