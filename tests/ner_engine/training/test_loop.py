import inspect
import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import spacy
from spacy.cli.train import train
from spacy.tokens import DocBin, Span

from ner_engine import AnnotatedText, TrainingSettings
from ner_engine.errors import (
    InvalidSettings,
    ModelIsEmpty,
    NotEnoughData,
    TrainingDiverged,
    UnknownBase,
)
from ner_engine.pipeline.pipeline import make_pipeline, make_tokenizer
from ner_engine.training.corpus import make_corpus
from ner_engine.training.lessons import shuffled_batches
from ner_engine.training.loop import (
    Step,
    Trained,
    feature_steps,
    train_model,
    training_steps,
)
from tests.ner_engine.conftest import STEPS, SavedModel
from tests.ner_engine.data import make_gold

GOLD = make_gold()
Parameters = dict[tuple[int, str], Any]
NEWS = "Apple hired Tim Cook in California. She takes aspirin."


def parameters(component: Any) -> Parameters:
    model = component.model
    return {
        (number, name): node.get_param(name).copy()
        for number, node in enumerate(model.walk())
        for name in node.param_names
        if node.has_param(name)
    }


def same(one: Parameters, two: Parameters) -> bool:
    return one.keys() == two.keys() and all(np.array_equal(one[key], two[key]) for key in one)


def test_a_model_finds_what_it_learned(model: SavedModel) -> None:
    found = model.pipeline.find([annotated.text for annotated in GOLD])
    assert found == [annotated.spans for annotated in GOLD]


def test_progress_counts_every_batch_and_ends_with_the_pipeline() -> None:
    settings = TrainingSettings(steps=30)
    *steps, last = training_steps(GOLD, settings)
    assert [step.step for step in steps if isinstance(step, Step)] == list(range(1, 31))
    assert {step.steps for step in steps if isinstance(step, Step)} == {30}
    assert isinstance(last, Trained)


@pytest.mark.parametrize(("preset", "steps"), [("encoder", 30), ("cnn", 60)])
def test_the_same_seed_and_data_give_the_same_parameters(preset: str, steps: int) -> None:
    settings = TrainingSettings(preset=preset, steps=steps, seed=7)
    one, two = (train_model(GOLD, settings).recognizer for _ in range(2))
    assert same(parameters(one), parameters(two))


def test_another_seed_gives_other_parameters() -> None:
    one, two = (
        parameters(train_model(GOLD, TrainingSettings(steps=30, seed=seed)).recognizer)
        for seed in (1, 2)
    )
    assert not same(one, two)


def test_every_pass_holds_every_example_once() -> None:
    batches = itertools.islice(shuffled_batches(10, 4, seed=0), 6)
    flat = list(itertools.chain.from_iterable(batches))
    assert sorted(flat[:10]) == sorted(flat[10:]) == list(range(10))


def test_every_pass_has_an_order_of_its_own() -> None:
    passes = itertools.islice(shuffled_batches(20, 20, seed=0), 5)
    assert len({tuple(order) for order in passes}) == 5


def test_the_order_comes_from_the_seed() -> None:
    def order(seed: int) -> list[list[int]]:
        return list(itertools.islice(shuffled_batches(20, 8, seed=seed), 9))

    assert order(3) == order(3) != order(4)


def test_a_training_can_be_left_at_any_batch() -> None:
    steps = training_steps(GOLD, TrainingSettings(preset="cnn"))
    next(steps)
    steps.close()


@pytest.mark.parametrize("gold", [[], [AnnotatedText("Nothing here.")]])
def test_nothing_can_be_learned_without_an_entity(gold: Any) -> None:
    with pytest.raises(NotEnoughData):
        train_model(gold)


def test_a_model_that_finds_nothing_is_refused() -> None:
    # One entity among many sentences without: in the first steps nothing is the best guess.
    gold = [GOLD[0], *(AnnotatedText(f"Nothing in number {n}.") for n in range(60))]
    with pytest.raises(ModelIsEmpty):
        train_model(gold, TrainingSettings(steps=3))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_values_that_are_no_numbers_end_the_training() -> None:
    steps = training_steps(GOLD, TrainingSettings(preset="cnn", steps=50))
    next(steps)
    recognizer = inspect.getgeneratorlocals(steps)["pipeline"].recognizer
    layer = recognizer.model.layers[1]
    layer.set_param("transitions", layer.get_param("transitions") * np.nan)
    with pytest.raises(TrainingDiverged, match="at step 2:"):  # at once, not after all of the steps
        list(steps)


def test_features_are_told_text_by_text_and_only_where_an_encoder_needs_them() -> None:
    assert list(feature_steps(GOLD, TrainingSettings())) == list(range(1, len(GOLD) + 1))
    assert list(feature_steps(GOLD, TrainingSettings(preset="cnn"))) == []


def test_only_ours_learns_beside_a_base(beside_model: SavedModel) -> None:
    untouched = make_pipeline(TrainingSettings(base="en_core_web_sm")).nlp
    trained = beside_model.pipeline.nlp
    for name, component in untouched.pipeline:
        if name != beside_model.pipeline.ours and getattr(component, "model", None):
            assert same(parameters(trained.get_pipe(name)), parameters(component)), name


