"""A model as ONNX: its graphs and their reader find what the pipeline finds, with nothing of ours beside them."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from spacy.tokens import Doc

from ner_engine import TrainingSettings
from ner_engine.encoder import columns as package
from ner_engine.errors import ModelAbsent, NotPackaged
from ner_engine.packaging import build_onnx, reader
from ner_engine.pipeline.crf import Chains, best_path
from ner_engine.pipeline.pipeline import Pipeline
from tests.ner_engine.conftest import SavedModel
from tests.ner_engine.data import make_gold
from tests.ner_engine.encoder.test_columns import forget, install_packaged, write_columns
from tests.ner_engine.packaging.conftest import STORY

#: Plain ones, what an encoder's tokenizer drops, blanks, other scripts, and one of more than two windows.
TEXTS = (
    *(annotated.text for annotated in make_gold(3)),
    "Fever",
    "  No fever \n since  ASPIRIN-20 was\u200b given\ufeff. ",
    "\u200b \u200b",
    "Tomás 服用了 aspirin 😀 @clinic #42 e.g. (chest pain)",
    " ".join(annotated.text for annotated in make_gold(12)),
)
#: The reader in a Python that has no spaCy and nothing of ours.
_APART = """
import json, sys
for name in ("spacy", "thinc", "ner_engine", "bot"):
    sys.modules[name] = None
from reader import Reader
read = Reader()
print(json.dumps([read.find(text, tokens) for text, tokens in json.load(sys.stdin)]))
"""

Asked = list[tuple[str, list[tuple[int, int]]]]


def ask(folder: Path, asked: Asked) -> Any:
    done = subprocess.run(
        [sys.executable, "-c", _APART],
        input=json.dumps(asked),
        env={"PATH": "/usr/bin:/bin"},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def tokens_of(doc: Doc) -> list[tuple[int, int]]:
    return [(token.idx, token.idx + len(token)) for token in doc]


@pytest.fixture(scope="module")
def folder(encoder_model: SavedModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("onnx") / "out"
    return build_onnx(encoder_model.directory, out, name="triage", version="3.0.0", story=STORY)


def test_its_reader_finds_what_the_pipeline_finds_with_nothing_of_ours(
    folder: Path, encoder_model: SavedModel
) -> None:
    docs = [encoder_model.pipeline.nlp(text) for text in TEXTS]
    found = ask(folder, [(doc.text, tokens_of(doc)) for doc in docs])
    expected = [[[ent.start_char, ent.end_char, ent.label_] for ent in doc.ents] for doc in docs]
    assert found == expected
    assert sum(map(len, expected)) > 30


def check_scores(folder: Path, pipeline: Pipeline) -> None:
    """The mean of the members' scores, but for sums in another order before they are rounded."""
    read = reader.Reader(folder)
    for text in TEXTS:
        doc = pipeline.nlp.make_doc(text)
        (expected,) = Chains.mean(pipeline.recognizer.model.predict([doc])).emissions
        np.testing.assert_allclose(read._scores(text, tokens_of(doc)), expected, atol=2e-3)


def test_its_graphs_give_the_scores_of_the_pipeline(
    folder: Path, encoder_model: SavedModel
) -> None:
    check_scores(folder, encoder_model.pipeline)


@pytest.fixture
def columns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Columns over the packaged encoder."""
    place = tmp_path / "columns"
    place.mkdir()
    monkeypatch.setattr(package, "FOLDER", place)
    write_columns(place)
    yield
    forget()


@pytest.mark.usefixtures("columns")
def test_taught_columns_are_part_of_it_and_word_forms_where_the_model_reads_them(
    tmp_path: Path, encoder_model: SavedModel, folder: Path
) -> None:
    encoder_dir = install_packaged(tmp_path / "installed")
    settings = TrainingSettings(steps=40, encoder_dir=encoder_dir, word_forms=False)
    saved = SavedModel(settings, tmp_path / "model")
    made = build_onnx(saved.directory, tmp_path, name="triage")
    network = saved.pipeline.nlp.config["components"][saved.pipeline.ours]["model"]
    assert network["tok2vec"]["columns"]
    check_scores(made, saved.pipeline)
    assert reader.Reader(made).told.forms == 0
    assert encoder_model.pipeline.recognizer.model.layers[0].get_dim("nO") > 1_164
    assert reader.Reader(folder).told.forms


def test_its_reader_takes_the_best_path_that_the_tags_allow(
    folder: Path, encoder_model: SavedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    recognizer, draw = encoder_model.pipeline.recognizer, np.random.default_rng(0)
    _, *members = recognizer.model.layers
    transitions = np.mean([member.get_param("transitions") for member in members], axis=0)
    read, tags = reader.Reader(folder), len(recognizer.scheme.tags)
    for length in range(1, 60):
        rows = draw.standard_normal((length, tags)).astype(np.float32)
        monkeypatch.setattr(read, "_scores", lambda _text, _tokens, rows=rows: rows)
        found = read.find("", [(place, place + 1) for place in range(length)])
        path = best_path(rows, transitions, recognizer.scheme.grammar)
        assert found == list(recognizer.scheme.entities(path))


def test_where_nobody_says_what_the_words_are_a_text_is_split_by_the_folders_pattern(
    folder: Path,
) -> None:
    found = ask(folder, [("No fever since penicillin was given.", []), ("", []), (" ", [])])
    assert found == [[[3, 8, "SYMPTOM"], [15, 25, "DRUG"]], [], []]


def test_the_reader_is_some_sixty_lines_long(folder: Path) -> None:
    assert len((folder / "reader.py").read_text().splitlines()) < 70


def test_its_card_tells_how_it_is_used_and_whose_the_encoder_is(folder: Path) -> None:
    card = (folder / "README.md").read_text()
    for words in ("# en_triage-3.0.0-onnx", "from reader import Reader", 'spacy.blank("en")'):
        assert words in card
    assert "| SYMPTOM | what a patient complains of |" in card


def test_models_that_cannot_become_onnx_are_refused_in_a_sentence(
    cnn_model: SavedModel, beside_model: SavedModel, tmp_path: Path
) -> None:
    with pytest.raises(NotPackaged, match="only the preset encoder can become ONNX, this is cnn"):
        build_onnx(cnn_model.directory, tmp_path, name="triage")
    with pytest.raises(NotPackaged, match="beside the pipeline en_core_web_sm"):
        build_onnx(beside_model.directory, tmp_path, name="triage")
    with pytest.raises(ModelAbsent):
        build_onnx(tmp_path / "none", tmp_path, name="triage")
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_there_is_kept(folder: Path, encoder_model: SavedModel) -> None:
    before = (folder / "model.json").stat()
    with pytest.raises(NotPackaged, match="exists; choose another folder"):
        build_onnx(encoder_model.directory, folder.parent, name="triage", version="3.0.0")
    assert (folder / "model.json").stat() == before
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]
