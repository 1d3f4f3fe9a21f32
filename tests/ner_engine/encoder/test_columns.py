import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
import spacy

from ner_engine import TrainingSettings
from ner_engine.encoder import columns as package
from ner_engine.encoder.card import CARD
from ner_engine.encoder.columns import ColumnsCard, TeachingCorpus, find_columns, open_columns
from ner_engine.encoder.encoded_text import EncodedText
from ner_engine.encoder.files import DEFAULT_SHA256, card_of, read_encoder
from ner_engine.encoder.frozen_encoder import FrozenEncoder, encoder_for, open_encoder
from ner_engine.encoder.installed import MODEL, TOKENIZER
from ner_engine.encoder.vector_store import VectorStore
from ner_engine.errors import ColumnsMissing, EncoderChanged
from ner_engine.model_files.manifest import ModelFacts
from ner_engine.packaging import ModelStory
from ner_engine.packaging.model_card import model_card
from ner_engine.pipeline.pipeline import Pipeline
from ner_engine.recipes import Features
from ner_engine.training.loop import train_model
from ner_engine.training.run import _encoder
from tests.ner_engine.data import make_gold

#: Columns of the packaged encoder's vectors, for these tests alone.
WIDTH = 5
FEATURES = Features((4,), ("first", "last", "mean"), normalize=True, shapes=True)
OWN = 3 * 384 + 12
CORPUS = TeachingCorpus("Ward notes", "CC-BY 4.0", "someone/notes", 10, "0" * 64)
ALLOWED = {"CC-BY 3.0", "CC-BY 4.0", "CC0", "MIT", "Apache-2.0"}
MEASURED_ON = ("bc5cdr", "ncbi", "wnut-17", "wnut17", "sec", "twitter", "btc")

TEXT = "Severe chest pain"
WANTED = EncodedText(TEXT, ((0, 6), (7, 12), (13, 17)))
PACKAGED = sorted(Path(package.__file__).parent.glob("*.json"))


def write_columns(folder: Path, *, name: str = "tiny-1", seed: int = 0) -> ColumnsCard:
    draw = np.random.default_rng(seed)
    path = folder / f"{name}.npz"
    weights = (draw.standard_normal((OWN, 3 * WIDTH)) / 20).astype(np.float16)
    np.savez(path, weights=weights, bias=np.zeros(WIDTH, np.float16), height=np.float16(1))
    card = ColumnsCard(
        name=name,
        file=path.name,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        encoders=("another conversion", DEFAULT_SHA256),
        layer=4,
        pooling=FEATURES.pooling,
        corpora=(CORPUS,),
    )
    (folder / f"{name}.json").write_text(json.dumps(asdict(card)))
    forget()
    return card


