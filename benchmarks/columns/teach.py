"""One hidden layer over frozen vectors, with a head of its own for each corpus, by numpy."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from benchmarks.columns.vectors import Taught

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The numbers of a teaching.

    ``batch`` is sentences, ``balance`` the power of a corpus's size by which it is drawn; one of so many
    sentences is ``held_out``; ``height`` is that of the columns beside the vectors.
    """

    width: int = 160
    epochs: int = 10
    batch: int = 48
    learn_rate: float = 1e-3
    input_dropout: float = 0.3
    dropout: float = 0.3
    balance: float = 0.75
    held_out: int = 20
    seed: int = 0
    height: float = 3.0


@dataclass(slots=True)
class Adam:
    """Adam with decoupled weight decay, for arrays that are changed in place."""

    parameters: list[Floats]
    decay: float = 0.01
    step: int = 0
    means: list[Floats] = field(init=False)
    squares: list[Floats] = field(init=False)

    def __post_init__(self) -> None:
        self.means = [np.zeros_like(one) for one in self.parameters]
        self.squares = [np.zeros_like(one) for one in self.parameters]

    def update(self, gradients: dict[int, Floats], rate: float) -> None:
        """Change the parameters whose gradients are there."""
        self.step += 1
        for number, gradient in gradients.items():
            mean, square = self.means[number], self.squares[number]
            mean += 0.1 * (gradient - mean)
            square += 0.001 * (gradient * gradient - square)
            scale = np.sqrt(1 - 0.999**self.step) / (1 - 0.9**self.step)
            parameter = self.parameters[number]
            parameter *= 1 - rate * self.decay
            parameter -= rate * scale * mean / (np.sqrt(square) + 1e-8)


class Layer:
    """The hidden layer, which sees a token and its two neighbours, and the heads."""

    def __init__(self, width: int, inputs: int, heads: Sequence[int], seed: int) -> None:
        draw = np.random.default_rng(seed)
        bound = np.sqrt(6 / (3 * inputs + width)).astype(np.float32)
        self.width = width
        self.weights: Floats = draw.uniform(-bound, bound, (inputs, 3 * width)).astype(np.float32)
        self.bias: Floats = np.zeros(width, np.float32)
        self.heads: list[Floats] = [
            (draw.standard_normal((width + 1, tags)) * 0.05).astype(np.float32) for tags in heads
        ]

    @property
    def parameters(self) -> list[Floats]:
        """The weights, the bias, and one array a head."""
        return [self.weights, self.bias, *self.heads]

    def hidden(self, rows: Floats, starts: NDArray[np.bool_]) -> Floats:
        """The activations of sentences one after the other; ``starts`` says where one begins."""
        left, middle, right = np.split(rows @ self.weights, 3, axis=1)
        total = middle + self.bias
        total[1:] += np.where(starts[1:, None], 0, left[:-1])
        total[:-1] += np.where(starts[1:, None], 0, right[1:])
        return np.asarray(np.tanh(total), np.float32)

    def hidden_gradient(self, rows: Floats, starts: NDArray[np.bool_], back: Floats) -> Floats:
        """Of the weights, from that of the sums before the activation."""
        left, right = np.zeros_like(back), np.zeros_like(back)
        left[:-1] = np.where(starts[1:, None], 0, back[1:])
        right[1:] = np.where(starts[1:, None], 0, back[:-1])
        return np.asarray(rows.T @ np.concatenate([left, back, right], axis=1), np.float32)


@dataclass(frozen=True, slots=True)
class Taken:
    """A batch: rows, where sentences begin, tags as numbers."""

    rows: Floats
    starts: NDArray[np.bool_]
    tags: NDArray[np.intp]


