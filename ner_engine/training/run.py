"""One training from the gold to a saved model: score, train, compare, check, save.

A generator like the training itself; the process around it is :mod:`ner_engine.processes.training_job`.
"""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from functools import partial
from importlib.metadata import version
from itertools import chain
from pathlib import Path

from ner_engine.annotation import AnnotatedText
from ner_engine.encoder.frozen_encoder import encoder_for
from ner_engine.encoder.vector_store import VectorStore
from ner_engine.errors import ModelExists
from ner_engine.formats.fingerprint import fingerprint
from ner_engine.label_names import unify_labels
from ner_engine.model_files.manifest import ModelFacts
from ner_engine.model_files.marginals import write_marginals
from ner_engine.model_files.store import (
    save_model,
    write_held_out,
)
from ner_engine.pipeline.pipeline import Pipeline
from ner_engine.results import Progress
from ner_engine.scoring.evaluation import scores_to_json
from ner_engine.settings import TrainingSettings
from ner_engine.training.assessment import Case, assess, shares_of
from ner_engine.training.fallbacks import with_what_is_there
from ner_engine.training.folds import FoldScored, FoldStep, fold_steps, half_of_the_work
from ner_engine.training.fork import CAN_FORK, forked
from ner_engine.training.loop import Trained, feature_steps, training_steps
from ner_engine.training.meter import Meter
from ner_engine.training.plan import make_plan
from ner_engine.training.result import Result
from ner_engine.training.returning import with_word_forms
from ner_engine.training.splits import gold_key, text_key
from ner_engine.training.unlabelled import as_unfinished, usable

#: What each model is tried on when it is stored and loaded. Not sentences of a team, which may want them forgotten.
CANARIES = (
    "Mrs. Ada Park of 12 Hill Street, Leeds, came in on Monday, 3 May, with chest pain and a fever of 39 C.",
    "She takes 20 mg of aspirin twice a day for her headache; penicillin gave her a rash in 2019.",
    "Acme Ltd. sent 14 boxes to Berlin for 1,250 EUR and got order no. A-731 from Mr. Ito on the same day.",
    "The server api-2 of the shop was down from 09:15 to 10:40 because version 4.1.0 could not reach its database.",
    "Nothing else was found.",
)


def run_steps(
    gold: Sequence[AnnotatedText],
    settings: TrainingSettings,
    *,
    target: str | Path,
    live: str | Path | None = None,
    live_version: int = 0,
    store: VectorStore | None = None,
    processes: int = 1,
    unlabelled: Sequence[str] = (),
    verify: bool | Callable[[Path], None] = True,
) -> Generator[Progress | Result]:
    """Score and train, and save a verified model as ``target``; the last value is the Result.

    ``live`` is the model to compare with, on sentences that neither learned, ``live_version`` its
    number; ``store`` keeps the encoder's vectors for the next run; ``unlabelled`` are sentences for a
    preset that learns what a teacher thinks of them. The final model learns all sentences, finished or
    not. With two ``processes`` a copy of this one makes the models of folds meanwhile, on Linux; the
    values are the same. ``verify`` is that of :func:`save_model`. To cancel, close it. Raises ModelExists,
    NotEnoughData and other EngineErrors.
    """
    target = Path(target)
    if target.exists():
        raise ModelExists(version=target.name)
    gold = unify_labels(gold)
    unlabelled = usable(unlabelled, gold)
    settings, notes = with_what_is_there(settings, unlabelled)
    settings = with_word_forms(settings, gold)
    plan = make_plan(gold, unlabelled if settings.teacher_dir else ())
    meter = Meter(plan, gold, settings)
    texts = [*gold, *as_unfinished(plan.unlabelled)]
    for number in feature_steps(texts, settings, store=store, threads=processes):
        yield meter.encoded(number)
    case = Case(gold, settings, plan, notes)
    pipeline = None
    for value in _learn(case, meter, beside=processes > 1 and CAN_FORK):
        if isinstance(value, Trained):
            pipeline = value.pipeline
        else:
            yield value
    assert pipeline is not None
    result = assess(case, pipeline, Path(live) if live else None, live_version)
    yield meter.saved(whole=False)
    _save(target, pipeline, case, result, verify=verify)
    yield meter.saved(whole=True)
    yield result


def _learn(case: Case, meter: Meter, *, beside: bool) -> Iterator[Progress | Trained]:
    """Make the models of folds and the final one, ``beside`` each other in two processes or one after the other."""
    make_folds = partial(fold_steps, case.plan, case.settings)
    numbers = range(len(case.plan.models))
    if not beside:
        yield from _score(case, meter, make_folds(numbers))
        yield from _train(case, meter)
        return
    half = half_of_the_work(case.plan, case.settings, len(case.gold))
    with forked(partial(make_folds, numbers[:half])) as folds:
        ours = _score(case, meter, make_folds(numbers[half:]))
        for value in chain(_train(case, meter), ours):
            # Only counted: two stages in turns would be hard to read.
            deque(_score(case, meter, folds.ready()), maxlen=0)
            yield value
        yield from _score(case, meter, folds.rest())
    yield from _score(
        case, meter, make_folds([number for number in numbers if number not in case.made])
    )


def _train(case: Case, meter: Meter) -> Iterator[Progress | Trained]:
    for value in training_steps(case.gold, case.settings, unlabelled=case.plan.unlabelled):
        yield value if isinstance(value, Trained) else meter.learned(value)


def _score(case: Case, meter: Meter, values: Iterable[FoldStep | FoldScored]) -> Iterator[Progress]:
    """Keep what the models of folds predict."""
    for value in values:
        if isinstance(value, FoldStep):
            yield meter.folded(value)
        else:
            case.take(value)
            if value.stage == "cross-validation":
                meter.f = case.f1_so_far()


def _save(
    target: Path,
    pipeline: Pipeline,
    case: Case,
    result: Result,
    *,
    verify: bool | Callable[[Path], None],
) -> None:
    def write(directory: Path) -> None:
        pipeline.nlp.to_disk(directory)
        scored = case.plan.scored
        found = {text_key(text.text): case.predictions[gold_key(text)].spans for text in scored}
        learned = (*(text.text for text in case.gold), *case.plan.unlabelled)
        write_held_out(directory, found, learned=map(text_key, learned))
        write_marginals(directory, shares_of(case))

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
    save_model(target, write=write, facts=facts, verify=verify)


def _canaries(pipeline: Pipeline) -> tuple[AnnotatedText, ...]:
    found = pipeline.find(CANARIES)
    return tuple(AnnotatedText(text, spans) for text, spans in zip(CANARIES, found, strict=True))


def _encoder(settings: TrainingSettings) -> dict[str, str]:
    encoder = encoder_for(settings)
    if encoder is None:
        return {}
    told = {"name": encoder.name, "sha256": encoder.sha256}
    return told | {"columns": encoder.columns.card.sha256} if encoder.columns else told
