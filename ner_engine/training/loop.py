"""Training as a generator of typed progress: printing, stopping and saving are the caller's.

spaCy's parser draws from the global random generators, so that two trainings in turns in one
process would disturb each other; one after the other they do not.
"""

import math
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice, repeat
from typing import Any

import numpy as np
from spacy.language import Language
from spacy.util import registry
from thinc.api import fix_random_seed

from ner_engine.annotation import AnnotatedText
from ner_engine.encoder.encoded_text import EncodedText
from ner_engine.encoder.frozen_encoder import encoder_for
from ner_engine.encoder.vector_store import VectorStore
from ner_engine.errors import ModelIsEmpty, NotEnoughData, TrainingDiverged
from ner_engine.pipeline.architectures import encoded_text
from ner_engine.pipeline.pipeline import Pipeline, make_pipeline, make_tokenizer
from ner_engine.pipeline.spacy_config import optimizer_section, training_section
from ner_engine.settings import TrainingSettings
from ner_engine.training.corpus import AT_ONCE, make_corpus
from ner_engine.training.lessons import Lessons, shuffled_batches
from ner_engine.training.returning import with_word_forms
from ner_engine.training.unlabelled import TaughtBatch, taught_batches

#: How many texts show the network its shapes.
_SHOWN = 10
#: How many texts are looked at to see whether a trained model finds anything at all.
_SAMPLE = 64


@dataclass(frozen=True, slots=True)
class Step:
    """One batch is learned: number ``step`` of ``steps``, with the parser's summed loss on it."""

    step: int
    steps: int
    loss: float


@dataclass(frozen=True, slots=True)
class Trained:
    """The last value of a training: the pipeline, with averaged parameters."""

    pipeline: Pipeline


def feature_steps(
    gold: Sequence[AnnotatedText],
    settings: TrainingSettings,
    *,
    store: VectorStore | None = None,
    threads: int = 1,
) -> Iterator[int]:
    """Compute the encoder's vectors of the texts and keep them for trainings that follow.

    In memory, and in a ``store`` if there is one. Yields the number of texts that are done, which are
    counted again for a teacher's encoder. Nothing to do where the preset has no encoder. Each text is
    encoded by one of the ``threads`` alone, so that their number changes no vector.
    """
    encoder = encoder_for(settings)
    if encoder is None:
        return
    nlp = make_tokenizer(settings)
    encoder.store = store
    done = 0
    with ThreadPoolExecutor(threads) as pool:
        for start in range(0, len(gold), AT_ONCE):
            texts = _encoded_texts(nlp, gold[start : start + AT_ONCE])
            for wanted, halves in zip(texts, pool.map(encoder.read, texts), strict=True):
                encoder.remember(wanted, halves)
                yield (done := done + 1)
    encoder.put_aside()
    if settings.teacher_dir is not None:
        for more in feature_steps(gold, settings.teacher, store=store, threads=threads):
            yield done + more
    elif store is not None:
        store.prune()


def _encoded_texts(nlp: Language, gold: Sequence[AnnotatedText]) -> list[EncodedText]:
    with nlp.memory_zone():
        return [encoded_text(nlp.make_doc(one.text), one.text) for one in gold]


def train_model(
    gold: Sequence[AnnotatedText], settings: TrainingSettings | None = None
) -> Pipeline:
    """Train to the end. Raises what :func:`training_steps` raises."""
    *_, last = training_steps(gold, with_word_forms(settings or TrainingSettings(), gold))
    assert isinstance(last, Trained)
    return last.pipeline


