"""What scores say of a sentence's words and labels goes with it."""

from dataclasses import fields

from bot.erasure.repositories.traces import Words, without
from ner_engine.annotation import Span
from ner_engine.results import (
    Confusion,
    Evaluation,
    Finding,
    FinerScores,
    Mistake,
    Outcomes,
    Score,
)

LABEL = "QVORLABEL"
SCORE = Score(0.5, 0.5, 0.5, 2)
SAYING = Evaluation(
    SCORE,
    ((LABEL, SCORE),),
    (0.0, 1.0),
    2,
    "held-out",
    advice=(f"{LABEL} is rare.",),
    outlook=f"More {LABEL} would help.",
    findings=(Finding(f"{LABEL} has one example.", (1,)),),
    mistakes=(Mistake("label", 1, Span(0, 1, LABEL), None),),
    confusions=(Confusion("label", LABEL, "B", 1),),
    finer=FinerScores(SCORE, ((LABEL, SCORE),)),
    outcomes=(Outcomes(LABEL, (1.5,), ()),),
)
SAYS_NO_LABEL = {"overall", "interval", "sentences", "method", "comparison", "curve", "guard"}
SAYS_NO_LABEL |= {"held_back", "documents", "calibration"}


def test_no_part_of_the_scores_says_a_label_that_is_forgotten() -> None:
    left = without(SAYING, [1], Words(frozenset(), frozenset({LABEL})), {LABEL})
    assert LABEL not in repr(left)


def test_each_part_of_the_scores_that_may_say_a_label_is_looked_at() -> None:
    """A new part has to be put into one of the two sets, and into the scores above."""
    assert {field.name for field in fields(Evaluation)} - SAYS_NO_LABEL == {
        field.name for field in fields(Evaluation) if LABEL in repr(getattr(SAYING, field.name))
    }
