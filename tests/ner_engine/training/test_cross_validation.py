from dataclasses import replace

import pytest

from ner_engine import AnnotatedText, Span, TrainingSettings
from ner_engine.checks import OutOfFoldPrediction
from ner_engine.errors import NotEnoughData
from ner_engine.results import Outcomes
from ner_engine.scoring.calibration import Calibration
from ner_engine.training.cross_validation import (
    MOST_OUTCOMES,
    calibrate,
    calibrated,
    draw_curve,
    fold_model_steps,
    outcomes,
    score_finer,
    sides_of,
)
from ner_engine.training.loop import Step
from ner_engine.training.plan import CHANGE_OVER, FEWEST_PARTS, FOLDS, SHARES, FoldModel, make_plan
from ner_engine.training.splits import gold_key
from tests.ner_engine.data import make_gold

GOLD = make_gold()
MANY = make_gold(70)
UNFINISHED = AnnotatedText("She takes ibuprofen.", (Span(10, 19, "DRUG"),), finished=False)


def test_below_the_change_over_every_sentence_is_scored_by_one_fold() -> None:
    plan = make_plan(GOLD)
    assert (plan.method, plan.folds) == ("cross-validation", FOLDS)
    assert sorted(text.text for text in plan.scored) == sorted(text.text for text in GOLD)


def test_from_the_change_over_on_a_held_out_part_is_scored() -> None:
    assert len(MANY) >= CHANGE_OVER
    plan = make_plan(MANY)
    assert (plan.method, plan.folds) == ("held-out", 0)
    assert 0 < len(plan.scored) < len(MANY) / 3


def test_what_is_held_out_stays_so_when_the_data_grows() -> None:
    before = {text.text for text in make_plan(MANY[:CHANGE_OVER]).scored}
    after = {text.text for text in make_plan(MANY).scored}
    assert before <= after


@pytest.mark.parametrize(
    ("copies", "models"), [(70, FOLDS - 1), (140, FEWEST_PARTS)], ids=["some", "many"]
)
def test_what_is_not_scored_is_looked_at_by_fewer_models_where_there_is_much(
    copies: int, models: int
) -> None:
    gold = make_gold(copies)
    plan = make_plan(gold)
    assert len(plan.others) == models
    looked_at = [text for model in plan.others for text in model.scored]
    assert sorted(text.text for text in (*looked_at, *plan.scored)) == sorted(
        text.text for text in gold
    )
    for model in plan.others:
        assert {text.text for text in model.learned}.isdisjoint(t.text for t in model.scored)


@pytest.mark.parametrize("gold", [GOLD, MANY], ids=["folds", "held-out"])
def test_no_fold_model_learns_a_text_it_is_scored_on(gold: list[AnnotatedText]) -> None:
    twice = [*gold, gold[0]]
    for fold_model in make_plan(twice).fold_models:
        learned = {annotated.text for annotated in fold_model.learned}
        assert learned.isdisjoint(annotated.text for annotated in fold_model.scored)


@pytest.mark.parametrize("size", [12, 70], ids=["folds", "held-out"])
def test_no_fold_model_learns_a_sentence_of_a_document_it_is_scored_on(size: int) -> None:
    gold = [
        replace(text, group=f"document {number // 2}", finished=number % 7 > 0)
        for number, text in enumerate(make_gold(size))
    ]
    plan = make_plan(gold)
    assert plan.documents == len(gold) // 2
    for fold_model in plan.fold_models:
        learned = {annotated.group for annotated in fold_model.learned}
        assert learned.isdisjoint(annotated.group for annotated in fold_model.scored)


def test_no_fold_model_learns_an_unfinished_copy_of_a_text_it_is_scored_on() -> None:
    for fold_model in make_plan([*GOLD, replace(GOLD[0], finished=False)]).fold_models:
        learned = {annotated.text for annotated in fold_model.learned}
        assert learned.isdisjoint(annotated.text for annotated in fold_model.scored)


