"""An ONNX file's graph, read and cut to what some layers need, without the onnx package."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ner_engine.encoder.layer_ends import Graph, Node, find_ends
from ner_engine.encoder.protobuf import field, fields, members, opening
from ner_engine.errors import EncoderUnreadable

# Field numbers in onnx.proto: ModelProto, GraphProto, NodeProto, AttributeProto, TensorProto.
_GRAPH = 7
_NODE, _INITIALIZER, _OUTPUT = 1, 5, 12
_NODE_INPUT, _NODE_OUTPUT, _NODE_KIND, _NODE_ATTRIBUTE, _VALUE_NAME = 1, 2, 4, 5, 1
_ATTRIBUTE_GRAPHS = {6, 11}
_TENSOR_NAME, _TENSOR_ELSEWHERE = 8, 13


@dataclass(frozen=True, slots=True)
class _Read:
    """A graph beside what only cutting it needs: ``nested`` has operators with graphs inside."""

    graph: Graph
    nested: bool


#: A file in parts, to be written one after the other; most are views of what they were cut from.
Parts = list[bytes | memoryview]


def expose_layers(model: bytes, layers: Sequence[int]) -> tuple[Parts, list[str]]:
    """An ONNX graph with the ends of some layers as its outputs, in parts, and their names.

    A graph of ours names the end of layer k ``layer_k``; in others it is found. What no output
    depends on is left out: onnxruntime would run it, and keep its weights, all the same. Raises
    EncoderUnreadable.
    """
    try:
        read = _read(memoryview(model))
    except (IndexError, ValueError) as error:
        raise EncoderUnreadable(reason="it is not an ONNX file") from error
    names = find_ends(read.graph, layers)
    parts: Parts = []
    for number, whole, content in fields(memoryview(model)):
        parts += _cut(content, read, names) if number == _GRAPH else [whole]
    return parts, list(names)


def _read(model: memoryview) -> _Read:
    """Raises IndexError, ValueError, EncoderUnreadable."""
    content = next(members(model, _GRAPH), None)
    if content is None:
        raise ValueError(model)
    nodes, parameters, outputs, nested = [], set(), [], False
    for number, _, part in fields(content):
        if number == _NODE:
            nodes.append(_node(part))
            nested = nested or _has_graphs(part)
        elif number == _INITIALIZER:
            parameters.add(_parameter(part))
        elif number == _OUTPUT:
            outputs.append(_text(part, _VALUE_NAME))
    return _Read(Graph(tuple(nodes), frozenset(parameters), tuple(outputs)), nested)


def _node(node: memoryview) -> Node:
    parts: dict[int, list[str]] = {_NODE_INPUT: [], _NODE_OUTPUT: [], _NODE_KIND: []}
    for number, _, content in fields(node):
        if number in parts:
            parts[number].append(bytes(content).decode())
    kind = parts[_NODE_KIND][0] if parts[_NODE_KIND] else ""
    return Node(kind, tuple(parts[_NODE_INPUT]), tuple(parts[_NODE_OUTPUT]))


def _has_graphs(node: memoryview) -> bool:
    return any(
        number in _ATTRIBUTE_GRAPHS
        for attribute in members(node, _NODE_ATTRIBUTE)
        for number, _, _ in fields(attribute)
    )


def _parameter(tensor: memoryview) -> str:
    """A weight's name; raises EncoderUnreadable where it is not in the file."""
    elsewhere = next(members(tensor, _TENSOR_ELSEWHERE), None)
    if elsewhere is not None:
        file = next((bytes(part).decode() for part in members(elsewhere, 2)), "another file")
        raise EncoderUnreadable(
            reason=f"its weights are in {file}; export it with all of them in model.onnx"
        )
    return _text(tensor, _TENSOR_NAME)


def _text(message: memoryview, number: int) -> str:
    return next((bytes(content).decode() for content in members(message, number)), "")


def _cut(content: memoryview, read: _Read, names: Sequence[str]) -> Parts:
    """The graph with some values as its only outputs, and without what they do not depend on, in parts."""
    needed, places = _needed(read.graph, names)
    if read.nested:  # what graphs inside use is not told outside
        needed, places = needed | read.graph.parameters, set(range(max(places) + 1))
    kept: Parts = list(_kept(content, needed, places))
    kept += [field(_OUTPUT, field(_VALUE_NAME, name.encode())) for name in names]
    return [opening(_GRAPH, sum(map(len, kept))), *kept]


def _needed(graph: Graph, names: Sequence[str]) -> tuple[set[str], set[int]]:
    """The values that some depend on, these among them, and the places of what gives them."""
    needed, places = set(names), set()
    for place in range(len(graph.nodes) - 1, -1, -1):
        node = graph.nodes[place]
        if needed.intersection(node.outputs):
            places.add(place)
            needed.update(node.inputs)
    return needed, places


def _kept(content: memoryview, needed: set[str], places: set[int]) -> Iterator[memoryview]:
    at = -1
    for number, whole, part in fields(content):
        if number == _NODE:
            at += 1
            if at not in places:
                continue
        elif number == _OUTPUT or (
            number == _INITIALIZER and _text(part, _TENSOR_NAME) not in needed
        ):
            continue
        yield whole
