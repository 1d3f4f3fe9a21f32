from pathlib import Path

import numpy as np
import pytest

from ner_engine.encoder import OVERLAP, WINDOW, EncodedText, FrozenEncoder, open_encoder
from ner_engine.encoder_files import expose_layers, read_encoder
from ner_engine.errors import EncoderMissing, EncoderUnreadable


@pytest.fixture(scope="module")
def encoder() -> FrozenEncoder:
    return open_encoder()


def words(text: str) -> EncodedText:
    at, tokens = 0, []
    for word in text.split():
        start = text.index(word, at)
        at = start + len(word)
        tokens.append((start, at))
    return EncodedText(text, tuple(tokens))


def test_every_token_has_a_vector_of_all_layers(encoder: FrozenEncoder) -> None:
    vectors = encoder.encode(words("Severe hyperthyroidism was found"))
    assert vectors.shape == (4, 768)
    assert np.isfinite(vectors).all()
    assert np.abs(vectors).sum(axis=1).min() > 0


def test_the_last_layer_is_what_the_encoder_gives_out_itself(encoder: FrozenEncoder) -> None:
    files = read_encoder()
    last = FrozenEncoder(files, [6]).encode(words("chest pain"))
    assert np.array_equal(encoder.encode(words("chest pain"))[:, 384:], last)


def test_a_token_the_encoder_does_not_know_is_zeros(encoder: FrozenEncoder) -> None:
    vectors = encoder.encode(EncodedText("a \u200b b", ((0, 1), (2, 3), (4, 5))))
    assert not vectors[1].any()
    assert vectors[0].any()


def test_tokens_of_one_word_piece_share_its_vector(encoder: FrozenEncoder) -> None:
    vectors = encoder.encode(EncodedText("pain", ((0, 2), (2, 4))))
    assert np.array_equal(vectors[0], vectors[1])


def test_a_long_text_is_seen_in_overlapping_windows(encoder: FrozenEncoder) -> None:
    vectors = encoder.encode(words("pain " * 400))
    assert len(vectors) == 400
    assert np.abs(vectors).sum(axis=1).min() > 0
    first_window = encoder.encode(words("pain " * (WINDOW - 2)))
    unshared = WINDOW - 2 - OVERLAP
    assert np.array_equal(vectors[:unshared], first_window[:unshared])


def test_remembered_vectors_are_not_computed_again(encoder: FrozenEncoder) -> None:
    text = words("to be remembered")
    assert encoder.encode(text) is not encoder.encode(text)
    assert encoder.encode(text, remember=True) is encoder.encode(text)


def test_the_oldest_vectors_are_forgotten_beyond_the_limit(
    encoder: FrozenEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ner_engine.encoder.CACHE_BYTES", 10 * 768 * 4)
    encoder.forget()
    first = encoder.encode(words("a b c d e f"), remember=True)
    encoder.encode(words("g h i j k l"), remember=True)
    assert encoder.encode(words("a b c d e f")) is not first


def test_another_encoder_is_a_directory_with_two_files(
    encoder: FrozenEncoder, tmp_path: Path
) -> None:
    files = read_encoder()
    (tmp_path / "model.onnx").write_bytes(files.model)
    (tmp_path / "tokenizer.json").write_bytes(files.tokenizer)
    other = open_encoder(str(tmp_path))
    assert other.sha256 == encoder.sha256
    assert other.name == tmp_path.name


def test_a_missing_encoder_is_named(tmp_path: Path) -> None:
    with pytest.raises(EncoderMissing, match=r"model\.onnx"):
        open_encoder(str(tmp_path))


@pytest.mark.parametrize("model", [b"", b"no onnx at all", b"\x3a\xff\xff"])
def test_a_file_that_is_no_encoder_is_refused(model: bytes) -> None:
    with pytest.raises(EncoderUnreadable):
        expose_layers(model, [4, 6])