def test_one_document_with_all_sentences_is_scored_as_if_none_were_known() -> None:
    plan = make_plan([replace(text, group="the only one") for text in GOLD])
    assert (plan.folds, plan.documents) == (FOLDS, 0)
    assert [[t.text for t in m.scored] for m in plan.fold_models] == [
        [t.text for t in m.scored] for m in make_plan(GOLD).fold_models
    ]


def test_a_few_large_documents_never_leave_nothing_to_score_on() -> None:
    for name in range(20):
        gold = [replace(text, group=f"{name}.{n // 60}") for n, text in enumerate(MANY[:300])]
        plan = make_plan(gold)
        assert 30 <= len(plan.scored) <= 90


def test_unfinished_sentences_are_learned_and_not_scored() -> None:
    plan = make_plan([*GOLD, UNFINISHED])
    assert UNFINISHED not in plan.scored
    assert all(
        UNFINISHED in fold_model.learned for fold_model in plan.fold_models if fold_model.share == 1
    )


def test_a_curve_is_drawn_at_growing_parts_of_the_same_folds() -> None:
    fold_models = [fold_model for fold_model in make_plan(MANY).fold_models if fold_model.share < 1]
    assert sorted({fold_model.share for fold_model in fold_models}) == list(SHARES)
    sizes = [len(fold_model.learned) for fold_model in fold_models]
    assert sizes == sorted(sizes)
    nested = [{text.text for text in fold_model.learned} for fold_model in fold_models]
    assert nested[0] < nested[1] < nested[2]


def test_too_few_sentences_make_no_curve() -> None:
    assert all(fold_model.share == 1 for fold_model in make_plan(GOLD[:12]).fold_models)


@pytest.mark.parametrize("gold", [[], GOLD[:1], [GOLD[0], GOLD[0]], [UNFINISHED, UNFINISHED]])
def test_two_finished_sentences_with_an_entity_are_needed(gold: list[AnnotatedText]) -> None:
    with pytest.raises(NotEnoughData):
        make_plan(gold)


def test_a_fold_model_ends_with_what_it_predicts_for_every_scored_sentence() -> None:
    fold_model = make_plan(GOLD).fold_models[0]
    *steps, predictions = fold_model_steps(fold_model, TrainingSettings(steps=20))
    assert len(steps) == 20
    assert not isinstance(predictions, Step)
    assert set(predictions) == {gold_key(text) for text in fold_model.scored}
    for annotated in fold_model.scored:
        prediction = predictions[gold_key(annotated)]
        assert len(prediction.confidences) == len(prediction.spans)
        assert len(prediction.gold_confidences) == len(annotated.spans)
        assert all(
            0 <= share <= 1 for share in prediction.confidences + prediction.gold_confidences
        )


def test_copies_of_a_text_with_other_spans_are_weighed_each_by_its_own() -> None:
    """They share what is found in them, and not the probabilities of their spans."""
    copy = AnnotatedText(GOLD[0].text, GOLD[0].spans[:1])
    fold_model = FoldModel(learned=GOLD[1:], scored=[GOLD[0], copy], share=1.0)
    *_, predictions = fold_model_steps(fold_model, TrainingSettings(preset="cnn", steps=2))
    assert not isinstance(predictions, Step)
    weighed = [predictions[gold_key(text)].gold_confidences for text in (GOLD[0], copy)]
    assert list(map(len, weighed)) == [2, 1]


def test_a_model_that_finds_nothing_is_scored_for_that() -> None:
    fold_model = FoldModel(learned=[AnnotatedText("Nothing here.")], scored=GOLD, share=1.0)
    [predictions] = fold_model_steps(fold_model, TrainingSettings())
    assert not isinstance(predictions, Step)
    assert not any(sides_of(GOLD, predictions)[1])


def prediction_for(annotated: AnnotatedText, share: float) -> OutOfFoldPrediction:
    return OutOfFoldPrediction(
        annotated.spans, (share,) * len(annotated.spans), (share,) * len(annotated.spans)
    )


