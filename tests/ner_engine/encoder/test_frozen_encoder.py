import errno
import shutil
from pathlib import Path

import numpy as np
import pytest

from ner_engine.encoder.encoded_text import EncodedText
from ner_engine.encoder.files import read_encoder
from ner_engine.encoder.frozen_encoder import (
    OVERLAP,
    RECENT_BYTES,
    FrozenEncoder,
    open_encoder,
)
from ner_engine.encoder.graph import expose_layers
from ner_engine.encoder.halves import Halves
from ner_engine.encoder.vector_store import VectorStore
from ner_engine.encoder.word_shapes import word_shapes
from ner_engine.errors import EncoderChanged, EncoderMissing, EncoderUnreadable
from ner_engine.recipes import Features, Pooling


@pytest.fixture(scope="module")
def encoder() -> FrozenEncoder:
    return open_encoder(None, Features((4, 6)))


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


@pytest.mark.parametrize(("layer", "columns"), [(4, slice(384)), (6, slice(384, None))])
def test_a_layer_is_the_same_whether_or_not_later_ones_run(
    encoder: FrozenEncoder, layer: int, columns: slice
) -> None:
    alone = open_encoder(None, Features((layer,))).encode(words("chest pain"))
    assert np.array_equal(encoder.encode(words("chest pain"))[:, columns], alone)


def test_what_comes_after_the_last_layer_wanted_is_left_out() -> None:
    model = read_encoder().model
    graphs = [b"".join(expose_layers(model, [layer])[0]) for layer in (1, 6)]
    assert [graph.count(b"LayerNormalization") for graph in graphs] == [3, 13]
    assert len(graphs[0]) < len(graphs[1]) * 2 / 3


@pytest.mark.parametrize("pooling", ["first", "last", "mean"])
def test_a_token_of_several_pieces_is_pooled_as_the_features_say(pooling: Pooling) -> None:
    encoder = open_encoder(None, Features((4,), (pooling,)))
    text = "hyperthyroidism"
    # Tokens as small as letters are one piece each, so that every piece shows.
    letters = EncodedText(text, tuple((at, at + 1) for at in range(len(text))))
    pieces = encoder.encode(letters).astype(np.float32)
    pieces = pieces[np.flatnonzero(np.append(True, np.abs(np.diff(pieces, axis=0)).any(axis=1)))]
    assert len(pieces) > 2
    wanted = {"first": pieces[0], "last": pieces[-1], "mean": pieces.mean(axis=0)}[pooling]
    assert np.allclose(encoder.encode(words(text))[0], wanted, atol=1e-3)


def test_poolings_stand_side_by_side(encoder: FrozenEncoder) -> None:
    both = open_encoder(None, Features((4,), ("first", "last"))).encode(words("chest pain"))
    assert np.array_equal(both[:, :384], encoder.encode(words("chest pain"))[:, :384])
    assert both.shape == (2, 768)


def test_normalized_vectors_have_one_length_each() -> None:
    features = Features((2, 4), ("first", "mean"), normalize=True)
    vectors = open_encoder(None, features).encode(words("Severe hyperthyroidism was found"))
    lengths = np.linalg.norm(vectors.reshape(4, 4, 384).astype(np.float32), axis=2)
    assert np.allclose(lengths, np.sqrt(384) / 2, rtol=1e-3)


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
    first_window = encoder.encode(words("pain " * (256 - 2)))
    unshared = 256 - 2 - OVERLAP
    assert np.array_equal(vectors[:unshared], first_window[:unshared])


def test_remembered_vectors_are_not_computed_again(encoder: FrozenEncoder) -> None:
    text = words("to be remembered")
    assert encoder.halves(text, remember=True) is encoder.halves(text)


def test_vectors_are_the_same_from_the_store_as_computed(tmp_path: Path) -> None:
    text, features = words("to be stored"), Features((2,), ("mean",), shapes=True)
    one, two = (FrozenEncoder(read_encoder(), features) for _ in range(2))
    one.store = two.store = VectorStore(tmp_path)
    computed = one.encode(text, remember=True)
    del two._session  # whatever it says, it can compute nothing
    assert np.array_equal(two.encode(text, remember=True), computed)


def test_vectors_in_the_store_of_another_encoder_are_not_taken(tmp_path: Path) -> None:
    text = words("to be stored")
    one, two = (FrozenEncoder(read_encoder(), Features((layer,))) for layer in (1, 2))
    one.store = two.store = VectorStore(tmp_path)
    assert not np.array_equal(one.encode(text, remember=True), two.encode(text, remember=True))


