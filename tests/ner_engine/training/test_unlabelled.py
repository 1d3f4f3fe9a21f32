"""What a teacher says of sentences that nobody labelled: who is asked of which, and what is learned of it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ner_engine import AnnotatedText, Span, TrainingSettings
from ner_engine.encoder.choice import BEST
from ner_engine.pipeline.pipeline import Pipeline
from ner_engine.recipes import RECIPES
from ner_engine.results import Progress
from ner_engine.training import loop
from ner_engine.training.cross_validation import fold_model_steps
from ner_engine.training.fallbacks import with_what_is_there
from ner_engine.training.lessons import Lessons
from ner_engine.training.loop import Step, Trained, train_model, training_steps
from ner_engine.training.plan import FoldModel, make_plan
from ner_engine.training.result import Result
from ner_engine.training.run import run_steps
from ner_engine.training.unlabelled import FEWEST, MOST, taught_batches, usable
from tests.ner_engine.data import make_gold
from tests.ner_engine.encoder.test_columns import install_packaged

GOLD = make_gold()
STEPS = 40
TEXTS = tuple(f"Ward {number}: she had fever and took codeine." for number in range(FEWEST))


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> TrainingSettings:
    """Of a preset whose teacher learns over the packaged encoder, too."""
    teacher = install_packaged(tmp_path_factory.mktemp("encoders") / "large")
    return TrainingSettings(preset="fast", steps=STEPS, word_forms=False).over(teacher)


def weights(pipeline: Pipeline) -> list[Any]:
    model = pipeline.recognizer.model
    return [
        node.get_param(name).tobytes()
        for node in model.walk()
        for name in node.param_names
        if node.has_param(name)
    ]


def trained(settings: TrainingSettings, *texts: str) -> Pipeline:
    *_, last = training_steps(GOLD, settings, unlabelled=texts)
    assert isinstance(last, Trained)
    return last.pipeline


def test_a_text_counts_once_and_none_of_the_gold_whatever_its_case_and_blanks() -> None:
    shouted = [annotated.text.upper().replace(" ", "  ") for annotated in GOLD]
    assert usable([*shouted, *TEXTS, *TEXTS], GOLD) == TEXTS


def test_too_few_texts_are_none_and_too_many_are_cut_off() -> None:
    assert usable(TEXTS[1:], GOLD) == ()
    assert len(usable([f"{number} beds." for number in range(MOST + 9)], GOLD)) == MOST


def test_a_text_the_engine_cannot_bear_is_left_out() -> None:
    assert usable(["$" * 5_000, "", *TEXTS], GOLD) == TEXTS


def test_a_teacher_says_of_each_token_how_probable_its_tags_are() -> None:
    teacher = train_model(GOLD, TrainingSettings(steps=STEPS))
    texts = [annotated.text for annotated in GOLD]
    batches = taught_batches(teacher, teacher.nlp, texts, size=len(texts), seed=0)
    encoded, targets = next(batches)
    assert sorted(text.text for text in encoded) == sorted(texts)
    for target in targets:
        assert np.allclose(target.unary.sum(axis=1), 1, atol=1e-4)
        assert target.pairs.sum() == pytest.approx(len(target.unary) - 1, abs=1e-2)
    lessons = Lessons(teacher.nlp, GOLD, encoded=True)
    gold = {
        text.text: target.unary.argmax(axis=1)
        for text, target in zip(
            lessons.texts(range(len(GOLD))),
            lessons.targets(range(len(GOLD)), teacher.recognizer.scheme),
            strict=True,
        )
    }
    found = {text.text: t.unary.argmax(axis=1) for text, t in zip(encoded, targets, strict=True)}
    assert all(np.array_equal(gold[text], found[text]) for text in gold)


def test_what_the_teacher_says_is_learned_and_the_same_gives_the_same(
    settings: TrainingSettings,
) -> None:
    taught = trained(settings, *TEXTS)
    assert weights(taught) == weights(trained(settings, *TEXTS))
    assert weights(taught) != weights(trained(settings, *TEXTS[1:]))
    assert taught.find([TEXTS[0]])[0] == (Span(16, 21, "SYMPTOM"), Span(31, 38, "DRUG"))


def test_without_a_teacher_it_is_the_network_of_the_preset_encoder(
    settings: TrainingSettings,
) -> None:
    alone = trained(replace(settings, teacher_dir=None), *TEXTS)
    assert weights(alone) == weights(
        train_model(GOLD, replace(settings, preset="encoder", teacher_dir=None))
    )


def test_teacher_and_model_both_tell_their_steps(settings: TrainingSettings) -> None:
    steps = [
        value.step
        for value in training_steps(GOLD, settings, unlabelled=TEXTS)
        if isinstance(value, Step)
    ]
    assert steps == 2 * list(range(1, STEPS + 1))


def test_a_fold_learns_from_a_teacher_that_saw_none_of_the_sentences_it_is_scored_on(
    settings: TrainingSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A label that only the scored sentences have is unknown to it."""
    asked: list[Pipeline] = []
    given: list[tuple[str, ...]] = []

    def spy(teacher: Pipeline, nlp: Any, texts: Any, **more: Any) -> Any:
        asked.append(teacher)
        given.append(tuple(texts))
        return taught_batches(teacher, nlp, texts, **more)

    monkeypatch.setattr(loop, "taught_batches", spy)
    rare = AnnotatedText("Only here is a Qvorblat.", (Span(15, 23, "RARE"),))
    fold = FoldModel(GOLD, [rare], 1.0, unlabelled=TEXTS)
    list(fold_model_steps(fold, settings))
    [teacher] = asked
    assert teacher.recognizer.labels == ("DRUG", "SYMPTOM")
    assert given == [TEXTS]


