"""One training from the gold to a saved model: score, train, compare, check, save.

A generator like the training itself; the process around it is :mod:`ner_engine.processes.training_job`.
"""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import Literal

from ner_engine.annotation import AnnotatedText
from ner_engine.checks import DataFinding, OutOfFoldPrediction, check_data
from ner_engine.checks.suspicions import suspicions
from ner_engine.encoder.frozen_encoder import encoder_for
from ner_engine.encoder.vector_store import VectorStore
from ner_engine.errors import EncoderMissing, EngineError, ModelExists
from ner_engine.formats.fingerprint import fingerprint
from ner_engine.label_names import unify_labels
from ner_engine.model_files.manifest import ModelFacts
from ner_engine.model_files.marginals import write_marginals
from ner_engine.model_files.store import (
    LEARNED,
    read_held_out,
    read_learned,
    save_model,
    write_held_out,
)
from ner_engine.pipeline.pipeline import Pipeline, make_tokenizer
from ner_engine.prediction.predictor import load_model
from ner_engine.recipes import FALLBACK_PRESET
from ner_engine.results import Comparison, Progress
from ner_engine.scoring.confusion import ConfusionWithExamples, find_confusions
from ner_engine.scoring.evaluation import compare, evaluate, scores_to_json
from ner_engine.settings import TrainingSettings
from ner_engine.token_shares import TokenShares, joined
from ner_engine.training.base_guard import check_base
from ner_engine.training.corpus import Misalignment, find_misalignments, labels_of
from ner_engine.training.cross_validation import (
    Confidence,
    FoldResult,
    Plan,
    calibrate,
    calibrated,
    draw_curve,
    fold_model_steps,
    make_plan,
    outcomes,
    score_finer,
    sides_of,
)
from ner_engine.training.loop import Step, Trained, feature_steps, training_steps
from ner_engine.training.result import Result
from ner_engine.training.returning import with_word_forms
from ner_engine.training.splits import gold_key, text_key

#: What each model is tried on when it is stored and loaded. Not sentences of a team, which may want them forgotten.
CANARIES = (
    "Mrs. Ada Park of 12 Hill Street, Leeds, came in on Monday, 3 May, with chest pain and a fever of 39 C.",
    "She takes 20 mg of aspirin twice a day for her headache; penicillin gave her a rash in 2019.",
    "Acme Ltd. sent 14 boxes to Berlin for 1,250 EUR and got order no. A-731 from Mr. Ito on the same day.",
    "The server api-2 of the shop was down from 09:15 to 10:40 because version 4.1.0 could not reach its database.",
    "Nothing else was found.",
)

Stage = Literal[
    "features", "cross-validation", "learning curve", "looking for errors", "training", "saving"
]


class _Meter:
    """Counts work in units of one batch of one network, about 10 ms."""

    TEXT, SAVING = 1.0, 300.0

    def __init__(self, plan: Plan, gold: Sequence[AnnotatedText], settings: TrainingSettings):
        self._members = settings.recipe.members
        models = (*plan.fold_models, *plan.others)
        fold_models = sum(fold_model.steps(settings) for fold_model in models)
        texts = len(gold) * self.TEXT if settings.recipe.needs_encoder else 0
        final = settings.steps_for(len(gold)) * self._members
        self._total = texts + fold_models + final + self.SAVING
        self._done = 0.0
        self.f: float | None = None

    def tick(self, stage: Stage, step: int, steps: int, *, units: float = 1.0) -> Progress:
        self._done += units
        return Progress(stage, min(self._done / self._total, 1.0), step, steps, self.f)

    def learned(self, step: Step) -> Progress:
        return self.tick("training", step.step, step.steps, units=self._members)


