"""Whether a stream has become another one."""

import random
from dataclasses import replace

import pytest

from bot.health.drift import (
    Drift,
    Message,
    unknown_in_training,
    unknown_share,
    words_of,
)


def message(chance: random.Random) -> Message:
    return Message(
        unknown=round(chance.betavariate(2, 8), 1),
        confidence=chance.betavariate(5, 2),
        density=float(chance.randrange(4)),
        labels=("DRUG" if chance.random() < 0.7 else "SYMPTOM",),
    )


def begun(chance: random.Random) -> Drift:
    return Drift.against((message(chance).unknown for _ in range(200)), "DRUG")


def test_nothing_is_noticed_while_nothing_changes() -> None:
    """Over 12,000 messages in six streams, of which one alarm would be too many."""
    for seed in range(6):
        chance = random.Random(seed)
        drift = begun(chance)
        for _ in range(2_000):
            drift.add(message(chance), chance)
            assert not drift.has_changed


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"unknown": 0.7}, "vocabulary"),
        ({"confidence": 0.3}, "confidence"),
        ({"density": 0.0}, "density"),
        ({"labels": ("SYMPTOM",)}, "labels"),
    ],
)
def test_each_change_is_noticed_within_200_messages(change: dict[str, object], what: str) -> None:
    chance = random.Random(1)
    drift = begun(chance)
    for _ in range(300):
        drift.add(message(chance), chance)
    for _ in range(200):
        drift.add(replace(message(chance), **change), chance)  # type: ignore[arg-type]
        if drift.has_changed:
            break
    assert drift.has_changed
    assert drift.what == what


def test_fewer_unknown_words_than_in_training_are_no_drift() -> None:
    """Labelled sentences are chosen, and are often those that are hard."""
    chance = random.Random(1)
    drift = begun(chance)
    for _ in range(600):
        drift.add(replace(message(chance), unknown=0.0), chance)
    assert not drift.has_changed


def test_a_word_is_unknown_in_training_where_no_other_sentence_has_it() -> None:
    words = [("chest", "pain"), ("chest", "cough"), ("cough",), ()]
    assert unknown_in_training(words) == [0.5, 0.0, 0.0, 0.0]
    assert unknown_share(("chest", "fever"), {"chest"}) == 0.5
    assert unknown_share((), {"chest"}) == 0


def test_words_are_what_has_letters() -> None:
    assert words_of(
        "Take 20 mg, Ann!", ((0, 4), (5, 7), (8, 10), (10, 11), (12, 15), (15, 16))
    ) == (
        "take",
        "mg",
        "ann",
    )