def forget() -> None:
    package._cards.cache_clear()
    open_columns.cache_clear()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where columns are looked for."""
    place = tmp_path / "columns"
    place.mkdir()
    monkeypatch.setattr(package, "FOLDER", place)
    forget()
    yield place
    forget()


def install_packaged(place: Path) -> str:
    """The packaged encoder as an installed one, whose card says its hash."""
    files = read_encoder()
    place.mkdir()
    (place / MODEL).symlink_to(files.place)
    (place / TOKENIZER).write_bytes(files.tokenizer)
    told = asdict(replace(card_of(), sha256=files.sha256))
    (place / CARD).write_text(json.dumps(told))
    return str(place)


@pytest.fixture
def encoder_dir(tmp_path: Path) -> str:
    return install_packaged(tmp_path / "installed")


def with_columns(encoder_dir: str) -> FrozenEncoder:
    encoder = encoder_for(TrainingSettings(encoder_dir=encoder_dir))
    assert encoder is not None
    return encoder


def plain() -> FrozenEncoder:
    return open_encoder(None, FEATURES)


def settings(encoder_dir: str) -> TrainingSettings:
    return TrainingSettings(encoder_dir=encoder_dir, steps=40)


def doubts(pipeline: Pipeline) -> list[float]:
    """What depends on every number a model computes."""
    texts = [annotated.text for annotated in make_gold(3)]
    return [found.uncertainty for found in pipeline.read(texts)]


@pytest.mark.parametrize("path", PACKAGED, ids=lambda path: str(path.stem))
def test_packaged_columns_are_those_of_their_card(path: Path) -> None:
    card = ColumnsCard.from_json(json.loads(path.read_bytes()))
    columns = open_columns(card.sha256)
    assert columns.width
    assert (path.parent / card.file).stat().st_size < 3 * 2**20


@pytest.mark.parametrize("path", PACKAGED, ids=lambda path: str(path.stem))
def test_packaged_columns_were_taught_by_corpora_that_allow_it_and_that_nothing_is_measured_on(
    path: Path,
) -> None:
    card = ColumnsCard.from_json(json.loads(path.read_bytes()))
    assert card.corpora
    for corpus in card.corpora:
        assert corpus.licence in ALLOWED
        assert not any(name in corpus.name.casefold().split() for name in MEASURED_ON)


def test_columns_stand_behind_the_vectors_they_were_taught_on(
    folder: Path, encoder_dir: str
) -> None:
    write_columns(folder)
    encoder = with_columns(encoder_dir)
    vectors = encoder.encode(WANTED)[:, : encoder.seen]
    assert vectors.shape == (3, OWN + WIDTH)
    assert np.array_equal(vectors[:, :OWN], plain().encode(WANTED))
    assert np.abs(vectors[:, OWN:]).max() <= 1


def test_a_column_sees_a_token_and_its_two_neighbours(folder: Path) -> None:
    columns = open_columns(write_columns(folder).sha256)
    rows = np.zeros((5, OWN), np.float16)
    rows[2] = 1
    seen = np.abs(columns.beside(rows)[:, OWN:]).sum(axis=1) > 0
    assert seen.tolist() == [False, True, True, True, False]


def test_no_tokens_have_no_columns(folder: Path, encoder_dir: str) -> None:
    write_columns(folder)
    encoder = with_columns(encoder_dir)
    assert encoder.seen == OWN + WIDTH
    assert encoder.encode(EncodedText("", ())).shape == (0, encoder.width)


def test_other_vectors_of_the_encoder_get_none(folder: Path) -> None:
    write_columns(folder)
    assert find_columns(DEFAULT_SHA256, replace(FEATURES, layers=(6,))) is None
    assert find_columns("1" * 64, FEATURES) is None


def test_columns_are_not_set_beside_vectors_they_were_not_taught_on(folder: Path) -> None:
    card = write_columns(folder)
    with pytest.raises(EncoderChanged):
        open_encoder(None, replace(FEATURES, layers=(6,)), columns=card.sha256)


def test_vectors_are_kept_without_columns_and_serve_encoders_with_and_without(
    folder: Path, encoder_dir: str, tmp_path: Path
) -> None:
    write_columns(folder)
    store = VectorStore(tmp_path / "vectors")
    encoder = with_columns(encoder_dir)
    encoder.store = store
    expected = encoder.encode(WANTED, remember=True)
    encoder.forget()
    kept = store.read(plain().key(WANTED))
    assert kept is not None
    assert kept.shape == (3, OWN)
    assert np.array_equal(encoder.encode(WANTED, remember=True), expected)
    encoder.store = None


def test_a_model_finds_the_same_after_loading_though_newer_columns_have_come(
    folder: Path, encoder_dir: str, tmp_path: Path
) -> None:
    card = write_columns(folder)
    trained = train_model(make_gold(3), settings(encoder_dir))
    trained.nlp.to_disk(tmp_path / "model")
    write_columns(folder, name="tiny-2", seed=1)
    loaded = Pipeline.of(spacy.load(tmp_path / "model"))
    assert doubts(loaded) == pytest.approx(doubts(trained), rel=1e-4, abs=1e-6)
    config = loaded.nlp.config["components"]["ner"]["model"]["tok2vec"]
    assert config["columns"] == card.sha256


def test_a_model_without_columns_stays_without(
    folder: Path, encoder_dir: str, tmp_path: Path
) -> None:
    trained = train_model(make_gold(3), settings(encoder_dir))
    trained.nlp.to_disk(tmp_path / "model")
    write_columns(folder)
    loaded = Pipeline.of(spacy.load(tmp_path / "model"))
    assert doubts(loaded) == pytest.approx(doubts(trained), rel=1e-4, abs=1e-6)
    config = loaded.nlp.config["components"]["ner"]["model"]["tok2vec"]
    assert config["columns"] is None


def test_a_model_whose_columns_are_gone_or_damaged_says_so(folder: Path, encoder_dir: str) -> None:
    card = write_columns(folder)
    (folder / card.file).write_bytes(b"something else")
    with pytest.raises(ColumnsMissing, match=card.sha256):
        open_encoder(encoder_dir, FEATURES, columns=card.sha256)
    with pytest.raises(ColumnsMissing, match="1" * 64):
        open_encoder(encoder_dir, FEATURES, columns="1" * 64)


def test_the_facts_of_a_model_name_its_columns(folder: Path, encoder_dir: str) -> None:
    assert "columns" not in _encoder(settings(encoder_dir))
    card = write_columns(folder)
    assert _encoder(settings(encoder_dir))["columns"] == card.sha256


def test_the_card_of_a_model_names_who_taught_its_columns_and_by_which_licence(
    folder: Path,
) -> None:
    columns = write_columns(folder)
    facts = ModelFacts(
        settings={"preset": "encoder", "seed": 0},
        labels=("SYMPTOM",),
        sentences=10,
        fingerprint="0" * 64,
        scores={},
        canaries=(),
        versions={},
        encoder={"sha256": DEFAULT_SHA256, "columns": columns.sha256},
    )
    told = model_card("en_triage", facts, ModelStory(), card_of())
    assert "Ward notes (CC-BY 4.0)" in told
    assert columns.sha256 in told
