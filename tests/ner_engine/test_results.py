"""The stored form of what a training tells."""

import json
from typing import Any

import pytest
from pydantic import TypeAdapter

from ner_engine.annotation import Span
from ner_engine.results import (
    Comparison,
    Confusion,
    CurvePoint,
    Evaluation,
    Finding,
    FinerScores,
    Guard,
    HeldBack,
    Mistake,
    Outcomes,
    Progress,
    Score,
)

EVALUATION = Evaluation(
    overall=Score(0.75, 0.5, 0.6, 4),
    per_label=(("DRUG", Score(1.0, 0.5, 0.66, 2)), ("PAIN", Score(0.5, 0.5, 0.5, 2))),
    interval=(0.4, 0.8),
    sentences=12,
    method="cross-validation",
    comparison=Comparison(3, 0.6, 0.5, 12, 0.9, (-0.1, 0.3)),
    advice=("No encoder.",),
    outlook="About 60–120 more.",
    findings=(
        Finding("DRUG has 2 examples.", (7,), needs_more=True),
        Finding("“pain” has two labels.", (8, 9)),
    ),
    mistakes=(
        Mistake("boundary", 7, Span(0, 4, "DRUG"), Span(0, 9, "DRUG"), 3),
        Mistake("missed", 8, Span(5, 9, "PAIN"), None),
    ),
    confusions=(Confusion("boundary", "DRUG", "DRUG", 3), Confusion("spurious", None, "PAIN", 1)),
    curve=(CurvePoint(6, 0.4, (0.2, 0.6)), CurvePoint(12, 0.6, (0.4, 0.8))),
    guard=Guard(9, 8),
    held_back=HeldBack.GUARD,
    finer=FinerScores(
        Score(0.75, 0.75, 0.75, 4),
        (("DRUG", Score(1.0, 0.5, 0.66, 2)),),
        Score(1.0, 1.0, 1.0, 1),
        Score(0.5, 0.25, 0.33, 3),
    ),
    documents=2,
    outcomes=(Outcomes("DRUG", (2.25,), (-0.5, 0.75)),),
    calibration=(0.5, -0.25),
)
# Up to held_back written by the version before this module was made; rows in people's databases look like this.
STORED_EVALUATION = (
    '{"overall":{"precision":0.75,"recall":0.5,"f1":0.6,"support":4},'
    '"per_label":[["DRUG",{"precision":1.0,"recall":0.5,"f1":0.66,"support":2}],'
    '["PAIN",{"precision":0.5,"recall":0.5,"f1":0.5,"support":2}]],'
    '"interval":[0.4,0.8],"sentences":12,"method":"cross-validation",'
    '"comparison":{"live_version":3,"candidate_f1":0.6,"live_f1":0.5,"sentences":12,'
    '"probability_better":0.9,"interval":[-0.1,0.3]},'
    '"advice":["No encoder."],"outlook":"About 60–120 more.",'
    '"findings":[{"words":"DRUG has 2 examples.","sentences":[7],"needs_more":true},'
    '{"words":"“pain” has two labels.","sentences":[8,9],"needs_more":false}],'
    '"mistakes":[{"kind":"boundary","sentence_id":7,"gold":{"start":0,"end":4,"label":"DRUG"},'
    '"found":{"start":0,"end":9,"label":"DRUG"},"count":3},'
    '{"kind":"missed","sentence_id":8,"gold":{"start":5,"end":9,"label":"PAIN"},"found":null,"count":1}],'
    '"confusions":[{"kind":"boundary","gold":"DRUG","found":"DRUG","count":3},'
    '{"kind":"spurious","gold":null,"found":"PAIN","count":1}],'
    '"curve":[{"sentences":6,"f1":0.4,"interval":[0.2,0.6]},{"sentences":12,"f1":0.6,"interval":[0.4,0.8]}],'
    '"guard":{"entities":9,"kept":8,"displaced":0},"held_back":"guard",'
    '"finer":{"lenient":{"precision":0.75,"recall":0.75,"f1":0.75,"support":4},'
    '"lenient_per_label":[["DRUG",{"precision":1.0,"recall":0.5,"f1":0.66,"support":2}]],'
    '"seen":{"precision":1.0,"recall":1.0,"f1":1.0,"support":1},'
    '"unseen":{"precision":0.5,"recall":0.25,"f1":0.33,"support":3}},"documents":2,'
    '"outcomes":[{"label":"DRUG","right":[2.25],"wrong":[-0.5,0.75]}],"calibration":[0.5,-0.25]}'
)
STORED_PROGRESS = '{"stage":"training","done":0.25,"step":1,"steps":4,"f":0.5,"seconds_left":3.5}'


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (EVALUATION, STORED_EVALUATION),
        (Progress("training", 0.25, 1, 4, 0.5, 3.5), STORED_PROGRESS),
    ],
    ids=["evaluation", "progress"],
)
def test_the_stored_form_stays_as_it_is(value: object, stored: str) -> None:
    """What is stored today was stored in the same words before, and is read again."""
    adapter: TypeAdapter[Any] = TypeAdapter(type(value))
    assert adapter.dump_json(value).decode() == stored
    assert adapter.validate_json(stored) == value


def test_an_evaluation_of_an_older_version_is_read() -> None:
    """Everything but the scores may be missing, and a comparison's interval."""
    old = json.loads(STORED_EVALUATION)
    wanted = ("overall", "per_label", "interval", "sentences", "method")
    scores = {name: old[name] for name in wanted}
    comparison = {**old["comparison"]}
    del comparison["interval"]
    read = TypeAdapter(Evaluation).validate_python(scores | {"comparison": comparison})
    assert read.comparison == Comparison(3, 0.6, 0.5, 12, 0.9)
    assert (read.findings, read.guard, read.held_back) == ((), None, None)
    assert (read.finer, read.documents) == (None, 0)
