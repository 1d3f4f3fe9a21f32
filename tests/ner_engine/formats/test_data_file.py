"""What is trained on and scored on: a file of any tool, through the readers of imports."""

import json
from pathlib import Path

import pytest
import spacy

from ner_engine.annotation import AnnotatedText, Span
from ner_engine.errors import FileRefused, InvalidLine
from ner_engine.formats import read_data
from ner_engine.formats.writers.registry import WRITTEN
from ner_engine.formats.writers.values import OutText, WriteOptions
from tests.ner_engine.data import make_gold

GOLD = make_gold(4)
FOLDERS = {"webanno": "*.tsv", "hf": "*.jsonl", "spacy": "corpus/train.spacy"}
FORMS = (
    "jsonl records offsets prodigy doccano label-studio label-studio-min conll hf webanno spacy csv"
)


@pytest.mark.parametrize("name", FORMS.split())
def test_a_file_of_any_tool_gives_the_texts_and_spans_in_it(name: str, tmp_path: Path) -> None:
    form, nlp = WRITTEN[name], spacy.blank("en")
    path = tmp_path / f"out{form.suffix}"
    writer = form.open(path, WriteOptions(dev_share=0.0))
    for number, gold in enumerate(GOLD):
        tokens = tuple((token.idx, token.idx + len(token)) for token in nlp(gold.text))
        writer.write(OutText(gold.text, tokens, gold.spans, number))
    writer.close()
    if name in FOLDERS:
        (path,) = sorted(path.glob(FOLDERS[name]))
    read = read_data(path)
    assert {text.text: text.spans for text in read.texts if text.spans} == {
        gold.text: gold.spans for gold in GOLD if gold.spans
    }
    assert not read.left_out


def test_a_wrong_line_of_ours_is_refused_and_one_of_others_is_left_out(tmp_path: Path) -> None:
    ours = tmp_path / "ours.jsonl"
    line = json.dumps({"text": "He takes aspirin.", "spans": []})
    bad = json.dumps({"text": "So.", "spans": [{"start": 1, "end": 90, "label": "DRUG"}]})
    ours.write_text(f"{line}\n{bad}\n")
    with pytest.raises(InvalidLine, match="Line 2"):
        read_data(ours)
    theirs = tmp_path / "theirs.jsonl"
    theirs.write_text(
        json.dumps({"text": "He takes aspirin.", "label": [[9, 16, "DRUG"]]})
        + "\n"
        + json.dumps({"text": "So.", "label": [[1, 90, "DRUG"]]})
        + "\n"
    )
    read = read_data(theirs)
    assert read.form == "doccano"
    assert read.texts[0] == AnnotatedText("He takes aspirin.", (Span(9, 16, "DRUG"),))
    assert list(read.left_out) == [2]


def test_what_nobody_has_labelled_is_left_out_and_a_span_that_cuts_a_word_stays(
    tmp_path: Path,
) -> None:
    path = tmp_path / "data.jsonl"
    text = "He takes xaspirin."
    cut = {"text": text, "spans": [{"start": 10, "end": 17, "label": "DRUG"}]}
    path.write_text(json.dumps({"text": "Later."}) + "\n" + json.dumps(cut) + "\n")
    read = read_data(path)
    assert read.texts == (AnnotatedText(text, (Span(10, 17, "DRUG"),)),)
    assert (read.lines, read.left_out) == ((2,), {1: "nobody has labelled it"})


def test_a_file_in_no_format_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("")
    with pytest.raises(FileRefused):
        read_data(tmp_path / "empty")
