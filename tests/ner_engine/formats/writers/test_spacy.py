"""What is written for spaCy is what spaCy reads and trains on."""

from pathlib import Path

import spacy
from spacy.tokens import DocBin
from spacy.training.initialize import init_nlp
from spacy.util import load_config

from ner_engine.annotation import Span
from ner_engine.formats.writers.registry import WRITTEN
from ner_engine.formats.writers.values import OutText, WriteOptions

TEXTS = ("Ada  Lovelace lives in New York.", " Two blanks\u00a0and\ttabs ", "Nothing here.")


def write(folder: Path, count: int = 1) -> None:
    writer = WRITTEN["spacy"].open(folder, WriteOptions(dev_share=0.5))
    nlp = spacy.blank("en")
    for n in range(count):
        for text in TEXTS:
            named = f"{text.strip()} {n}" if count > 1 else text
            tokens = tuple((t.idx, t.idx + len(t)) for t in nlp(named) if not t.is_space)
            spans = (Span(0, 13, "PER"), Span(23, 31, "LOC")) if "Ada" in named else ()
            writer.write(OutText(named, tokens, spans, n))
    writer.close()


def test_spacy_reads_the_same_texts_and_entities(tmp_path: Path) -> None:
    write(tmp_path / "out")
    nlp = spacy.blank("en")
    docs = [
        doc
        for part in ("train", "dev")
        for doc in DocBin()
        .from_disk(tmp_path / "out" / "corpus" / f"{part}.spacy")
        .get_docs(nlp.vocab)
    ]
    assert sorted(doc.text for doc in docs) == sorted(TEXTS)
    found = {doc.text: [(e.start_char, e.end_char, e.label_) for e in doc.ents] for doc in docs}
    assert found[TEXTS[0]] == [(0, 13, "PER"), (23, 31, "LOC")]
    assert all(token.ent_iob_ != "" for doc in docs for token in doc)


def test_the_configuration_begins_a_training_as_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    write(folder, 10)
    paths = {f"paths.{part}": str(folder / "corpus" / f"{part}.spacy") for part in ("train", "dev")}
    nlp = init_nlp(load_config(folder / "config.cfg", overrides=paths))
    assert nlp.pipe_labels["ner"] == ["LOC", "PER"]
