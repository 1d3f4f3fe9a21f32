"""Everything the field computes, against the sum over all paths."""

import itertools
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ner_engine.pipeline.crf import Bools, Chains, Floats, Grammar, Lattice, best_path
from ner_engine.pipeline.tag_scheme import TagScheme

SCHEME = TagScheme(("A", "B"))
SIZE = len(SCHEME.tags)
FREE = Grammar(np.ones((SIZE, SIZE), bool), np.ones(SIZE, bool), np.ones(SIZE, bool))


def random_chains(lengths: list[int], seed: int) -> Chains:
    draw = np.random.default_rng(seed)
    return Chains(
        [draw.normal(size=(length, SIZE)) for length in lengths], draw.normal(size=(SIZE, SIZE))
    )


def is_allowed(path: tuple[int, ...], grammar: Grammar, mask: Bools | None) -> bool:
    return bool(
        grammar.first[path[0]]
        and grammar.last[path[-1]]
        and all(grammar.follows[pair] for pair in itertools.pairwise(path))
        and (mask is None or all(mask[step, tag] for step, tag in enumerate(path)))
    )


def all_paths(
    emissions: Floats, transitions: Floats, grammar: Grammar, mask: Bools | None = None
) -> Iterator[tuple[tuple[int, ...], float]]:
    """Each allowed path with its score."""
    for path in itertools.product(range(SIZE), repeat=len(emissions)):
        if is_allowed(path, grammar, mask):
            score = sum(emissions[step, tag] for step, tag in enumerate(path))
            yield path, score + sum(transitions[pair] for pair in itertools.pairwise(path))


@pytest.mark.parametrize("grammar", [FREE, SCHEME.grammar], ids=["free", "biluo"])
@pytest.mark.parametrize("lengths", [[1], [3, 1, 2], [2, 3]])
def test_the_partition_is_the_sum_over_all_paths(lengths: list[int], grammar: Grammar) -> None:
    chains = random_chains(lengths, seed=len(lengths))
    expected = [
        np.logaddexp.reduce([score for _, score in all_paths(rows, chains.transitions, grammar)])
        for rows in chains.emissions
    ]
    assert np.allclose(Lattice(chains, grammar).log_partition, expected)


def test_unary_shares_and_pairs_are_those_of_all_paths() -> None:
    chains = random_chains([3, 2], seed=5)
    lattice = Lattice(chains, SCHEME.grammar)
    pairs = np.zeros((SIZE, SIZE))
    for rows, found in zip(chains.emissions, lattice.unary, strict=True):
        paths = dict(all_paths(rows, chains.transitions, SCHEME.grammar))
        total = np.logaddexp.reduce(list(paths.values()))
        unary = np.zeros_like(rows)
        for path, score in paths.items():
            share = np.exp(score - total)
            unary[np.arange(len(path)), path] += share
            for pair in itertools.pairwise(path):
                pairs[pair] += share
        assert np.allclose(found, unary)
    assert np.allclose(lattice.pairs, pairs)


@pytest.mark.parametrize("masked", [False, True])
def test_members_side_by_side_are_as_each_by_itself(*, masked: bool) -> None:
    lengths = [3, 1, 4]
    members = [random_chains(lengths, seed=seed) for seed in (1, 2)]
    masks = [SCHEME.mask([None] * length) for length in lengths] if masked else None
    both = Lattice(Chains.stack(members), SCHEME.grammar, masks)
    for number, member in enumerate(members):
        alone = Lattice(member, SCHEME.grammar, masks)
        assert np.allclose(both.log_partition[number], alone.log_partition)
        assert np.allclose(both.pairs[number], alone.pairs)
        for stacked, single in zip(both.unary, alone.unary, strict=True):
            assert np.allclose(stacked[number], single)


def test_what_was_stacked_is_split_into_the_same_members() -> None:
    members = [random_chains([2, 3], seed=seed) for seed in (1, 2)]
    for before, after in zip(members, Chains.stack(members).split(), strict=True):
        assert np.array_equal(before.transitions, after.transitions)
        assert all(map(np.array_equal, before.emissions, after.emissions))


def test_a_mask_leaves_the_paths_through_it() -> None:
    chains = random_chains([3], seed=8)
    mask = SCHEME.mask(["B-A", None, None])
    paths = all_paths(chains.emissions[0], chains.transitions, SCHEME.grammar, mask)
    expected = np.logaddexp.reduce([score for _, score in paths])
    assert np.allclose(Lattice(chains, SCHEME.grammar, [mask]).log_partition, expected)


def test_the_probability_of_a_stretch_is_that_of_all_paths_through_it() -> None:
    chains = random_chains([2, 4], seed=3)
    lattice = Lattice(chains, SCHEME.grammar)
    wanted = tuple(SCHEME.path(1, 3, "B"))
    paths = dict(all_paths(chains.emissions[1], chains.transitions, SCHEME.grammar))
    total = np.logaddexp.reduce(list(paths.values()))
    share = sum(np.exp(score - total) for path, score in paths.items() if path[1:3] == wanted)
    assert np.isclose(lattice.probability(1, 1, wanted), share)


@pytest.mark.parametrize("grammar", [FREE, SCHEME.grammar], ids=["free", "biluo"])
def test_the_best_path_is_the_best_of_all(grammar: Grammar) -> None:
    for seed in range(5):
        chains = random_chains([4], seed=seed)
        paths = dict(all_paths(chains.emissions[0], chains.transitions, grammar))
        best = best_path(chains.emissions[0], chains.transitions, grammar)
        assert tuple(best) == max(paths, key=lambda path: paths[path])


@given(st.lists(st.integers(0, 12), min_size=1, max_size=5), st.integers(0, 99), st.floats(0, 20))
def test_shares_are_shares_for_small_and_large_scores(
    lengths: list[int], seed: int, scale: float
) -> None:
    chains = random_chains(lengths, seed)
    larger = Chains([rows * scale for rows in chains.emissions], chains.transitions)
    for rows, shares in zip(larger.emissions, Lattice(larger, SCHEME.grammar).unary, strict=True):
        assert shares.shape == rows.shape
        assert np.allclose(shares.sum(axis=1), 1)


@given(st.lists(st.integers(0, 12), min_size=1, max_size=5), st.integers(0, 99))
def test_a_chains_neighbours_change_nothing(lengths: list[int], seed: int) -> None:
    chains = random_chains(lengths, seed)
    together = Lattice(chains, SCHEME.grammar).unary
    alone = [
        Lattice(Chains([rows], chains.transitions), SCHEME.grammar).unary[0]
        for rows in chains.emissions
    ]
    assert all(np.allclose(one, other) for one, other in zip(together, alone, strict=True))


def test_the_mean_of_chains_has_their_mean_scores() -> None:
    one, two = random_chains([2], seed=1), random_chains([2], seed=2)
    mean = Chains.mean([one, two])
    assert np.allclose(mean.emissions[0], (one.emissions[0] + two.emissions[0]) / 2)
    assert np.allclose(mean.transitions, (one.transitions + two.transitions) / 2)


def test_no_tokens_have_no_tags() -> None:
    assert len(best_path(np.zeros((0, SIZE)), np.zeros((SIZE, SIZE)), SCHEME.grammar)) == 0
