"""The engine on the command line: `nerbot train`, `nerbot evaluate`, `nerbot predict`."""

import argparse
import json
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from bot.cli.encoders import chosen_encoder
from ner_engine.annotation import AnnotatedText, Prediction, Span
from ner_engine.checks import cut_words, find_cuts
from ner_engine.errors import EngineError, TextError
from ner_engine.formats import DataFile, read_data
from ner_engine.label_names import unify_labels
from ner_engine.languages import find_language
from ner_engine.recipes import DEFAULT_PRESET, RECIPES
from ner_engine.results import Finding, FinerScores, Progress, Score, Scores
from ner_engine.settings import TrainingSettings

if TYPE_CHECKING:
    from ner_engine.prediction.predictor import Predictor
    from ner_engine.training.result import Result

_DATA = "one JSON object a line: text and spans, or sentence and entities"
#: How many lines that were left out are told.
_TOLD = 3
#: The fewest columns of the names of labels.
_NARROWEST = 32
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
    train.add_argument(
        "--language",
        default="en",
        metavar="CODE",
        type=_language,
        help="of the texts: de, ja, xx for any (needless beside a base)",
    )
    train.add_argument("--vectors", type=Path, metavar="DIR", help="keep encoded texts here")
    train.add_argument("--json", action="store_true", help="print the whole result as JSON")
    train.set_defaults(call=_train)
    evaluate = commands.add_parser("evaluate", help="score a saved model on a file")
    evaluate.add_argument("model", type=Path, metavar="DIR")
    evaluate.add_argument("--data", type=Path, required=True, metavar="FILE.jsonl", help=_DATA)
    evaluate.add_argument(
        "--learned",
        type=Path,
        metavar="FILE.jsonl",
        help="what it learned: its phrases are told apart",
    )
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


def _language(typed: str) -> str:
    found = find_language(typed)
    if found is None:
        raise argparse.ArgumentTypeError(f"{typed} is not a language nerbot knows")
    return found


def _train(options: argparse.Namespace, out: TextIO) -> None:
    from ner_engine.encoder.vector_store import VectorStore  # noqa: PLC0415
    from ner_engine.training.result import Result  # noqa: PLC0415
    from ner_engine.training.run import run_steps  # noqa: PLC0415 spaCy comes here

    settings = TrainingSettings(
        preset=options.preset,
        seed=options.seed,
        base=options.base,
        language=options.language,
        encoder_dir=_encoder(options) if RECIPES[options.preset].needs_encoder else None,
    )
    store = VectorStore(options.vectors) if options.vectors else None
    stages: list[str] = []
    data = read_data(options.data)
    sys.stderr.writelines(_left_out(data))
    for value in run_steps(data.texts, settings, target=options.out, store=store):
        if isinstance(value, Result):
            _tell_result(value, data, out, as_json=options.json)
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


def _left_out(data: DataFile) -> Iterator[str]:
    """What a file holds that no model can bear, with the first few lines and why."""
    if data.left_out:
        count, some = len(data.left_out), list(data.left_out.items())[:_TOLD]
        reasons = "; ".join(f"line {number}: {reason}" for number, reason in some)
        more = f"; {count - _TOLD} more" if count > _TOLD else ""
        yield f"{count} line{'s' * (count > 1)} left out. {reasons}{more}\n"


def _tell_result(result: "Result", data: DataFile, out: TextIO, *, as_json: bool) -> None:
    if as_json:
        json.dump(result.to_json(), out)
        out.write("\n")
        return
    out.writelines(line + "\n" for line in _result_lines(result, data.lines))


def _result_lines(result: "Result", lines: Sequence[int]) -> Iterator[str]:
    yield from result.notes
    yield f"Scored by {result.method} on {result.evaluation.sentences} finished sentences."
    if result.documents:
        yield f"{result.documents} documents were kept together: all learned from, or all scored."
    yield from _table(result.evaluation, result.finer)
    if result.outlook:
        yield result.outlook
    for finding in result.findings:
        yield _finding(finding, lines)


def _finding(finding: Finding, lines: Sequence[int]) -> str:
    numbers = ", ".join(str(lines[number]) for number in finding.sentences[:10])
    return f"- {finding.words} (line{'s' * (len(finding.sentences) > 1)} {numbers})"


