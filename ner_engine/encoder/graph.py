"""An ONNX graph's layers, made readable without the onnx package."""

from collections.abc import Sequence

from ner_engine.encoder.protobuf import field, fields, members
from ner_engine.errors import EncoderUnreadable

_GRAPH, _NODE, _OUTPUT = 7, 1, 12  # field numbers in onnx.proto: ModelProto, then GraphProto
_NODE_OUTPUT, _NODE_KIND, _VALUE_NAME = 2, 4, 1


def expose_layers(model: bytes, layers: Sequence[int]) -> tuple[bytes, list[str]]:
    """An ONNX graph up to the highest of some layers, with these as its outputs, and their names.

    A graph of ours names the end of layer k ``layer_k``. Another BERT-like one has a
    LayerNormalization after the embedding and two in every layer, so that layer k ends in number
    2k. Nodes are sorted, so that what comes after the last one wanted can be left out: onnxruntime
    would run it all the same. Raises EncoderUnreadable.
    """
    try:
        names = _layer_outputs(model, layers)
    except (IndexError, ValueError) as error:
        raise EncoderUnreadable(reason="it is not an ONNX file") from error
    parts = (
        field(_GRAPH, _end_at(content, names)) if number == _GRAPH else bytes(whole)
        for number, whole, content in fields(memoryview(model))
    )
    return b"".join(parts), [name.decode() for name in names]


def _end_at(graph: memoryview, names: Sequence[bytes]) -> bytes:
    """The graph up to the node that gives the last of the values named, these its only outputs."""
    kept: list[bytes | memoryview] = []
    missing = set(names)
    for number, whole, content in fields(graph):
        if number == _OUTPUT or (number == _NODE and not missing):
            continue
        if number == _NODE:
            missing.difference_update(map(bytes, members(content, _NODE_OUTPUT)))
        kept.append(whole)
    kept += [field(_OUTPUT, field(_VALUE_NAME, name)) for name in names]
    return b"".join(kept)


def _layer_outputs(model: bytes, layers: Sequence[int]) -> list[bytes]:
    named = [f"layer_{layer}".encode() for layer in layers]
    if set(named) <= _node_outputs(model):
        return named
    norms = _layer_norm_outputs(model)
    if len(norms) % 2 == 0 or max(layers) * 2 >= len(norms):
        raise EncoderUnreadable(reason=f"it has {len(norms)} layer normalizations")
    return [norms[2 * layer] for layer in layers]


def _node_outputs(model: bytes) -> set[bytes]:
    return {
        bytes(output)
        for graph in members(memoryview(model), _GRAPH)
        for node in members(graph, _NODE)
        for output in members(node, _NODE_OUTPUT)
    }


def _layer_norm_outputs(model: bytes) -> list[bytes]:
    return [
        bytes(next(members(node, _NODE_OUTPUT)))
        for graph in members(memoryview(model), _GRAPH)
        for node in members(graph, _NODE)
        if next(members(node, _NODE_KIND), b"") == b"LayerNormalization"
    ]
