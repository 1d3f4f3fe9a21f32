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
    return Drift.against((message(chance).unknown or 0.0 for _ in range(200)), "DRUG")


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


def test_of_a_large_training_set_all_shares_are_ranked_by_and_not_the_least() -> None:
    drift = Drift.against([0.0] * 1_500 + [0.5] * 1_500, None)
    assert drift.vocabulary.seen.count(0.5) == 500
    assert drift.vocabulary.usual == 0.25


def test_what_changed_is_told_by_its_last_values_against_what_it_was() -> None:
    chance = random.Random(1)
    drift = begun(chance)
    for _ in range(60):
        drift.add(replace(message(chance), unknown=0.7), chance, channel="C1")
    assert drift.has_changed
    assert drift.what == "vocabulary"
    assert drift.changed.now == pytest.approx(0.7)
    assert 0.1 < drift.changed.usual < 0.3
    assert drift.channel == "C1"


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
