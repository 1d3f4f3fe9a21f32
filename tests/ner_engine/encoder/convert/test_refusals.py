"""A checkpoint that cannot be converted is refused with what is missing."""

import struct
from pathlib import Path

import numpy as np
import pytest

from ner_engine.encoder.convert import convert
from ner_engine.errors import CheckpointRefused
from tests.ner_engine.encoder.convert.checkpoints import (
    REFERENCES,
    random_tensors,
    tiny_checkpoint,
    write_checkpoint,
)

MPNET = {
    "model_type": "mpnet",
    "hidden_size": 32,
    "num_attention_heads": 2,
    "num_hidden_layers": 2,
    "max_position_embeddings": 34,
}


def refusal(folder: Path, *, layers: int | None = None) -> str:
    with pytest.raises(CheckpointRefused) as caught:
        convert(folder, folder.parent / "made", layers=layers)
    assert not (folder.parent / "made").exists()
    return str(caught.value)


@pytest.mark.parametrize("file", ["config.json", "model.safetensors", "tokenizer.json"])
def test_a_file_that_is_not_there_is_named(tmp_path: Path, file: str) -> None:
    folder = write_checkpoint(tmp_path / "checkpoint", MPNET, {})
    (folder / file).unlink()
    assert f"it has no {file}" in refusal(folder)


def test_a_kind_that_is_not_known_is_named_beside_those_that_are(tmp_path: Path) -> None:
    folder = write_checkpoint(tmp_path / "checkpoint", {"model_type": "gpt2"}, {})
    said = refusal(folder)
    assert "model_type gpt2" in said
    assert "mpnet" in said


def test_a_tensor_that_is_not_there_is_named(tmp_path: Path) -> None:
    folder = write_checkpoint(tmp_path / "checkpoint", MPNET, {})
    assert "no tensor embeddings.word_embeddings.weight" in refusal(folder)


def test_a_number_of_the_config_that_is_not_there_is_named(tmp_path: Path) -> None:
    tensors = {"embeddings.word_embeddings.weight": np.zeros((4, 32), np.float32)}
    folder = write_checkpoint(tmp_path / "checkpoint", {"model_type": "mpnet"}, tensors)
    assert "no max_position_embeddings" in refusal(folder)


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04", struct.pack("<Q", 2**40) + b"{}", struct.pack("<Q", 2) + b"[]"]
)
def test_what_is_not_a_safetensors_file_is_called_so(tmp_path: Path, content: bytes) -> None:
    folder = write_checkpoint(tmp_path / "checkpoint", MPNET, {})
    (folder / "model.safetensors").write_bytes(content)
    assert "model.safetensors is not a safetensors file" in refusal(folder)


def test_a_file_that_ends_too_early_is_called_so(tmp_path: Path) -> None:
    path = tiny_checkpoint(tmp_path, "mpnet") / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-20_000])
    assert "cut off" in refusal(path.parent)


@pytest.mark.parametrize("part", ["weight", "bias"])
def test_numbers_that_are_none_are_not_converted(tmp_path: Path, part: str) -> None:
    tensors = random_tensors(REFERENCES["bert"]["shapes"])
    tensors[f"encoder.layer.0.output.dense.{part}"][3] = np.nan
    folder = write_checkpoint(tmp_path / "checkpoint", REFERENCES["bert"]["config"], tensors)
    assert "not finite" in refusal(folder)


def test_sizes_that_do_not_fit_the_config_are_told(tmp_path: Path) -> None:
    tensors = random_tensors(REFERENCES["bert"]["shapes"])
    config = {**REFERENCES["bert"]["config"], "num_attention_heads": 5}
    folder = write_checkpoint(tmp_path / "checkpoint", config, tensors)
    assert "does not fit its config.json" in refusal(folder)


def test_a_tokenizer_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    folder = write_checkpoint(tmp_path / "checkpoint", MPNET, {})
    (folder / "tokenizer.json").write_text("{}")
    assert "its tokenizer.json cannot be read" in refusal(folder)
