"""What the bot and a training process say to each other."""

import json
import logging
import math
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.protocol import read_event
from ner_engine.annotation import Span
from ner_engine.results import (
    Confusion,
    CurvePoint,
    Evaluation,
    Finding,
    Guard,
    Mistake,
    Progress,
    Trained,
    TrainingEvent,
    TrainingFailed,
)
from ner_engine.scoring.evaluation import compare, evaluate
from tests.bot.invariants import unhurried

# --- events -----------------------------------------------------------------------------------------------------


def read(**event: Any) -> TrainingEvent | None:
    return read_event(json.dumps(event).encode() + b"\n")


PROGRESS: dict[str, Any] = {
    "event": "progress", "stage": "training", "done": 0.5, "step": 3, "steps": 6, "f": 0.4, "seconds_left": 9
}  # fmt: skip


def test_progress_is_read() -> None:
    assert read(**PROGRESS) == Progress("training", 0.5, 3, 6, 0.4, 9.0)


def test_progress_may_know_neither_score_nor_time() -> None:
    assert read(**(PROGRESS | {"f": None, "seconds_left": None})) == Progress("training", 0.5, 3, 6)


def test_a_failure_is_read_with_its_words() -> None:
    event = read(event="failed", code="too_few", words="There is too little to learn from.")
    assert event == TrainingFailed("There is too little to learn from.", "too_few")


SPANS = [(Span(0, 4, "SYMPTOM"),), (), (Span(5, 9, "DRUG"),)]
OTHER = [(Span(0, 4, "SYMPTOM"),), (), ()]


TOLD = evaluate(SPANS, OTHER)
EVALUATION = Evaluation(
    TOLD.overall,
    TOLD.per_label,
    TOLD.interval,
    TOLD.sentences,
    method="cross-validation",
    comparison=compare(SPANS, SPANS, OTHER, live_version=7),
    advice=("No encoder.",),
    outlook="About 60–120 more.",
    findings=(Finding("DRUG has 2 examples.", (1,), needs_more=True),),
    mistakes=(Mistake("missed", 1, Span(0, 4, "A"), None, 5),),
    confusions=(Confusion("spurious", None, "B", 3),),
    curve=(CurvePoint(40, 0.5, (0.4, 0.6)),),
    guard=Guard(9, 8),
)


def succeeded(**more: Any) -> dict[str, Any]:
    trained = asdict(Trained(EVALUATION, ("DRUG", "SYMPTOM")))
    return {"event": "succeeded", **trained, "evaluation": trained["evaluation"] | more}


def test_a_success_is_read_as_the_engine_told_it() -> None:
    assert read(**succeeded()) == Trained(EVALUATION, ("DRUG", "SYMPTOM"))


def test_of_a_success_only_the_scores_have_to_be_told() -> None:
    known = {"overall", "per_label", "interval", "sentences", "method"}
    told = {name: value for name, value in asdict(EVALUATION).items() if name in known}
    event = read(event="succeeded", evaluation=told, labels=["DRUG"])
    scores = (TOLD.overall, TOLD.per_label, TOLD.interval, TOLD.sentences)
    assert event == Trained(Evaluation(*scores, "cross-validation"), ("DRUG",))


# --- junk -------------------------------------------------------------------------------------------------------

JUNK = [
    pytest.param(b"", id="nothing"),
    pytest.param(b"\n", id="a line break"),
    pytest.param(b"Downloading model: 3 %\n", id="what a library prints"),
    pytest.param(b"\xff\xfe\n", id="bad UTF-8"),
    pytest.param(b"[1, 2]", id="an array"),
    pytest.param(b"null", id="null"),
    pytest.param(b"{}", id="no event"),
    pytest.param(b'{"event": "fly"}', id="an unknown event"),
    pytest.param(b'{"event": ["progress"]}', id="an event that is no word"),
    pytest.param(b'{"event": "progress"}', id="progress of nothing"),
    pytest.param(b'{"event": "progress", "stage": "x", "done": NaN}', id="NaN"),
    pytest.param(b'{"event": "progress", "stage": "x", "done": 1e999}', id="infinity"),
    pytest.param(b'{"event": "progress", "stage": "x", "done": 0, "steps": Infinity}', id="steps"),
    pytest.param(b'{"event": "progress", "stage": "x", "done": 0, "f": "high"}', id="a word"),
    pytest.param(b'{"event": "progress", "stage": "x", "done": 0, "f": NaN}', id="a NaN score"),
    pytest.param(b'{"event": "failed"}', id="a failure without words"),
    pytest.param(b'{"event": "succeeded", "result": []}', id="a result that is an array"),
    pytest.param(b"[" * 100_000, id="deep JSON"),
    pytest.param(b'{"event": "progress", "done": ' + b"9" * 5_000 + b"}", id="a huge number"),
]  # fmt: skip


@pytest.mark.parametrize("raw", JUNK)
def test_junk_is_no_event(raw: bytes) -> None:
    assert read_event(raw) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"per_label": {}},
        {"interval": []},
        {"interval": None},
        {"overall": 1},
        {"sentences": "many"},
    ],
    ids=str,
)
def test_a_success_that_cannot_be_read_is_no_event(wrong: dict[str, Any]) -> None:
    assert read(**succeeded(**wrong)) is None


def test_what_cannot_be_read_is_logged_without_its_text(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    read_event(b"canary\n")
    assert caplog.messages == ["a training process said something that cannot be read (7 bytes)"]


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=4,
)  # fmt: skip


@st.composite
def nearly_events(draw: st.DrawFn) -> bytes:
    """An event with some of its values, at any depth, replaced by others."""
    event = json.loads(json.dumps(draw(st.sampled_from([PROGRESS, succeeded()]))))
    for _ in range(draw(st.integers(1, 3))):
        place = event
        while isinstance(place, dict) and place:
            key = draw(st.sampled_from(sorted(place)))
            if not isinstance(place[key], dict) or draw(st.booleans()):
                place[key] = draw(values)
                break
            place = place[key]
    return json.dumps(event).encode()


@unhurried
@given(st.binary() | values.map(lambda value: json.dumps(value).encode()) | nearly_events())
def test_any_line_is_an_event_of_finite_numbers_or_none(raw: bytes) -> None:
    event = read_event(raw)
    if isinstance(event, Progress):
        assert all(
            math.isfinite(number or 0) for number in (event.done, event.f, event.seconds_left)
        )