def _evaluate(options: argparse.Namespace, out: TextIO) -> None:
    from ner_engine.prediction.predictor import load_model  # noqa: PLC0415
    from ner_engine.scoring.evaluation import evaluate  # noqa: PLC0415

    data = read_data(options.data)
    sys.stderr.writelines(_left_out(data))
    model = load_model(options.model)
    gold = unify_labels(data.texts, model.labels)
    found = model.predict([annotated.text for annotated in gold], ours_only=True)
    evaluation = evaluate([annotated.spans for annotated in gold], found)
    finer = _finer(gold, found, options.learned)
    cuts = find_cuts(gold, model.token_offsets)
    if options.json:
        per_label = {label: _brief(score) for label, score in evaluation.per_label}
        told = _brief(evaluation.overall) | {"per_label": per_label, "cut_words": len(cuts)}
        told |= _finer_to_json(finer)
        json.dump(told | {"left_out": len(data.left_out)}, out)
        out.write("\n")
    else:
        out.writelines(line + "\n" for line in _table(evaluation, finer))
        out.writelines(line + "\n" for line in _warning(options.model, gold))
        out.writelines(_finding(each, data.lines) + "\n" for each in cut_words(gold, cuts))


def _finer(
    gold: Sequence[AnnotatedText], found: Sequence[tuple[Span, ...]], learned: Path | None
) -> FinerScores:
    from ner_engine.scoring.evaluation import evaluate_finer  # noqa: PLC0415
    from ner_engine.training.splits import phrase_key, phrases_of  # noqa: PLC0415

    phrases = None if learned is None else phrases_of(read_data(learned).texts)
    wanted = [annotated.spans for annotated in gold]
    if phrases is None:
        return evaluate_finer(wanted, found)
    return evaluate_finer(wanted, found, lambda n, span: phrase_key(gold[n].text, span) in phrases)


def _finer_to_json(finer: FinerScores) -> dict[str, Any]:
    parts = {"lenient": finer.lenient, "seen": finer.seen, "unseen": finer.unseen}
    per_label = {label: _brief(score) for label, score in finer.lenient_per_label}
    told: dict[str, Any] = {name: _brief(score) for name, score in parts.items() if score}
    return told | {"lenient_per_label": per_label}


def _warning(model: Path, gold: Sequence[AnnotatedText]) -> Iterator[str]:
    from ner_engine.model_files.store import read_learned  # noqa: PLC0415
    from ner_engine.training.splits import text_key  # noqa: PLC0415

    learned = read_learned(model)
    known = sum(text_key(annotated.text) in learned for annotated in gold)
    if known:
        yield f"The model learned {known} of these {len(gold)} sentences: on new ones it does worse."


def _brief(score: Score) -> dict[str, float]:
    return {"p": score.precision, "r": score.recall, "f": score.f1, "support": score.support}


def _table(evaluation: Scores, finer: FinerScores) -> Iterator[str]:
    low, high = evaluation.interval
    more: list[tuple[str, Score | None]] = [
        ("learned phrases", finer.seen),
        ("new phrases", finer.unseen),
        ("any overlap, all labels", finer.lenient),
        *((f"any overlap, {label}", score) for label, score in finer.lenient_per_label),
    ]
    rows = [("all labels", evaluation.overall), *evaluation.per_label, *more]
    width = max(_NARROWEST, *(_columns(label) for label, _ in rows))
    yield f"{'':{width}} {'P':>6} {'R':>6} {'F1':>6} {'count':>7}"
    for label, score in rows:
        if score is None:
            continue
        shares = (score.precision, score.recall, score.f1)
        name = label + " " * (width - _columns(label) + 1)
        yield name + " ".join(f"{100 * x:6.1f}" for x in shares) + f" {score.support:7}"
    yield f"F1 of all labels is between {100 * low:.1f} and {100 * high:.1f} (95 %)."


def _columns(label: str) -> int:
    """How wide a terminal shows a label: Chinese takes two columns a letter, a combining mark none."""
    widths = {"W": 2, "F": 2}
    return sum(
        0 if unicodedata.category(c) == "Mn" else widths.get(unicodedata.east_asian_width(c), 1)
        for c in label
    )


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