def run_steps(
    gold: Sequence[AnnotatedText],
    settings: TrainingSettings,
    *,
    target: str | Path,
    live: str | Path | None = None,
    live_version: int = 0,
    store: VectorStore | None = None,
) -> Generator[Progress | Result]:
    """Score and train, and save a verified model as ``target``; the last value is the Result.

    ``live`` is the model to compare with, on sentences that neither learned, ``live_version`` its
    number; ``store`` keeps the encoder's vectors for the next run. The final model learns all
    sentences, finished or not. To cancel, close it. Raises ModelExists, NotEnoughData and other EngineErrors.
    """
    target = Path(target)
    if target.exists():
        raise ModelExists(version=target.name)
    settings, notes = _usable(settings)
    gold = unify_labels(gold)
    settings = with_word_forms(settings, gold)
    plan = make_plan(gold)
    meter = _Meter(plan, gold, settings)
    for number in feature_steps(gold, settings, store=store):
        yield meter.tick("features", number, len(gold), units=meter.TEXT)
    case = _Case(gold, settings, plan, notes)
    yield from _score(case, meter)
    yield from _look_for_errors(case, meter)
    pipeline = None
    for value in training_steps(gold, settings):
        if isinstance(value, Trained):
            pipeline = value.pipeline
        else:
            yield meter.learned(value)
    assert pipeline is not None
    result = _assess(case, pipeline, Path(live) if live else None, live_version)
    yield meter.tick("saving", 0, 1, units=0)
    _save(target, pipeline, case, result)
    yield meter.tick("saving", 1, 1, units=meter.SAVING)
    yield result


@dataclass(frozen=True, slots=True)
class _Case:
    """What a run learns from, and what its fold models predicted."""

    gold: Sequence[AnnotatedText]
    settings: TrainingSettings
    plan: Plan
    notes: tuple[str, ...]
    predictions: dict[str, OutOfFoldPrediction] = field(default_factory=dict)
    results: list[FoldResult] = field(default_factory=list)
    looked_at: dict[str, OutOfFoldPrediction] = field(default_factory=dict)
    """What was predicted for sentences that make no score."""


def _usable(settings: TrainingSettings) -> tuple[TrainingSettings, tuple[str, ...]]:
    """The settings, with a preset that needs none where the encoder is missing, and what to say then."""
    try:
        encoder_for(settings)
    except EncoderMissing as error:
        said = f"This model was trained with the preset {FALLBACK_PRESET} instead, which learns more slowly."
        return replace(settings, preset=FALLBACK_PRESET, encoder_dir=None), (f"{error} {said}",)
    return settings, ()


def _score(case: _Case, meter: _Meter) -> Iterator[Progress]:
    """Train the fold models, and keep what they predict for the sentences they are scored on."""
    for whole in (True, False):
        fold_models = [
            fold_model for fold_model in case.plan.fold_models if (fold_model.share == 1) == whole
        ]
        stage: Stage = "cross-validation" if whole else "learning curve"
        total, at = sum(fold_model.steps(case.settings) for fold_model in fold_models), 0
        for fold_model in fold_models:
            for value in fold_model_steps(fold_model, case.settings):
                if isinstance(value, Step):
                    at += 1
                    yield meter.tick(stage, at, total)
                    continue
                case.results.append((fold_model, value))
                if whole:
                    case.predictions.update(value)
                    meter.f = _f1_so_far(case)


def _look_for_errors(case: _Case, meter: _Meter) -> Iterator[Progress]:
    """Let what is not scored be predicted, too, by models that did not learn it."""
    total, at = sum(model.steps(case.settings) for model in case.plan.others), 0
    for fold_model in case.plan.others:
        for value in fold_model_steps(fold_model, case.settings):
            if isinstance(value, Step):
                at += 1
                yield meter.tick("looking for errors", at, total)
            else:
                case.looked_at.update(value)


def _f1_so_far(case: _Case) -> float:
    seen = [text for text in case.plan.scored if gold_key(text) in case.predictions]
    return evaluate(*sides_of(seen, case.predictions)).overall.f1


def _assess(case: _Case, pipeline: Pipeline, live: Path | None, live_version: int) -> Result:
    gold, settings, plan = case.gold, case.settings, case.plan
    confidence = calibrate(plan.scored, case.predictions)
    pipeline.recognizer.calibrate(confidence.calibration)
    comparison, problem = _compare(case, live, live_version) if live else (None, None)
    unfinished = sum(not annotated.finished for annotated in gold)
    misaligned = tuple(find_misalignments(make_tokenizer(settings), gold))
    weighed = _weighed(case, confidence)
    return Result(
        settings=settings,
        sentences=len(gold) - unfinished,
        unfinished=unfinished,
        labels=labels_of(gold),
        base_labels=pipeline.base_labels,
        method=plan.method,
        folds=plan.folds,
        evaluation=evaluate(*sides_of(plan.scored, case.predictions)),
        confusions=_confusions(case),
        confidence=confidence,
        curve=draw_curve(case.results, len(gold) - unfinished),
        findings=_findings(case, weighed, misaligned),
        suspicions=suspicions(gold, weighed),
        guard=check_base(pipeline, [annotated.text for annotated in gold]),
        comparison=comparison,
        comparison_problem=problem,
        misaligned=tuple(asdict(found) for found in misaligned),
        notes=case.notes,
        finer=score_finer(case.results),
        documents=plan.documents,
        outcomes=outcomes(gold, case.looked_at | case.predictions),
    )


