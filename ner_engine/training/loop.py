"""Training as a generator of typed progress: printing, stopping and saving are the caller's.

spaCy's parser draws from the global random generators, so that two trainings in turns in one
process would disturb each other; one after the other they do not.
"""

import math
import random
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from spacy.language import Language
from spacy.training import Example
from spacy.util import registry
from thinc.api import fix_random_seed

from ner_engine.annotation import AnnotatedText
from ner_engine.encoder.frozen_encoder import encoder_for
from ner_engine.encoder.vector_store import VectorStore
from ner_engine.errors import ModelIsEmpty, NotEnoughData, TrainingDiverged
from ner_engine.pipeline.architectures import encoded_text
from ner_engine.pipeline.pipeline import Pipeline, make_pipeline, make_tokenizer
from ner_engine.pipeline.spacy_config import optimizer_section, training_section
from ner_engine.settings import TrainingSettings
from ner_engine.training.corpus import make_corpus

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
    gold: Sequence[AnnotatedText], settings: TrainingSettings, *, store: VectorStore | None = None
) -> Iterator[int]:
    """Compute the encoder's vectors of the texts and keep them for trainings that follow.

    In memory, and in a ``store`` if there is one. Yields the number of texts that are done. Nothing
    to do where the preset has no encoder.
    """
    encoder = encoder_for(settings)
    if encoder is None:
        return
    nlp = make_tokenizer(settings)
    encoder.store = store
    for done, annotated in enumerate(gold, start=1):
        encoder.encode(encoded_text(nlp.make_doc(annotated.text)), remember=True)
        yield done
    if store is not None:
        store.prune()


def train_model(
    gold: Sequence[AnnotatedText], settings: TrainingSettings | None = None
) -> Pipeline:
    """Train to the end. Raises what :func:`training_steps` raises."""
    *_, last = training_steps(gold, settings or TrainingSettings())
    assert isinstance(last, Trained)
    return last.pipeline


def training_steps(
    gold: Sequence[AnnotatedText],
    settings: TrainingSettings,
    *,
    fold_model: bool = False,
) -> Generator[Step | Trained]:
    """Train on finished texts: a Step after every batch, in the end one Trained.

    Only our recognizer learns; a base's components stay as they are. A ``fold_model`` leaves them and
    all members of the recognizer but one out, which is faster and finds about the same.
    The same data in the same order, settings and versions give the same parameters. To cancel,
    close it. Raises NotEnoughData, TrainingDiverged, ModelIsEmpty.
    """
    if not any(annotated.spans for annotated in gold):
        raise NotEnoughData(sentences=0, needed=1)
    fix_random_seed(settings.seed)
    pipeline = make_pipeline(settings, fold_model=fold_model)
    corpus = make_corpus(pipeline.nlp, gold)
    yield from _learn(pipeline, corpus.examples, settings, settings.steps_for(len(gold)))
    _check_finds_something(pipeline, gold)
    yield Trained(pipeline)


def _learn(
    pipeline: Pipeline, examples: Sequence[Example], settings: TrainingSettings, steps: int
) -> Iterator[Step]:
    recipe, component = settings.recipe, pipeline.recognizer
    _describe(pipeline.nlp, training_section(settings, steps))
    component.initialize(lambda: examples, nlp=pipeline.nlp)
    optimizer = registry.resolve({"optimizer": optimizer_section(recipe, steps)})["optimizer"]
    order = shuffled_batches(len(examples), recipe.batch_size, settings.seed)
    for step, batch in enumerate(islice(order, steps), start=1):
        # Not nlp.update: it copies and aligns every example anew, a third of a step's time.
        chosen = [examples[index] for index in batch]
        losses = component.update(chosen, drop=recipe.dropout, sgd=optimizer)
        optimizer.step_schedules()
        loss = float(losses[pipeline.ours])
        if not math.isfinite(loss):
            raise TrainingDiverged(step=step)
        yield Step(step, steps, loss)
    _keep_averages(component.model, optimizer)
    if not _is_finite(component.model):
        raise TrainingDiverged(step=steps)


def shuffled_batches(size: int, batch_size: int, seed: int) -> Iterator[list[int]]:
    """Batches of the indices below ``size``, for ever; each pass in a new order, from the seed."""
    shuffler, order = random.Random(seed), list(range(size))  # noqa: S311 an order, no secret
    while True:
        shuffler.shuffle(order)
        for start in range(0, size, batch_size):
            yield order[start : start + batch_size]


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
