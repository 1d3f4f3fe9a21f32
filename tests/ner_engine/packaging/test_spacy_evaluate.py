"""`spacy evaluate` on what we export gives our numbers."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import spacy

from ner_engine import AnnotatedText, Span, evaluate, load_model
from ner_engine.formats.writers.registry import WRITTEN
from ner_engine.formats.writers.values import OutText, WriteOptions
from ner_engine.packaging import Wheels
from tests.ner_engine.data import make_gold


def test_spacy_scores_the_exported_model_on_the_exported_sentences_as_we_do(
    saved: Path, wheels: Wheels, tmp_path: Path
) -> None:
    gold = [*make_gold(6), AnnotatedText("Ada has a rare thing.", (Span(10, 20, "SYMPTOM"),))]
    nlp, writer = spacy.blank("en"), WRITTEN["spacy"].open(tmp_path / "out", WriteOptions())
    for number, each in enumerate(gold):
        tokens = tuple((token.idx, token.idx + len(token)) for token in nlp(each.text))
        writer.write(OutText(each.text, tokens, each.spans, number))
    writer.close()
    with zipfile.ZipFile(wheels.model) as archive:
        archive.extractall(tmp_path / "site")
    (folder,) = (path.parent for path in (tmp_path / "site").glob("*/*/config.cfg"))
    model = load_model(saved)
    for part in ("train", "dev"):
        corpus = tmp_path / "out" / "corpus" / f"{part}.spacy"
        command = ["evaluate", str(folder), str(corpus), "--output", str(tmp_path / "scores.json")]
        subprocess.run([sys.executable, "-m", "spacy", *command], check=True, capture_output=True)
        theirs = json.loads((tmp_path / "scores.json").read_bytes())
        docs = [*spacy.tokens.DocBin().from_disk(corpus).get_docs(nlp.vocab)]
        wanted = [
            [Span(ent.start_char, ent.end_char, ent.label_) for ent in doc.ents] for doc in docs
        ]
        ours = evaluate(wanted, model.predict([doc.text for doc in docs])).overall
        told = (ours.precision, ours.recall, ours.f1)
        assert told == pytest.approx([theirs[f"ents_{name}"] for name in "prf"], abs=1e-9)
        assert docs