def test_the_bases_entities_stay_where_ours_do_not_overlap(beside_model: SavedModel) -> None:
    untouched = make_pipeline(TrainingSettings(base="en_core_web_sm")).nlp
    untouched.disable_pipe(beside_model.pipeline.ours)
    before, after = untouched(NEWS), beside_model.pipeline.nlp(NEWS)
    ours = [ent for ent in after.ents if ent.label_ in {"DRUG", "SYMPTOM"}]
    theirs = [
        (ent.start, ent.end, ent.label, ent.kb_id, ent.id)
        for ent in before.ents
        if not any(ent.start < other.end and other.start < ent.end for other in ours)
    ]
    assert theirs
    assert "aspirin" in [ent.text for ent in ours]
    kept = [ent for ent in after.ents if ent not in ours]
    assert [(e.start, e.end, e.label, e.kb_id, e.id) for e in kept] == theirs


def test_ours_win_where_they_overlap(beside_model: SavedModel) -> None:
    nlp, text = beside_model.pipeline.nlp, "She takes aspirin."
    doc = nlp.make_doc(text)
    for name, component in nlp.pipeline:
        if name == beside_model.pipeline.ours:
            doc.set_ents([Span(doc, 1, 3, label="PERSON")])
        doc = component(doc)
    assert [(ent.text, ent.label_) for ent in doc.ents] == [("aspirin", "DRUG")]


def test_ours_finds_the_same_with_and_without_the_base(beside_model: SavedModel) -> None:
    texts = [annotated.text for annotated in GOLD]
    whole = beside_model.pipeline.find(texts)
    alone = beside_model.pipeline.find(texts, ours_only=True)
    labels = {"DRUG", "SYMPTOM"}
    assert [[span for span in spans if span.label in labels] for spans in whole] == [
        list(spans) for spans in alone
    ]


def test_a_base_that_is_not_installed_is_named() -> None:
    with pytest.raises(UnknownBase, match="xx_not_there"):
        make_pipeline(TrainingSettings(base="xx_not_there"))


def test_a_directory_is_no_base(encoder_model: SavedModel) -> None:
    with pytest.raises(UnknownBase):
        make_pipeline(TrainingSettings(base=str(encoder_model.directory)))


def test_settings_come_back_as_they_went() -> None:
    settings = TrainingSettings(preset="cnn", seed=3, base="en_core_web_sm")
    assert TrainingSettings.from_json(settings.to_json()) == settings


@pytest.mark.parametrize(
    "values",
    [
        {"preset": "gpt"},
        {"seed": -1},
        {"seed": "1"},
        {"speed": 1},
        {"base": 1},
        {"steps": 0},
        {"word_forms": 1},
    ],
)
def test_settings_that_make_no_sense_are_refused(values: dict[str, Any]) -> None:
    with pytest.raises(InvalidSettings):
        TrainingSettings.from_json(values)


@pytest.mark.parametrize("preset", ["encoder", "cnn"])
def test_small_data_is_learned_in_enough_steps(preset: str) -> None:
    settings = TrainingSettings(preset=preset)
    steps = [settings.steps_for(size) for size in (20, 50, 100, 200, 500, 1_000)]
    least = settings.recipe.least_steps
    assert steps == sorted(steps)
    assert steps[1] == least
    assert steps[-1] == 16 * 63


@pytest.mark.parametrize("preset", ["encoder", "cnn"])
def test_much_data_is_passed_over_less_often_but_never_in_fewer_batches(preset: str) -> None:
    settings = TrainingSettings(preset=preset)
    steps = [settings.steps_for(size) for size in (1_000, 2_000, 4_000, 10_000, 100_000)]
    assert steps == sorted(steps)
    assert steps[0] == 16 * 63
    assert steps[3] == 16 * 625
    assert steps[4] == 16 * 625 + 10 * (6_250 - 625)


def test_an_example_holds_every_span_of_its_text() -> None:
    nlp = make_pipeline(TrainingSettings(preset="cnn")).nlp
    corpus = make_corpus(nlp, GOLD)
    found = [
        [(ent.start_char, ent.end_char, ent.label_) for ent in example.reference.ents]
        for example in corpus.examples
    ]
    assert found == [[(s.start, s.end, s.label) for s in text.spans] for text in GOLD]


@pytest.mark.parametrize("preset", ["encoder", "cnn"])
def test_a_saved_model_is_trained_again_by_spacy_train(preset: str, tmp_path: Path) -> None:
    settings = TrainingSettings(preset=preset, steps=STEPS)
    train_model(GOLD, settings).nlp.to_disk(tmp_path / "model")
    references = [eg.reference for eg in make_corpus(make_tokenizer(settings), GOLD).examples]
    data = str(tmp_path / "gold.spacy")
    DocBin(docs=references).to_disk(data)
    train(
        tmp_path / "model" / "config.cfg",
        tmp_path / "again",
        overrides={"paths.train": data, "paths.dev": data},
    )
    nlp = spacy.load(tmp_path / "again" / "model-last")
    assert {ent.label_ for ent in nlp(GOLD[0].text).ents} == {"DRUG", "SYMPTOM"}
