"""Writes references.json anew: what the transformers library makes of tiny checkpoints.

Each has 2 or 3 layers of 32 numbers, filled by checkpoints.random_tensors, so that only the names
and shapes of its tensors are kept, as ``save_pretrained`` writes them, and the vectors of some word
pieces after each layer. Torch is no part of the project: run it in an environment of its own, with
``pip install torch transformers numpy``, as ``python -m tests.ner_engine.encoder.convert.make_references``.
"""

import json
import struct
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import torch
import transformers

from tests.ner_engine.encoder.convert.checkpoints import (
    IDS,
    PIECES,
    random_tensors,
    write_safetensors,
)

REFERENCES = Path(__file__).parent / "references.json"
_SIZES = {
    "vocab_size": 30,
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 48,
    "max_position_embeddings": 40,
}
_DEBERTA = {
    **_SIZES,
    "relative_attention": True,
    "position_buckets": 8,
    "norm_rel_ebd": "layer_norm",
    "share_att_key": True,
    "pos_att_type": "p2c|c2p",
    "position_biased_input": False,
    "type_vocab_size": 0,
}
_MODERN = {
    **_SIZES,
    "num_hidden_layers": 3,
    "local_attention": 6,
    "global_attn_every_n_layers": 2,
    "pad_token_id": 0,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "cls_token_id": 1,
    "sep_token_id": 2,
}
CONFIGS: dict[str, tuple[str, dict[str, Any]]] = {
    "bert": ("bert", _SIZES),
    "roberta": ("roberta", {**_SIZES, "type_vocab_size": 1}),
    "xlm-roberta": ("xlm-roberta", {**_SIZES, "type_vocab_size": 1, "hidden_act": "gelu_new"}),
    "mpnet": ("mpnet", _SIZES),
    "distilbert": (
        "distilbert",
        {
            "vocab_size": 30,
            "dim": 32,
            "n_layers": 2,
            "n_heads": 4,
            "hidden_dim": 48,
            "max_position_embeddings": 40,
        },
    ),
    "deberta-v3": ("deberta-v2", _DEBERTA),
    "deberta-v2": (
        "deberta-v2",
        {
            **_DEBERTA,
            "position_buckets": -1,
            "share_att_key": False,
            "pos_att_type": ["c2p"],
            "position_biased_input": True,
            "norm_rel_ebd": "none",
            "type_vocab_size": 2,
        },
    ),
    "modernbert": ("modernbert", _MODERN),
}


def _reference(kind: str, values: dict[str, Any]) -> dict[str, Any]:
    config = transformers.AutoConfig.for_model(kind, **values)
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "model.safetensors"
        transformers.AutoModel.from_config(config).save_pretrained(directory)
        shapes = _shapes(path)
        write_safetensors(path, random_tensors(shapes))
        model = transformers.AutoModel.from_pretrained(directory, attn_implementation="eager")
        written = json.loads((Path(directory) / "config.json").read_text())
    model.eval()
    return {"config": written, "shapes": shapes, "layers": _vectors(model)}


def _shapes(path: Path) -> dict[str, list[int]]:
    content = path.read_bytes()
    (length,) = struct.unpack("<Q", content[:8])
    head = json.loads(content[8 : 8 + length])
    return {name: entry["shape"] for name, entry in head.items() if name != "__metadata__"}


def _vectors(model: Any) -> list[list[list[float]]]:
    """By layer and piece; where norms come before layers, the last one's is applied to each."""
    ends: list[Any] = []
    layers = next(module for module in model.modules() if isinstance(module, torch.nn.ModuleList))
    for layer in layers:
        layer.register_forward_hook(
            lambda _module, _inputs, output: ends.append(
                output[0] if isinstance(output, tuple) else output
            )
        )
    last_norm = getattr(model, "final_norm", lambda value: value)
    with torch.no_grad():
        last = model(input_ids=torch.tensor([IDS])).last_hidden_state
        vectors = [last_norm(end)[0].numpy() for end in ends]
    if not np.allclose(vectors[-1], last[0].numpy(), atol=1e-6):
        raise RuntimeError("the last layer's end is not what the model gives")
    return [np.round(layer[PIECES].astype(float), 5).tolist() for layer in vectors]


def main() -> None:
    """Write the file; nothing in it depends on the machine beyond the last digit."""
    references = {name: _reference(*told) for name, told in CONFIGS.items()}
    REFERENCES.write_text(json.dumps(references, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
