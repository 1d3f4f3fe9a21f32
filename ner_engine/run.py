"""One training from the gold to a saved model: score, train, compare, save.

A generator like the training itself; the process around it is :mod:`ner_engine.job`.
"""

import math
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from ner_engine.annotation import AnnotatedText, Span
from ner_engine.corpus import (
    assign_folds,
    fingerprint,
    is_held_out,
    labels_of,
    make_corpus,
    text_key,
)
from ner_engine.encoder import open_encoder
from ner_engine.errors import EngineError, ModelIsEmpty, NotEnoughData
from ner_engine.evaluation import Comparison, Evaluation, compare, evaluate
from ner_engine.manifest import ModelFacts
from ner_engine.model_store import read_held_out, save_model, write_held_out
from ner_engine.pipeline import Pipeline, make_tokenizer
from ner_engine.prediction import load_model
from ner_engine.settings import EncoderRecipe, TrainingSettings
from ner_engine.training import Step, Trained, feature_steps, training_steps

#: From so many sentences on a held-out part is scored, below all of them by cross-validation:
#: holding out a fifth cost 9 F at 100 sentences.
CHANGE_OVER = 300
FOLDS = 5
#: Folds learn in fewer steps than the final model, which lasts; theirs is thrown away. At 100
#: sentences of BC5CDR (three samples) 400 steps scored 56.2 on the test set, 200 54.7 and 160 54.8,
#: in 9.2, 5.1 and 3.9 s each: the score told is rather too low than too high.
FOLD_STEPS = 0.4
#: The fewest sentences with an entity: one to learn from while the other is scored.
FEWEST = 2
CANARIES = 5

Stage = Literal["features", "cross-validation", "training", "saving"]
Predictions = dict[str, tuple[Span, ...]]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: ``done`` from 0 to 1 over all stages, ``f`` the F1 so far, if any."""

    stage: Stage
    done: float
    step: int
    steps: int
    f: float | None


@dataclass(frozen=True, slots=True)
class Result:
    """What a run found out; the model lies where the run was told to save it.

    ``comparison_problem`` is a sentence that says why there is no comparison with the live model.
    """

    settings: TrainingSettings
    sentences: int
    labels: tuple[str, ...]
    base_labels: tuple[str, ...]
    method: Literal["cross-validation", "held-out"]
    folds: int
    evaluation: Evaluation
    comparison: Comparison | None
    comparison_problem: str | None
    misaligned: tuple[dict[str, Any], ...]

    def to_json(self) -> dict[str, Any]:
        """The result as a JSON object."""
        return asdict(self) | {
            "evaluation": self.evaluation.to_json(),
            "comparison": self.comparison and self.comparison.to_json(),
        }


class _Meter:
    """Counts work in units of one training step, about 20 ms; a text's vectors take half of one."""

    TEXT, SAVING = 0.5, 150.0

    def __init__(self, total: float) -> None:
        self._total, self._done = total, 0.0
        self.f: float | None = None

    def tick(self, stage: Stage, step: int, steps: int, *, units: float) -> Progress:
        self._done += units
        return Progress(stage, min(self._done / self._total, 1.0), step, steps, self.f)


@dataclass(frozen=True, slots=True)
class _Plan:
    """Which texts are scored by models that never saw them, and which the final model learns."""

    gold: Sequence[AnnotatedText]
    settings: TrainingSettings
    #: The fold of each text where there are folds; else nothing.
    fold_of: Sequence[int]
    learned: Sequence[AnnotatedText]
    scored: Sequence[AnnotatedText]

    @classmethod
    def make(cls, gold: Sequence[AnnotatedText], settings: TrainingSettings) -> "_Plan":
        with_entity = sum(bool(annotated.spans) for annotated in gold)
        if with_entity < FEWEST:
            raise NotEnoughData(sentences=with_entity, needed=FEWEST)
        if len(gold) < CHANGE_OVER:
            fold_of = assign_folds(gold, min(FOLDS, len({text.text for text in gold})))
            return cls(gold, settings, fold_of, gold, gold)
        held_out = [annotated for annotated in gold if is_held_out(annotated.text)]
        learned = [annotated for annotated in gold if not is_held_out(annotated.text)]
        return cls(gold, settings, (), learned, held_out)

    @property
    def folds(self) -> int:
        return max(self.fold_of, default=-1) + 1

    @property
    def fold_steps(self) -> int:
        return math.ceil(self.settings.steps_for(len(self.gold)) * FOLD_STEPS)

    @property
    def units(self) -> float:
        steps = self.settings.steps_for(len(self.learned)) + self.folds * self.fold_steps
        texts = len(self.gold) if isinstance(self.settings.recipe, EncoderRecipe) else 0
        return steps + texts * _Meter.TEXT + _Meter.SAVING


