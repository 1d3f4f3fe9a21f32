"""`nerbot evaluate`: a saved model's scores on a file."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli.engine.scores import Data, finding_line, left_out, score_table
from bot.cli.terminal.output import AsJson, tell_json, tell_lines
from ner_engine.annotation import AnnotatedText, Span
from ner_engine.checks import cut_words, find_cuts
from ner_engine.formats import read_data
from ner_engine.label_names import unify_labels
from ner_engine.results import FinerScores, Score
from ner_engine.spacy_alone import import_spacy


def add_evaluate(commands: typer.Typer) -> None:
    """Make `evaluate` known to a command line."""
    commands.command("evaluate")(_evaluate)


def _evaluate(
    model: Annotated[Path, typer.Argument(metavar="DIR", help="What nerbot train made.")],
    *,
    data: Data,
    learned: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="What it learned: its phrases are scored apart from new ones.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Score a saved model on a file.

    In: a model's directory and a file of labelled sentences.

    Out: precision, recall and F1 of each label, with the interval of all; as JSON: p, r, f, per_label and more.
    """
    import_spacy()
    from ner_engine.prediction.predictor import load_model  # noqa: PLC0415
    from ner_engine.scoring.evaluation import evaluate  # noqa: PLC0415

    read = read_data(data)
    sys.stderr.writelines(left_out(read))
    loaded = load_model(model)
    gold = unify_labels(read.texts, loaded.labels)
    found = loaded.predict([annotated.text for annotated in gold], ours_only=True)
    evaluation = evaluate([annotated.spans for annotated in gold], found)
    finer = _finer(gold, found, learned)
    cuts = find_cuts(gold, loaded.token_offsets)
    if as_json:
        per_label = {label: _brief(score) for label, score in evaluation.per_label}
        told = _brief(evaluation.overall) | {"per_label": per_label, "cut_words": len(cuts)}
        told |= _finer_to_json(finer)
        tell_json(told | {"left_out": len(read.left_out)})
    else:
        tell_lines(score_table(evaluation, finer))
        tell_lines(_warning(model, gold))
        tell_lines(finding_line(each, read.lines) for each in cut_words(gold, cuts))


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
