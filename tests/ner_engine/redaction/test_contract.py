"""Promises that little slips through: which threshold, from how many entities, at what cost."""

import random

import pytest

from ner_engine.redaction.contract import BROKEN, allowed, fewest, make_slip
from ner_engine.token_shares import FLOOR, TokenShares, joined, kept, share_of, thinned


def shares_of(
    entities: list[tuple[str, list[float]]], others: list[float] | None = None
) -> TokenShares:
    """Of one label A, which has the probability; B has none."""
    return TokenShares(
        ("A", "B"),
        tuple((label, tuple((kept(p), FLOOR) for p in words)) for label, words in entities),
        tuple((kept(p), FLOOR) for p in others or []),
        len(others or []),
    )


def test_no_more_may_slip_than_chance_lets_one_see_once_in_ten_times() -> None:
    assert [allowed(n, 0.01) for n in (229, 230, 387, 388)] == [None, 0, 0, 1]
    assert (fewest(0.01), fewest(0.05)) == (230, 45)


def test_too_few_entities_promise_nothing_and_how_many_it_takes_is_said() -> None:
    slip = make_slip(shares_of([("A", [0.9])] * 20), ("A",), 0.05)
    assert slip.threshold is None
    assert (slip.labels[0].entities, slip.labels[0].needed) == (20, 45)


def test_the_threshold_is_that_of_the_least_probable_word_that_has_to_be_hidden() -> None:
    entities = [("A", [0.9, 0.2])] * 44 + [("A", [0.004])]
    slip = make_slip(shares_of(entities, [0.3, 0.01, 0.001, 0.0]), ("A",), 0.05)
    assert slip.threshold is not None
    assert slip.threshold == pytest.approx(0.004, rel=0.03)
    assert slip.threshold < 0.004
    assert slip.needlessly == 0.5
    assert slip.masked == pytest.approx((89 + 2) / (89 + 4))


def test_an_entity_that_has_no_chance_at_all_lets_nothing_be_promised() -> None:
    slip = make_slip(shares_of([("A", [0.9])] * 60 + [("A", [0.0])]), ("A",), 0.05)
    assert (slip.threshold, slip.labels[0].needed) == (None, None)


def test_words_that_are_rather_in_an_entity_are_masked_whatever_was_promised() -> None:
    assert make_slip(shares_of([("A", [0.99])] * 60), ("A",), 0.05).threshold == 0.5


def test_several_labels_hide_each_others_entities() -> None:
    """Of which label a word is does not matter where both are masked."""
    rows = ((kept(0.01), kept(0.98)),)
    shares = TokenShares(("A", "B"), (("A", rows),) * 60 + (("B", rows),) * 60, ())
    assert make_slip(shares, ("A", "B"), 0.05).threshold == 0.5
    alone = make_slip(shares, ("A",), 0.05).threshold
    assert alone is not None
    assert alone < 0.011


def test_a_label_that_was_never_seen_promises_nothing() -> None:
    assert make_slip(shares_of([("A", [0.9])] * 300), ("A", "C"), 0.05).threshold is None


def test_a_promise_is_broken_by_chance_once_in_ten_times_at_most() -> None:
    """Entities of the sample and those after it are drawn alike."""
    chance, broken, tries = random.Random(1), 0, 400
    for _ in range(tries):
        drawn = [("A", [chance.random()]) for _ in range(100)]
        slip = make_slip(shares_of(drawn), ("A",), 0.05)
        assert slip.threshold is not None
        broken += slip.threshold > 0.05  # so much of what comes slips through
    assert broken / tries <= BROKEN + 0.04


def test_shares_of_several_models_are_joined_by_their_labels() -> None:
    one = TokenShares(("B",), (("B", ((-10,),)),), ((-20,),))
    two = TokenShares(("A", "B"), (("A", ((-1, -2),)),), ())
    both = joined([one, two])
    assert both.labels == ("A", "B")
    assert both.entities == (("B", ((FLOOR, -10),)), ("A", ((-1, -2),)))
    assert share_of(both.others[0], [0]) == 0


def test_of_many_words_and_entities_some_are_kept_and_how_many_there_were() -> None:
    shares = shares_of([("A", [0.5])] * 10 + [("B", [0.5])] * 2, [0.1] * 9)
    some = thinned(shares, entities=5, others=4)
    assert [label for label, _ in some.entities] == ["A"] * 5 + ["B"] * 2
    assert (len(some.others), some.words) == (3, 9)