def _confusions(case: _Case) -> tuple[ConfusionWithExamples, ...]:
    """The mistakes in the scored sentences, by the sentences' numbers in the gold."""
    predictions = [case.predictions.get(gold_key(annotated)) for annotated in case.gold]
    pairs = [
        (annotated.spans, prediction.spans) if prediction and annotated.finished else ((), ())
        for annotated, prediction in zip(case.gold, predictions, strict=True)
    ]
    return find_confusions([wanted for wanted, _ in pairs], [found for _, found in pairs])


def _weighed(case: _Case, confidence: Confidence) -> list[OutOfFoldPrediction | None]:
    """What models that did not learn it say of each sentence, with calibrated confidences."""
    known = case.looked_at | case.predictions
    predictions = (known.get(gold_key(annotated)) for annotated in case.gold)
    return [
        prediction and calibrated(prediction, confidence.calibration) for prediction in predictions
    ]


def _findings(
    case: _Case,
    weighed: Sequence[OutOfFoldPrediction | None],
    misaligned: Sequence[Misalignment],
) -> tuple[DataFinding, ...]:
    cuts = [(found.index, found.span, found.snapped) for found in misaligned]
    return check_data(case.gold, weighed, cuts)


def _compare(case: _Case, live: Path, live_version: int) -> tuple[Comparison | None, str | None]:
    """Candidate and live on the same sentences, which neither has seen, or why not.

    Where the live model learned a sentence, what its own fold models found there counts.
    """
    try:
        model = load_model(live)
    except EngineError as error:
        # A live model that is broken must not keep a sound one from taking its place.
        return None, str(error)
    if not (live / LEARNED).exists():
        return None, "The live model came as a package that does not say what it learned."
    theirs = read_held_out(live)
    # What it learned without ever being tried on says nothing; what is new to it does.
    learned = read_learned(live)
    fair = [
        text
        for text in case.plan.scored
        if (key := text_key(text.text)) in theirs or key not in learned
    ]
    if not fair:
        return None, "There are no sentences yet that neither model has learned."
    new = [text.text for text in fair if text_key(text.text) not in theirs]
    theirs |= dict(zip(map(text_key, new), model.predict(new, ours_only=True), strict=True))
    gold, ours = sides_of(fair, case.predictions)
    predicted = [theirs[text_key(text.text)] for text in fair]
    return compare(gold, ours, predicted, live_version=live_version), None


def _save(target: Path, pipeline: Pipeline, case: _Case, result: Result) -> None:
    def write(directory: Path) -> None:
        pipeline.nlp.to_disk(directory)
        scored = case.plan.scored
        found = {text_key(text.text): case.predictions[gold_key(text)].spans for text in scored}
        write_held_out(directory, found, learned={text_key(text.text) for text in case.gold})
        write_marginals(directory, _shares(case))

    facts = ModelFacts(
        settings=case.settings.to_json(),
        labels=result.labels,
        sentences=result.sentences,
        fingerprint=fingerprint(case.gold),
        scores=scores_to_json(result.evaluation),
        canaries=_canaries(pipeline),
        versions={name: version(name) for name in ("nerbot", "spacy", "onnxruntime", "numpy")},
        encoder=_encoder(case.settings),
    )
    save_model(target, write=write, facts=facts)


def _shares(case: _Case) -> TokenShares:
    """What models that did not learn them say of the words of all finished sentences."""
    known = case.looked_at | case.predictions
    predictions = (known.get(gold_key(text)) for text in case.gold if text.finished)
    return joined(each.shares for each in predictions if each and each.shares)


def _canaries(pipeline: Pipeline) -> tuple[AnnotatedText, ...]:
    found = pipeline.find(CANARIES)
    return tuple(AnnotatedText(text, spans) for text, spans in zip(CANARIES, found, strict=True))


def _encoder(settings: TrainingSettings) -> dict[str, str]:
    encoder = encoder_for(settings)
    if encoder is None:
        return {}
    told = {"name": encoder.name, "sha256": encoder.sha256}
    return told | {"columns": encoder.columns.card.sha256} if encoder.columns else told