class Lessons:
    """The sentences by corpus, some held out, in batches."""

    def __init__(self, taught: Taught, held_out: int) -> None:
        self.rows = taught.rows
        names: list[set[str]] = [{"O"} for _ in taught.corpora]
        for (corpus, *_), tags in zip(taught.places, taught.tags, strict=True):
            names[corpus].update(tags)
        self.tag_names = [sorted(some) for some in names]
        self.learned: list[list[tuple[int, int, NDArray[np.intp]]]] = [[] for _ in taught.corpora]
        self.kept: list[list[tuple[int, int, NDArray[np.intp]]]] = [[] for _ in taught.corpora]
        seen = [0] * len(taught.corpora)
        for (corpus, start, end), tags in zip(taught.places, taught.tags, strict=True):
            if end == start:
                continue
            index = {name: place for place, name in enumerate(self.tag_names[corpus])}
            part = self.kept if seen[corpus] % held_out == 0 else self.learned
            seen[corpus] += 1
            part[corpus].append((start, end, np.array([index[tag] for tag in tags])))

    def take(self, some: Sequence[tuple[int, int, NDArray[np.intp]]]) -> Taken:
        """The rows of some sentences."""
        rows = np.concatenate([self.rows[start:end] for start, end, _ in some]).astype(np.float32)
        starts = np.zeros(len(rows), bool)
        starts[np.cumsum([0, *(end - start for start, end, _ in some[:-1])])] = True
        return Taken(rows, starts, np.concatenate([tags for *_, tags in some]))

    def batches(self, plan: Plan, draw: np.random.Generator) -> Iterator[tuple[int, Taken]]:
        """One epoch: as many batches as all sentences make, each of one corpus."""
        sizes = np.array([len(some) for some in self.learned], float)
        shares = sizes**plan.balance / (sizes**plan.balance).sum()
        for corpus in draw.choice(len(sizes), int(sizes.sum() / plan.batch), p=shares):
            some = self.learned[corpus]
            chosen = draw.choice(len(some), min(plan.batch, len(some)), replace=False)
            yield int(corpus), self.take([some[number] for number in chosen])


def _softmax(scores: Floats) -> Floats:
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True), np.float32)


def _with_one(hidden: Floats) -> Floats:
    return np.concatenate([hidden, np.ones((len(hidden), 1), np.float32)], axis=1)


def teach(taught: Taught, plan: Plan) -> Iterator[tuple[int, float, Layer]]:
    """After every epoch its number, the mean loss of the held-out tokens over the corpora, and the layer."""
    lessons, draw = Lessons(taught, plan.held_out), np.random.default_rng(plan.seed)
    layer = Layer(
        plan.width, taught.rows.shape[1], [len(names) for names in lessons.tag_names], plan.seed
    )
    adam = Adam(layer.parameters)
    per_epoch = int(sum(map(len, lessons.learned)) / plan.batch)
    steps = plan.epochs * per_epoch
    for epoch in range(plan.epochs):
        for number, (corpus, taken) in enumerate(lessons.batches(plan, draw)):
            done = (epoch * per_epoch + number) / steps
            rate = plan.learn_rate * min(1.0, 20 * done + 0.02) * (1 - done)
            adam.update(_gradients(layer, corpus, taken, plan, draw), rate)
        yield epoch + 1, held_out_loss(layer, lessons), layer


def _gradients(
    layer: Layer, corpus: int, taken: Taken, plan: Plan, draw: np.random.Generator
) -> dict[int, Floats]:
    # Whole columns of a batch are dropped, which takes one number a column.
    rows = taken.rows * _dropout(draw, (taken.rows.shape[1],), plan.input_dropout)
    hidden = layer.hidden(rows, taken.starts)
    left = _dropout(draw, hidden.shape, plan.dropout)
    seen = _with_one(hidden * left)
    shares = _softmax(seen @ layer.heads[corpus])
    shares[np.arange(len(shares)), taken.tags] -= 1
    shares /= len(shares)
    back = np.asarray((shares @ layer.heads[corpus][:-1].T) * left * (1 - hidden**2), np.float32)
    return {
        0: layer.hidden_gradient(rows, taken.starts, back),
        1: back.sum(axis=0),
        2 + corpus: np.asarray(seen.T @ shares, np.float32),
    }


def _dropout(draw: np.random.Generator, shape: tuple[int, ...], rate: float) -> Floats:
    factors = (draw.random(shape, np.float32) >= rate) / np.float32(1 - rate)
    return np.asarray(factors, np.float32)


def held_out_loss(layer: Layer, lessons: Lessons) -> float:
    """The mean of -log p of the right tags, each corpus counting the same."""
    losses = []
    for head, some in zip(layer.heads, lessons.kept, strict=True):
        taken = lessons.take(some)
        shares = _softmax(_with_one(layer.hidden(taken.rows, taken.starts)) @ head)
        losses.append(-np.log(shares[np.arange(len(shares)), taken.tags] + 1e-9).mean())
    return float(np.mean(losses))