def test_models_that_are_right_more_often_than_they_say_become_surer() -> None:
    predictions = {gold_key(text): prediction_for(text, 0.6) for text in MANY}
    confidence = calibrate(MANY, predictions)
    assert confidence.entities == sum(len(text.spans) for text in MANY)
    assert confidence.calibration.apply(0.6) > 0.9
    assert confidence.error < 0.1


def test_what_could_not_be_weighed_stays_at_nothing() -> None:
    prediction = calibrated(OutOfFoldPrediction((), (), (0.0, 0.5)), Calibration(1.0, 2.0))
    assert prediction.gold_confidences[0] == 0
    assert prediction.gold_confidences[1] > 0.8


def test_points_of_the_curve_stand_at_shares_of_the_finished_sentences() -> None:
    results = [
        (fold_model, {gold_key(t): prediction_for(t, 0.9) for t in fold_model.scored})
        for fold_model in make_plan(MANY).fold_models
    ]
    curve = draw_curve(results, finished=len(MANY))
    assert curve is not None
    assert [point.sentences for point in curve.points] == [
        round(share * len(MANY)) for share in (*SHARES, 1)
    ]


def test_without_models_on_parts_there_is_no_curve() -> None:
    fold_model = make_plan(GOLD[:12]).fold_models[0]
    predictions = {gold_key(text): prediction_for(text, 0.9) for text in fold_model.scored}
    assert draw_curve([(fold_model, predictions)], finished=12) is None


def test_a_phrase_is_seen_if_the_fold_model_that_was_asked_learned_it() -> None:
    def takes(drug: str) -> AnnotatedText:
        return AnnotatedText(f"She takes {drug}.", (Span(10, 10 + len(drug), "DRUG"),))

    learned, new = takes("aspirin"), takes("ibuprofen")
    scored = [takes("Aspirin"), new]
    predictions = {gold_key(text): prediction_for(text, 0.9) for text in scored}
    part = FoldModel([new], [learned], 0.5)
    finer = score_finer(
        [
            (FoldModel([learned], scored, 1.0), predictions),
            (part, {gold_key(learned): prediction_for(learned, 0.9)}),
        ]
    )
    assert finer.seen is not None
    assert finer.unseen is not None
    assert (finer.seen.support, finer.unseen.support, finer.lenient.support) == (1, 1, 2)


def test_outcomes_are_what_was_found_by_whether_it_was_right() -> None:
    """Of finished sentences alone: nobody has said that what is found in another one is wrong."""
    found = (Span(10, 19, "DRUG"), Span(0, 3, "DRUG"), Span(4, 9, "SYMPTOM"))
    text = AnnotatedText("She takes ibuprofen.", found[:1])
    read = OutOfFoldPrediction(found, (0.9, 0.5, 0.25), (0.9,))
    predictions = {gold_key(text): read, gold_key(UNFINISHED): read}
    assert outcomes([text], predictions) == (
        Outcomes("DRUG", (2.2,), (0.0,)),
        Outcomes("SYMPTOM", (), (-1.1,)),
    )
    assert outcomes([UNFINISHED], predictions) == ()


def test_of_many_outcomes_a_part_is_kept_that_says_the_same() -> None:
    text = AnnotatedText("She takes ibuprofen.", (Span(10, 19, "DRUG"),))
    shares = tuple(number / 10_000 for number in range(10_000))
    predictions = {
        gold_key(text): OutOfFoldPrediction((Span(10, 19, "DRUG"),) * 10_000, shares, (0.9,))
    }
    (kept,) = outcomes([text], predictions)
    assert MOST_OUTCOMES / 2 < len(kept.right) <= MOST_OUTCOMES
    assert sum(odds > 0 for odds in kept.right) / len(kept.right) == pytest.approx(0.5, abs=0.01)


def test_what_looks_for_errors_learns_as_long_as_the_final_model() -> None:
    """A promise of precision is made from it, and shorter trainings are surer of less."""
    settings = TrainingSettings()
    looking = FoldModel(GOLD, GOLD, 1.0, looks_for_errors=True)
    assert looking.steps(settings) == settings.steps_for(len(GOLD))
    assert FoldModel(GOLD, GOLD, 0.5).steps(settings) < looking.steps(settings)