def test_shapes_stand_beside_the_vectors() -> None:
    bare = open_encoder(None, Features((4,))).encode(words("PD is severe"))
    both = open_encoder(None, Features((4,), shapes=True)).encode(words("PD is severe"))
    assert np.array_equal(both[:, : bare.shape[1]], bare)
    assert np.array_equal(both[:, bare.shape[1] :], word_shapes(["PD", "is", "severe"]))


def test_the_oldest_vectors_are_forgotten_beyond_the_limit(
    encoder: FrozenEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ner_engine.encoder.frozen_encoder.CACHE_BYTES", 10 * 768 * 2)
    encoder.forget()
    first = encoder.halves(words("a b c d e f"), remember=True)
    encoder.encode(words("g h i j k l"), remember=True)
    assert encoder.halves(words("a b c d e f")) is not first


def test_vectors_that_memory_has_no_room_for_are_read_back_and_not_computed_again(
    encoder: FrozenEncoder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("ner_engine.encoder.frozen_encoder.CACHE_BYTES", 1)
    encoder.forget()
    monkeypatch.setattr(encoder, "store", VectorStore(tmp_path / "vectors"))
    texts = [words(f"a b {letter}") for letter in "cdef"]
    computed = [encoder.encode(text, remember=True) for text in texts]
    monkeypatch.setattr(encoder, "_pool", None)
    shutil.rmtree(tmp_path / "vectors")
    for _ in range(2):
        again = [encoder.encode(text, remember=True) for text in texts]
        assert all(map(np.array_equal, again, computed))
    encoder.forget()


def test_a_disk_without_room_costs_time_and_no_training(
    encoder: FrozenEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ner_engine.encoder.frozen_encoder.CACHE_BYTES", 1)
    monkeypatch.setattr("os.pwrite", full_disk)
    encoder.forget()
    texts = [words("a b c"), words("d e f")]
    computed = [encoder.encode(text, remember=True) for text in texts]
    assert all(map(np.array_equal, [encoder.encode(text) for text in texts], computed))
    encoder.forget()


def full_disk(*_: object) -> int:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_another_encoder_is_a_directory_with_two_files(
    encoder: FrozenEncoder, tmp_path: Path
) -> None:
    files = read_encoder()
    (tmp_path / "model.onnx").write_bytes(files.model)
    (tmp_path / "tokenizer.json").write_bytes(files.tokenizer)
    other = open_encoder(str(tmp_path), Features((4,)))
    assert other.sha256 == encoder.sha256
    assert other.name == tmp_path.name


def test_a_missing_encoder_is_named(tmp_path: Path) -> None:
    with pytest.raises(EncoderMissing, match=r"model\.onnx"):
        open_encoder(str(tmp_path), Features((4,)))


@pytest.mark.parametrize("model", [b"", b"no onnx at all", b"\x3a\xff\xff"])
def test_a_file_that_is_no_encoder_is_refused(model: bytes) -> None:
    with pytest.raises(EncoderUnreadable):
        expose_layers(model, [4, 6])


def test_a_model_that_changed_after_its_hash_was_taken_is_not_used(tmp_path: Path) -> None:
    packaged = read_encoder()
    (tmp_path / "model.onnx").write_bytes(packaged.model)
    (tmp_path / "tokenizer.json").write_bytes(packaged.tokenizer)
    files = read_encoder(str(tmp_path))
    (tmp_path / "model.onnx").write_bytes(packaged.model + b" ")
    with pytest.raises(EncoderChanged):
        FrozenEncoder(files, Features((5,)))


class Counted:
    """A session that counts how often it runs."""

    def __init__(self, encoder: FrozenEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
        self.runs = 0
        compute = encoder._compute

        def counted(wanted: EncodedText) -> Halves:
            self.runs += 1
            return compute(wanted)

        monkeypatch.setattr(encoder, "_compute", counted)


def test_a_text_that_is_asked_again_is_not_computed_again(
    encoder: FrozenEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder.forget()
    counted = Counted(encoder, monkeypatch)
    first, again = (encoder.halves(words("asked for twice")) for _ in range(2))
    assert counted.runs == 1
    assert np.array_equal(first, again)
    encoder.halves(EncodedText("asked for twice", ((0, 5),)))  # other words are another text
    assert counted.runs == 2
    encoder.forget()
    encoder.halves(words("asked for twice"))
    assert counted.runs == 3


def test_what_was_asked_last_takes_no_more_than_its_bytes_and_names_no_text(
    encoder: FrozenEncoder,
) -> None:
    encoder.forget()
    for number in range(100):
        encoder.halves(words(f"sentence number {number} " + "word " * 30))
    assert 0 < encoder._recent.currsize <= RECENT_BYTES
    assert len(encoder._recent) < 100
    assert {len(name) for name in encoder._recent} == {16}
    encoder.forget()