def test_every_model_of_a_plan_has_the_texts_and_no_plan_puts_one_of_its_gold_among_them() -> None:
    gold = make_gold(10)
    texts = usable([*(annotated.text for annotated in gold), *TEXTS], gold)
    plan = make_plan(gold, texts)
    assert all(model.unlabelled == TEXTS for model in (*plan.fold_models, *plan.others))
    assert plan.unlabelled == TEXTS


def test_a_run_counts_all_of_its_work(settings: TrainingSettings, tmp_path: Path) -> None:
    *steps, result = run_steps(
        GOLD, replace(settings, steps=20), target=tmp_path / "model", unlabelled=TEXTS
    )
    assert isinstance(result, Result)
    done = [step.done for step in steps if isinstance(step, Progress)]
    assert done == sorted(done)
    assert done[-2] < 1 == done[-1]
    assert result.notes == ()
    assert result.settings.teacher_dir == settings.teacher_dir


def test_without_the_larger_encoder_it_learns_alone_and_says_so_with_the_next_step(
    settings: TrainingSettings, tmp_path: Path
) -> None:
    for teacher in (None, str(tmp_path / "gone")):
        without = replace(settings, teacher_dir=teacher)
        left, [note] = with_what_is_there(without, TEXTS)
        assert left == replace(settings, teacher_dir=None)
        assert "learned without a teacher" in note
        assert f"nerbot encoders install {BEST}" in note


def test_with_too_few_sentences_it_learns_alone_and_says_how_many_it_needs(
    settings: TrainingSettings,
) -> None:
    left, [note] = with_what_is_there(settings, ())
    assert left == replace(settings, teacher_dir=None)
    assert f"at least {FEWEST} sentences that nobody has labelled" in note


def test_only_the_preset_fast_has_a_teacher() -> None:
    assert [name for name, recipe in RECIPES.items() if recipe.taught_batch] == ["fast"]
    assert TrainingSettings().over("/large").encoder_dir == "/large"
    fast = TrainingSettings(preset="fast").over("/large")
    assert (fast.encoder_dir, fast.teacher_dir) == (None, "/large")
    assert (fast.teacher.preset, fast.teacher.encoder_dir) == ("encoder", "/large")
