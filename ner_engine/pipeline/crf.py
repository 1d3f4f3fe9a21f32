"""A linear-chain conditional random field (Lafferty, McCallum and Pereira 2001), in numpy.

A chain is one text: a row of emission scores a token, one column a tag. The probability of a path
of tags is proportional to the exponential of its emission and transition scores; a grammar says
which transitions, first and last tags there are at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
Bools = NDArray[np.bool_]
Path = NDArray[np.intp]

#: The least share that keeps a chain alive which no allowed path can explain.
_TINY = 1e-30
#: The score of what the grammar forbids.
_NEVER = -1e9


@dataclass(frozen=True, slots=True)
class Grammar:
    """Which tag may follow which (row, then column), and which may be the first and the last."""

    follows: Bools
    first: Bools
    last: Bools


@dataclass(frozen=True, slots=True)
class Chains:
    """Scores of some texts: emissions of shape (tokens, tags) each, transitions (tags, tags).

    Those of several members at once have one axis more, the first.
    """

    emissions: Sequence[Floats]
    transitions: Floats

    @classmethod
    def mean(cls, members: Sequence["Chains"]) -> "Chains":
        """The chains whose scores are the mean of others' for the same texts."""
        emissions: list[Floats] = [
            np.asarray(np.mean(rows, axis=0, dtype=np.float32))
            for rows in zip(*(member.emissions for member in members), strict=True)
        ]
        return cls(emissions, np.mean([member.transitions for member in members], axis=0))

    @classmethod
    def stack(cls, members: Sequence["Chains"]) -> "Chains":
        """The chains of some members for the same texts, side by side."""
        emissions: list[Floats] = [
            np.stack(rows) for rows in zip(*(member.emissions for member in members), strict=True)
        ]
        return cls(emissions, np.stack([member.transitions for member in members]))

    def split(self) -> list["Chains"]:
        """What was stacked, one member after the other."""
        return [
            Chains([rows[number] for rows in self.emissions], transitions)
            for number, transitions in enumerate(self.transitions)
        ]


class Lattice:
    """All paths through some chains at once: their total, and the share of each part of them.

    ``masks`` narrow a chain down to the tags allowed at each token, of shape (tokens, tags).
    The longest chains come first, so that every step touches those alone that are still going on.
    Where the chains are of several members, so is all that is told of them.
    """

    def __init__(
        self, chains: Chains, grammar: Grammar, masks: Sequence[Bools] | None = None
    ) -> None:
        lengths = np.array([rows.shape[-2] for rows in chains.emissions])
        self._order = np.argsort(-lengths, kind="stable")
        self._places = np.argsort(self._order)
        self._lengths = lengths
        steps, size = int(lengths.max(initial=0)), len(grammar.first)
        self._members = chains.transitions.shape[:-2]
        #: How many chains have a token at each step.
        self._going = (lengths[None] > np.arange(steps)[:, None]).sum(axis=1)
        shape = (steps, *self._members, len(lengths), size)
        self._scores = np.zeros(shape, dtype=chains.transitions.dtype)
        self._peaks = np.zeros((*self._members, len(lengths)))
        self._fill(chains.emissions, grammar, masks)
        self._step = np.exp(chains.transitions) * grammar.follows
        self._forward = np.zeros_like(self._scores)
        self._scale = np.ones(shape[:-1], dtype=self._scores.dtype)
        self._backward = np.ones_like(self._scores)
        self._run_forward()
        self._run_backward()

    def _fill(
        self, emissions: Sequence[Floats], grammar: Grammar, masks: Sequence[Bools] | None
    ) -> None:
        """Scores as factors, each token's highest brought to 1 and its logarithm kept."""
        for column, number in enumerate(self._order):
            rows = emissions[number]
            if not self._lengths[number]:
                continue
            peaks = rows.max(axis=-1, keepdims=True)
            factors = np.exp(rows - peaks)
            if masks is not None:
                factors *= masks[number]
            factors[..., 0, :] *= grammar.first
            factors[..., -1, :] *= grammar.last
            self._scores[: self._lengths[number], ..., column, :] = np.moveaxis(factors, -2, 0)
            self._peaks[..., column] = peaks.sum(axis=(-2, -1))

    def _run_forward(self) -> None:
        for step, going in enumerate(self._going):
            reached = self._scores[step, ..., :going, :]
            if step:
                reached = reached * (self._forward[step - 1, ..., :going, :] @ self._step)
            scale = np.maximum(reached.sum(axis=-1), _TINY)
            self._scale[step, ..., :going] = scale
            self._forward[step, ..., :going, :] = reached / scale[..., None]

    def _run_backward(self) -> None:
        back = np.swapaxes(self._step, -1, -2)
        for step in range(len(self._going) - 2, -1, -1):
            going = self._going[step + 1]
            ahead = (
                self._scores[step + 1, ..., :going, :] * self._backward[step + 1, ..., :going, :]
            )
            ahead /= self._scale[step + 1, ..., :going, None]
            self._backward[step, ..., :going, :] = ahead @ back

    @property
    def log_partition(self) -> Floats:
        """The logarithm of the summed exponentials of all paths' scores, one number a chain."""
        totals = np.log(self._scale).sum(axis=0) + self._peaks
        return np.asarray(totals[..., self._places])

    @property
    def unary(self) -> list[Floats]:
        """The probability of each tag at each token: (tokens, tags) a chain."""
        shares = np.moveaxis(self._forward * self._backward, 0, -2)
        return [
            shares[..., column, :length, :]
            for length, column in zip(self._lengths, self._places, strict=True)
        ]

    @property
    def pairs(self) -> Floats:
        """The expected number of transitions from each tag to each, over all chains."""
        shape = (*self._members, -1, self._scores.shape[-1])
        ahead = self._scores[1:] * self._backward[1:] / self._scale[1:, ..., None]
        before = np.moveaxis(self._forward[:-1], 0, -3).reshape(shape)
        shares = np.swapaxes(before, -1, -2) @ np.moveaxis(ahead, 0, -3).reshape(shape)
        return np.asarray(self._step * shares)

    def probability(self, chain: int, start: int, tags: Sequence[int]) -> float:
        """That a chain of one member has just these tags from token ``start`` on."""
        column = int(self._places[chain])
        share = float(self._forward[start, column, tags[0]])
        for step, (before, tag) in enumerate(pairwise(tags), start=start + 1):
            factor = self._step[before, tag] * self._scores[step, column, tag]
            share *= float(factor / self._scale[step, column])
        return share * float(self._backward[start + len(tags) - 1, column, tags[-1]])


def best_path(emissions: Floats, transitions: Floats, grammar: Grammar) -> Path:
    """The most probable path of one chain (Viterbi 1967); empty for a chain without tokens."""
    if not len(emissions):
        return np.zeros(0, dtype=np.intp)
    steps = np.where(grammar.follows, transitions, _NEVER)
    reached = np.where(grammar.first, emissions[0], _NEVER)
    best = np.zeros(emissions.shape, dtype=np.intp)
    for number, rows in enumerate(emissions[1:], start=1):
        ways = reached[:, None] + steps
        best[number] = ways.argmax(axis=0)
        reached = ways.max(axis=0) + rows
    path = np.zeros(len(emissions), dtype=np.intp)
    path[-1] = int(np.where(grammar.last, reached, _NEVER).argmax())
    for number in range(len(path) - 1, 0, -1):
        path[number - 1] = best[number, path[number]]
    return path