def training_steps(
    gold: Sequence[AnnotatedText],
    settings: TrainingSettings,
    *,
    fold_model: bool = False,
    unlabelled: Sequence[str] = (),
) -> Generator[Step | Trained]:
    """Train on finished texts: a Step after every batch, in the end one Trained.

    Only our recognizer learns; a base's components stay as they are. A ``fold_model`` leaves them and
    all members of the recognizer but one out, which is faster and finds about the same. Where the settings
    name a teacher's encoder, a model over it learns first, just so, and what it says of the ``unlabelled``
    texts is learned beside the gold.
    The same data in the same order, settings and versions give the same parameters. To cancel,
    close it. Raises NotEnoughData, TrainingDiverged, ModelIsEmpty.
    """
    if not any(annotated.spans for annotated in gold):
        raise NotEnoughData(sentences=0, needed=1)
    teacher = None
    if settings.teacher_dir is not None and unlabelled:
        teacher = yield from _teacher_steps(gold, settings.teacher, fold_model=fold_model)
    fix_random_seed(settings.seed)
    pipeline = make_pipeline(settings, fold_model=fold_model)
    taught: Iterator[TaughtBatch] = repeat(([], []))
    if teacher is not None:
        size = settings.recipe.taught_batch
        taught = taught_batches(teacher, pipeline.nlp, unlabelled, size=size, seed=settings.seed)
    yield from _learn(pipeline, gold, settings, taught)
    _check_finds_something(pipeline, gold)
    yield Trained(pipeline)


def _teacher_steps(
    gold: Sequence[AnnotatedText], settings: TrainingSettings, *, fold_model: bool
) -> Generator[Step, None, Pipeline | None]:
    """Train a teacher, which is returned; one that finds nothing is none."""
    try:
        for value in training_steps(gold, settings, fold_model=fold_model):
            if isinstance(value, Trained):
                return value.pipeline
            yield value
    except ModelIsEmpty:
        pass
    return None


def _learn(
    pipeline: Pipeline,
    gold: Sequence[AnnotatedText],
    settings: TrainingSettings,
    taught: Iterator[TaughtBatch],
) -> Iterator[Step]:
    recipe, recognizer = settings.recipe, pipeline.recognizer
    lessons = Lessons(pipeline.nlp, gold, encoded=recipe.needs_encoder)
    steps = settings.steps_for(len(gold))
    _describe(pipeline.nlp, training_section(settings, steps))
    _initialize(pipeline, gold[:_SHOWN], lessons.labels)
    scheme = recognizer.scheme
    optimizer = registry.resolve({"optimizer": optimizer_section(recipe, steps)})["optimizer"]
    order = shuffled_batches(len(lessons), recipe.batch_size, settings.seed)
    for step, batch in enumerate(islice(order, steps), start=1):
        texts, targets = next(taught)
        loss = recognizer.learn(
            [*lessons.texts(batch), *texts],
            [*lessons.targets(batch, scheme), *targets],
            drop=recipe.dropout,
            sgd=optimizer,
        )
        optimizer.step_schedules()
        if not math.isfinite(loss):
            raise TrainingDiverged(step=step)
        yield Step(step, steps, loss)
    _keep_averages(recognizer.model, optimizer)
    if not _is_finite(recognizer.model):
        raise TrainingDiverged(step=steps)


def _initialize(pipeline: Pipeline, gold: Sequence[AnnotatedText], labels: Sequence[str]) -> None:
    """Give the network its labels, and its shapes from some texts, nothing of which stays."""
    for label in labels:
        pipeline.recognizer.add_label(label)
    with pipeline.nlp.memory_zone():
        shown = make_corpus(pipeline.nlp, gold).examples
        pipeline.recognizer.initialize(lambda: shown, nlp=pipeline.nlp, labels=labels)


def _describe(nlp: Language, section: dict[str, Any]) -> None:
    """Let a saved model say how it was trained."""
    config = nlp.config
    config["training"].update(section)
    nlp.config = config


def _keep_averages(model: Any, optimizer: Any) -> None:
    for node in model.walk():
        for name in node.param_names:
            if (node.id, name) in optimizer.averages:
                node.set_param(name, optimizer.averages[node.id, name].copy())


def _is_finite(model: Any) -> bool:
    return all(
        bool(np.isfinite(node.get_param(name)).all())
        for node in model.walk()
        for name in node.param_names
        if node.has_param(name)
    )


def _check_finds_something(pipeline: Pipeline, gold: Sequence[AnnotatedText]) -> None:
    texts = [annotated.text for annotated in gold if annotated.spans][:_SAMPLE]
    if not any(pipeline.find(texts, ours_only=True)):
        raise ModelIsEmpty