def run_steps(
    gold: Sequence[AnnotatedText],
    settings: TrainingSettings,
    *,
    target: Path,
    live: Path | None = None,
) -> Generator[Progress | Result]:
    """Score and train, and save a verified model as ``target``; the last value is the Result.

    ``live`` is the model to compare with, on sentences that neither learned. To cancel,
    close it. Raises NotEnoughData and other EngineErrors.
    """
    plan = _Plan.make(gold, settings)
    meter = _Meter(plan.units)
    for number in feature_steps(gold, settings):
        yield meter.tick("features", number, len(gold), units=meter.TEXT)
    predictions: Predictions = {}
    for fold in range(plan.folds):
        yield from _score_fold(plan, fold, predictions, meter)
    pipeline = None
    for value in training_steps(plan.learned, settings):
        if isinstance(value, Trained):
            pipeline = value.pipeline
        else:
            yield meter.tick("training", value.step, value.steps, units=1)
    assert pipeline is not None
    if not plan.folds:
        predictions |= _predict(pipeline, plan.scored)
    result = _assess(plan, pipeline, predictions, live)
    meter.f = result.evaluation.overall.f1
    yield meter.tick("saving", 0, 1, units=0)
    _save(target, pipeline, plan, result, predictions)
    yield meter.tick("saving", 1, 1, units=meter.SAVING)
    yield result


def _score_fold(
    plan: _Plan, fold: int, predictions: Predictions, meter: _Meter
) -> Iterator[Progress]:
    """Learn from the other folds and predict this one."""
    pairs = list(zip(plan.gold, plan.fold_of, strict=True))
    others = [annotated for annotated, its in pairs if its != fold]
    inside = [annotated for annotated, its in pairs if its == fold]
    steps, total = plan.fold_steps, plan.fold_steps * plan.folds
    found: Predictions = {text_key(annotated.text): () for annotated in inside}
    try:
        for value in training_steps(others, plan.settings, alone=True, steps=steps):
            if isinstance(value, Step):
                at = fold * steps + value.step
                yield meter.tick("cross-validation", at, total, units=1)
            else:
                found = _predict(value.pipeline, inside)
    except (ModelIsEmpty, NotEnoughData):
        pass  # such a model finds nothing, and that is its score
    predictions |= found
    seen = [annotated for annotated in plan.gold if text_key(annotated.text) in predictions]
    meter.f = evaluate(*_sides(seen, predictions)).overall.f1


def _predict(pipeline: Pipeline, texts: Sequence[AnnotatedText]) -> Predictions:
    found = pipeline.find([annotated.text for annotated in texts], ours_only=True)
    return {text_key(annotated.text): spans for annotated, spans in zip(texts, found, strict=True)}


def _sides(
    gold: Sequence[AnnotatedText], predictions: Mapping[str, tuple[Span, ...]]
) -> tuple[list[tuple[Span, ...]], list[tuple[Span, ...]]]:
    return [text.spans for text in gold], [predictions[text_key(text.text)] for text in gold]


def _assess(plan: _Plan, pipeline: Pipeline, predictions: Predictions, live: Path | None) -> Result:
    corpus = make_corpus(make_tokenizer(plan.settings), plan.gold)
    comparison, problem = _compare(plan, predictions, live) if live else (None, None)
    return Result(
        settings=plan.settings,
        sentences=len(plan.gold),
        labels=labels_of(plan.gold),
        base_labels=pipeline.base_labels,
        method="cross-validation" if plan.folds else "held-out",
        folds=plan.folds,
        evaluation=evaluate(*_sides(plan.scored, predictions)),
        comparison=comparison,
        comparison_problem=problem,
        misaligned=tuple(asdict(found) for found in corpus.misaligned),
    )


def _compare(
    plan: _Plan, predictions: Predictions, live: Path
) -> tuple[Comparison | None, str | None]:
    """Candidate and live on the same sentences, which neither has seen, or why not.

    Where the live model learned a sentence, what its own folds found there counts; what it held out
    it never learned, and the split is for ever.
    """
    try:
        model = load_model(live)
    except EngineError as error:
        # A live model that is broken must not keep a sound one from taking its place.
        return None, str(error)
    theirs = read_held_out(live)
    new = [text.text for text in plan.scored if text_key(text.text) not in theirs]
    theirs |= dict(zip(map(text_key, new), model.predict(new, ours_only=True), strict=True))
    gold, ours = _sides(plan.scored, predictions)
    return compare(gold, ours, _sides(plan.scored, theirs)[1]), None


def _save(
    target: Path, pipeline: Pipeline, plan: _Plan, result: Result, predictions: Predictions
) -> None:
    def write(directory: Path) -> None:
        pipeline.nlp.to_disk(directory)
        write_held_out(directory, predictions)

    facts = ModelFacts(
        settings=plan.settings.to_json(),
        labels=result.labels,
        sentences=len(plan.gold),
        fingerprint=fingerprint(plan.gold),
        scores=result.evaluation.to_json(),
        canaries=_canaries(pipeline, plan.gold),
        versions={name: version(name) for name in ("nerbot", "spacy", "onnxruntime", "numpy")},
        encoder=_encoder(plan.settings),
    )
    save_model(target, write=write, facts=facts)


def _canaries(pipeline: Pipeline, gold: Sequence[AnnotatedText]) -> tuple[AnnotatedText, ...]:
    texts = sorted((text.text for text in gold), key=text_key)[:CANARIES]
    found = pipeline.find(texts)
    return tuple(AnnotatedText(text, spans) for text, spans in zip(texts, found, strict=True))


def _encoder(settings: TrainingSettings) -> dict[str, str]:
    recipe = settings.recipe
    if not isinstance(recipe, EncoderRecipe):
        return {}
    encoder = open_encoder(settings.encoder_dir, recipe.features)
    return {"name": encoder.name, "sha256": encoder.sha256}
