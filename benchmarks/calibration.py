"""Whether confidences mean what they say: the expected calibration error on sentences never seen.

    python -m benchmarks.calibration CORPUS [CORPUS …] --sizes 100 200 --samples 0 1 2

Ours are calibrated on the folds of the training sentences alone; "bare" are the field's probabilities
before that. Beside them the beam scores of spaCy's own parser, on the same vectors and sentences.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from statistics import mean
from typing import Any

import spacy
from spacy.util import registry
from thinc.api import chain

from benchmarks.corpora import Gold, scored_sample, training_sample
from ner_engine import TrainingSettings
from ner_engine.checks import OutOfFoldPrediction
from ner_engine.pipeline.architectures import Tok2Vec, window_head
from ner_engine.pipeline.pipeline import Pipeline
from ner_engine.pipeline.spacy_config import model_section, optimizer_section
from ner_engine.scoring.calibration import expected_calibration_error
from ner_engine.training.corpus import make_corpus
from ner_engine.training.cross_validation import calibrate, fold_model_steps
from ner_engine.training.lessons import shuffled_batches
from ner_engine.training.loop import Step, train_model
from ner_engine.training.plan import make_plan

TOK2VEC = "benchmarks.FrozenTok2Vec.v1"
Observed = list[tuple[float, bool]]
BEAM_WIDTH, BEAM_DENSITY = 16, 1e-4
PARSER_STEPS = 400


def main() -> None:
    """Train, predict and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "corpora", type=Path, nargs="+", help="folders of train.jsonl and test.jsonl"
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=[200])
    parser.add_argument("--samples", type=int, nargs="+", default=[0, 1, 2])
    options = parser.parse_args()
    print("| corpus | sentences | confidences | entities found | mean confidence | right | ECE |")
    print("|---|---|---|---|---|---|---|")
    for corpus in options.corpora:
        test = scored_sample(corpus)
        for size in options.sizes:
            for row in _rows(corpus, size, options.samples, test):
                print(f"| {corpus.name} | {size} | {row} |", flush=True)


def _rows(corpus: Path, size: int, samples: list[int], test: Gold) -> Iterator[str]:
    observed: defaultdict[str, list[Observed]] = defaultdict(list)
    for number in samples:
        gold = training_sample(corpus, seed=number, size=size)
        pipeline = train_model(gold)
        observed["bare"].append(_ours(pipeline, test))
        pipeline.recognizer.calibrate(_calibration(gold))
        observed["ours"].append(_ours(pipeline, test))
        observed["spaCy's beam"].append(_beam(gold, test))
    for name, some in observed.items():
        errors = [expected_calibration_error(*zip(*one, strict=True)) for one in some]
        pairs = [pair for one in some for pair in one]
        found, sure, right = (
            len(pairs), mean(share for share, _ in pairs), mean(hit for _, hit in pairs)
        )  # fmt: skip
        yield f"{name} | {found} | {sure:.2f} | {right:.2f} | {mean(errors):.3f}"


def _calibration(gold: Gold) -> Any:
    plan = make_plan(gold)
    predictions: dict[str, OutOfFoldPrediction] = {}
    for fold_model in plan.fold_models:
        if fold_model.share == 1:
            *_, last = fold_model_steps(fold_model, TrainingSettings())
            assert not isinstance(last, Step)
            predictions.update(last)
    return calibrate(plan.scored, predictions).calibration


def _ours(pipeline: Pipeline, test: Gold) -> Observed:
    found = pipeline.read([annotated.text for annotated in test])
    return [
        (sure or 0.0, span in annotated.spans)
        for annotated, prediction in zip(test, found, strict=True)
        for span, sure in zip(prediction.spans, prediction.confidences, strict=True)
    ]


def _beam(gold: Gold, test: Gold) -> Observed:
    """spaCy's parser over the same vectors, and the share of its beam that holds each entity."""
    settings = TrainingSettings()
    recipe = settings.recipe
    nlp = spacy.blank("en")
    component: Any = nlp.add_pipe("ner", config={"model": _parser_section(settings)})
    examples = make_corpus(nlp, gold).examples
    component.initialize(lambda: examples, nlp=nlp)
    section = optimizer_section(recipe, PARSER_STEPS)
    optimizer = registry.resolve({"optimizer": section})["optimizer"]
    batches = shuffled_batches(len(examples), recipe.batch_size, seed=0)
    for batch, _ in zip(batches, range(PARSER_STEPS), strict=False):
        component.update([examples[n] for n in batch], drop=recipe.dropout, sgd=optimizer)
        optimizer.step_schedules()
    return [pair for annotated in test for pair in _beam_pairs(nlp, component, annotated)]


def _parser_section(settings: TrainingSettings) -> dict[str, Any]:
    """As `spacy.TransitionBasedParser.v2` is used for entities, over frozen vectors."""
    return {
        "@architectures": "spacy.TransitionBasedParser.v2",
        "state_type": "ner",
        "extra_state_tokens": False,
        "hidden_width": 64,
        "maxout_pieces": 2,
        "use_upper": True,
        "tok2vec": {
            "@architectures": TOK2VEC,
            "vectors": model_section(settings, members=1)["tok2vec"],
            "width": 2 * settings.recipe.width,
        },
    }


@registry.architectures(TOK2VEC)  # type: ignore[untyped-decorator]
def _tok2vec(vectors: Tok2Vec, width: int) -> Tok2Vec:
    head = window_head(width, maxout_pieces=3)
    model: Tok2Vec = chain(vectors, head)
    model.set_dim("nO", width)
    return model


def _beam_pairs(nlp: Any, component: Any, annotated: Any) -> Iterator[tuple[float, bool]]:
    doc = nlp.make_doc(annotated.text)
    if not len(doc):
        return
    beams = component.beam_parse([doc], beam_width=BEAM_WIDTH, beam_density=BEAM_DENSITY, drop=0.0)
    shares: defaultdict[tuple[int, int, str], float] = defaultdict(float)
    for score, entities in component.moves.get_beam_parses(beams[0]):
        for entity in entities:
            shares[tuple(entity)] += score
    gold = {(span.start, span.end, span.label) for span in annotated.spans}
    for ent in nlp(annotated.text).ents:
        share = shares.get((ent.start, ent.end, ent.label_), 0.0)
        yield min(share, 1.0), (ent.start_char, ent.end_char, ent.label_) in gold


if __name__ == "__main__":
    main()
