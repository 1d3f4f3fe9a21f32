"""Where the layers of an encoder's graph end.

Whoever exported it, a layer has one attention and then norms, so that a layer's end is the last
norm before the next layer's attention. Where norms come after what they follow that is the layer's
own; where they come before what they prepare it is the next layer's first, and so the layer's end
as the next one sees it. Norms are one operator or, as torch and TensorFlow write them out, many.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from ner_engine.errors import EncoderUnreadable

_NORMS = {
    "EmbedLayerNormalization",
    "LayerNormalization",
    "RMSNormalization",
    "SimplifiedLayerNormalization",
    "SkipLayerNormalization",
    "SkipSimplifiedLayerNormalization",
}
_ATTENTIONS = {
    "Attention",
    "BiasSoftmax",
    "GroupQueryAttention",
    "MultiHeadAttention",
    "PackedAttention",
    "PackedMultiHeadAttention",
    "QAttention",
    "QOrderedAttention",
    "Softmax",
}
#: Operators that leave a weight a weight.
_FORWARDING = {"Cast", "DequantizeLinear", "Identity", "Reshape", "Transpose", "Unsqueeze"}
#: What exporters call the vectors after the last layer.
_LAST = ("last_hidden_state", "token_embeddings", "sequence_output", "hidden_states", "output_0")


@dataclass(frozen=True, slots=True)
class Node:
    """An operator: its kind, and the names of what goes in and comes out."""

    kind: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


@dataclass(frozen=True)
class Graph:
    """Operators in an order in which they can run, names of weights, names of outputs."""

    nodes: tuple[Node, ...]
    parameters: frozenset[str]
    outputs: tuple[str, ...]

    @cached_property
    def givers(self) -> dict[str, Node]:
        """By a value's name, what gives it."""
        return {name: node for node in self.nodes for name in node.outputs}

    @cached_property
    def takers(self) -> dict[str, list[Node]]:
        """By a value's name, what takes it."""
        takers: defaultdict[str, list[Node]] = defaultdict(list)
        for node in self.nodes:
            for name in dict.fromkeys(node.inputs):
                takers[name].append(node)
        return takers

    def is_weight(self, name: str) -> bool:
        """Whether a value is the same for all texts."""
        giver = self.givers.get(name)
        if giver is None:
            return name in self.parameters
        return giver.kind == "Constant" or (
            giver.kind in _FORWARDING and all(map(self.is_weight, giver.inputs))
        )

    def given_by(self, name: str, kind: str) -> Node | None:
        """What gives a value, if it is of that kind; changes of type in between do not count."""
        giver = self.givers.get(name)
        while giver and giver.kind == "Cast" and kind != "Cast":
            giver = self.givers.get(giver.inputs[0])
        return giver if giver and giver.kind == kind else None


def find_ends(graph: Graph, layers: Sequence[int]) -> list[str]:
    """The names of the vectors after some layers; 0 is before the first. Raises EncoderUnreadable."""
    named = [f"layer_{layer}" for layer in layers]
    if set(named) <= graph.givers.keys():
        return named
    ends = layer_ends(graph)
    if len(ends) > 1:
        if max(layers) < len(ends):
            return [ends[layer] for layer in layers]
        raise EncoderUnreadable(
            reason=f"it has layers 1 to {len(ends) - 1}, and layer {max(layers)} is wanted: "
            'write {"layer": K} to an encoder.json beside it'
        )
    last = last_output(graph)
    if last and len(layers) == 1:
        return [last]
    raise EncoderUnreadable(
        reason="no attention followed by layer normalizations was found in it, and no output "
        f"named last_hidden_state; its outputs are {', '.join(graph.outputs) or 'none'}"
    )


def last_output(graph: Graph) -> str | None:
    """The output with the vectors after the last layer, by its name; the only one if there is one."""
    known = [name for name in _LAST if name in graph.outputs]
    if known:
        return known[0]
    return graph.outputs[0] if len(graph.outputs) == 1 else None


def layer_ends(graph: Graph) -> list[str]:
    """The embedding's end, then each layer's; empty where no layers are found."""
    groups: list[list[str]] = [[]]
    norms = norm_ends(graph)
    for node in graph.nodes:
        if node.kind in _ATTENTIONS and (groups[-1] or len(groups) == 1):
            groups.append([])
        groups[-1] += [name for name in node.outputs if name in norms]
    first, *between = groups
    if not between or not first:
        return []
    ends = [first[-1], *(group[-1] for group in between[:-1])]
    # After the last layer there may be more, such as what was used to teach the encoder.
    last = between[-1]
    if len(last) > 1:
        ends.append(last[1])
    elif last and (output := last_output(graph)):
        ends.append(output)
    return ends


def norm_ends(graph: Graph) -> set[str]:
    """The names of all normed values, scaled and shifted if that is done."""
    ends = {node.outputs[0] for node in graph.nodes if node.kind in _NORMS}
    for node in graph.nodes:
        if node.kind in {"Sqrt", "Pow"} and _is_spread(graph, node):
            ends.add(_follow(graph, node.outputs[0]))
    return ends


def _is_spread(graph: Graph, node: Node) -> bool:
    """Whether it is the root of a mean and a small number, as in a written-out norm."""
    total = graph.given_by(node.inputs[0], "Add")
    return total is not None and any(graph.given_by(name, "ReduceMean") for name in total.inputs)


def _follow(graph: Graph, value: str) -> str:
    """From the root on to what is normed: divided, then scaled, then shifted."""
    divided = False
    while True:
        takers = graph.takers.get(value, [])
        if not divided and len(takers) > 1:
            return _joined(graph, takers) or value
        if len(takers) != 1:
            return value
        (taker,) = takers
        others = [name for name in taker.inputs if name != value]
        by_weight = all(map(graph.is_weight, others))
        if taker.kind not in {"Div", "Mul", "Reciprocal", "Cast"}:
            shifted = divided and by_weight and taker.kind == "Add"
            return taker.outputs[0] if shifted else value
        if divided and not by_weight:
            return value
        divided = divided or not by_weight
        value = taker.outputs[0]


def _joined(graph: Graph, takers: Sequence[Node]) -> str | None:
    """TensorFlow's order: the scale over the root, times the value and times its mean."""
    products = [taker.outputs[0] for taker in takers if taker.kind == "Mul"]
    for product in products:
        for taker in graph.takers.get(product, []):
            rest = [name for name in taker.inputs if name != product]
            shift = graph.given_by(rest[0], "Sub") if taker.kind == "Add" and rest else None
            if shift and set(products).intersection(shift.inputs):
                return taker.outputs[0]
    return None
