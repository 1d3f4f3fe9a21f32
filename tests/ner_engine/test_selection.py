import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ner_engine.selection import Floats, diverse_first, rank

UNCERTAINTIES = st.lists(st.floats(0, 20), max_size=60)
SHARES = st.floats(0, 1)
SEEDS = st.integers(0, 2**32)
VECTORS = st.tuples(st.integers(0, 12), st.integers(1, 4)).flatmap(
    lambda shape: arrays(np.float64, shape, elements=st.integers(-3, 3).map(float))
)


@given(UNCERTAINTIES, SHARES, SEEDS)
def test_every_sentence_is_ranked_once(uncertainties: list[float], share: float, seed: int) -> None:
    ranked = rank(uncertainties, random_share=share, seed=seed)
    assert sorted(ranked) == list(range(len(uncertainties)))


@given(UNCERTAINTIES, SHARES, SEEDS)
def test_the_first_k_hold_the_most_uncertain_but_for_the_random_share(
    uncertainties: list[float], share: float, seed: int
) -> None:
    ranked = rank(uncertainties, random_share=share, seed=seed)
    by_uncertainty = rank(uncertainties, random_share=0)
    for k in range(len(ranked) + 1):
        assert set(by_uncertainty[: k - int(k * share)]) <= set(ranked[:k])


@given(UNCERTAINTIES, SHARES, SEEDS)
def test_a_ranking_is_the_same_every_time(
    uncertainties: list[float], share: float, seed: int
) -> None:
    once, twice = (rank(uncertainties, random_share=share, seed=seed) for _ in range(2))
    assert once == twice


def test_without_chance_the_most_uncertain_come_first_and_equal_ones_keep_their_order() -> None:
    assert rank([0.1, 0.9, 0.5, 0.9], random_share=0) == [1, 3, 2, 0]


def test_a_quarter_of_the_first_ones_is_random() -> None:
    falling = list(range(1_000, 0, -1))
    assert rank(falling)[:40] != list(range(40))
    assert len(set(rank(falling)[:40]) & set(range(30))) == 30
    assert len(set(rank(falling)[:40]) - set(range(100))) >= 5


def test_another_seed_draws_other_random_ones() -> None:
    assert rank([1.0] * 50, seed=1) != rank([1.0] * 50, seed=2)


@pytest.mark.parametrize("uncertainties", [[], [0.3]])
def test_none_and_one_are_ranked_too(uncertainties: list[float]) -> None:
    assert rank(uncertainties) == list(range(len(uncertainties)))


def test_an_uncertainty_that_is_not_a_number_is_refused() -> None:
    with pytest.raises(ValueError, match="not a number"):
        rank([0.1, float("nan")])


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_a_share_outside_0_and_1_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="share"):
        rank([0.1], random_share=share)


@given(VECTORS, st.integers(0, 15), SEEDS)
def test_a_batch_holds_as_many_sentences_as_asked_for_and_none_twice(
    vectors: Floats, count: int, seed: int
) -> None:
    chosen = diverse_first(vectors, count, seed=seed)
    assert len(chosen) == len(set(chosen)) == min(count, len(vectors))
    assert set(chosen) <= set(range(len(vectors)))


@given(VECTORS, st.integers(0, 15))
def test_no_copy_is_chosen_while_others_remain(vectors: Floats, count: int) -> None:
    kinds = {row.tobytes() for row in vectors + 0.0}
    pointing = len({direction(row) for row in vectors})
    chosen = diverse_first(vectors, count)
    assert (
        len({direction(vectors[index]) for index in chosen}) == min(count, pointing) <= len(kinds)
    )


def direction(vector: Floats) -> tuple[float, ...]:
    length = float(np.linalg.norm(vector)) or 1.0
    return tuple(round(float(value) / length, 5) + 0.0 for value in vector)


@given(VECTORS, st.integers(0, 15), SEEDS)
def test_a_smaller_batch_is_the_start_of_a_larger_one(
    vectors: Floats, count: int, seed: int
) -> None:
    larger = diverse_first(vectors, count + 1, seed=seed)
    assert diverse_first(vectors, count, seed=seed) == larger[:count]


def groups_and_outliers(sizes: tuple[int, ...], outliers: int) -> tuple[Floats, list[int]]:
    """Noisy copies of a few directions, then vectors of no group; and each vector's group or -1."""
    random, dimensions = np.random.default_rng(0), 40
    centres = np.eye(dimensions)[: len(sizes)]
    noisy = [
        centre + random.normal(0, 0.08, (size, dimensions))
        for centre, size in zip(centres, sizes, strict=True)
    ]
    odd = np.eye(dimensions)[-outliers:]
    groups = [group for group, size in enumerate(sizes) for _ in range(size)]
    return np.concatenate([*noisy, odd]), groups + [-1] * outliers


def test_every_group_is_met_once_the_biggest_first_before_any_twice() -> None:
    vectors, groups = groups_and_outliers((30, 20, 12, 6), outliers=3)
    assert [groups[index] for index in diverse_first(vectors, 4)] == [0, 1, 2, 3]


def test_odd_ones_out_come_late() -> None:
    vectors, groups = groups_and_outliers((30, 20, 12), outliers=3)
    assert -1 not in [groups[index] for index in diverse_first(vectors, 9)]


def test_a_large_project_is_judged_by_a_part_of_it_and_groups_are_met_all_the_same() -> None:
    vectors, groups = groups_and_outliers((1_500, 900, 400), outliers=3)
    assert [groups[index] for index in diverse_first(vectors, 3)] == [0, 1, 2]


def test_length_does_not_count() -> None:
    vectors, _ = groups_and_outliers((8, 5), outliers=2)
    scaled = vectors * np.linspace(0.5, 4, len(vectors))[:, None]
    assert diverse_first(scaled, 5) == diverse_first(vectors, 5)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_vectors_that_are_not_finite_are_refused(value: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        diverse_first(np.array([[1.0, value]]), 1)


def test_numbers_that_are_not_rows_of_vectors_are_refused() -> None:
    with pytest.raises(ValueError, match="shape"):
        diverse_first(np.array([1.0, 2.0]), 1)


def test_a_negative_count_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        diverse_first(np.eye(2), -1)
