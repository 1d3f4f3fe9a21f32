# ruff: noqa: E501 - a shape a line is what can be compared
"""Every shape a tool has ever written is known by what is in it, and read to the same text with the same spans."""

import json
from pathlib import Path
from typing import Any

import pytest

from ner_engine.formats.raw.shape import Hints
from ner_engine.formats.raw.values import RawAnnotation, RawSpan, RawText, Remark
from ner_engine.formats.readers.recognition import open_file

TEXT, SPAN = "Ada lives", RawSpan(0, 3, "PER")


def lines(*values: Any) -> str:
    return "".join(json.dumps(value) + "\n" for value in values)


def array(*values: Any) -> str:
    return json.dumps(values, indent=2)


def region(start: int, end: int, words: str, *labels: str, kind: str = "labels") -> dict[str, Any]:
    value = {"start": start, "end": end, "text": words, kind: list(labels)}
    return {"type": kind, "from_name": "l", "to_name": "t", "value": value}


ADA = region(0, 3, "Ada", "PER")
SHAPES = {
    "jsonl": ("jsonl", lines({"text": TEXT, "spans": [{"start": 0, "end": 3, "label": "PER"}]})),
    "jsonl as an array": ("jsonl", array({"text": TEXT, "spans": [{"start": 0, "end": 3, "label": "PER"}]})),
    "floats for numbers": ("jsonl", lines({"text": TEXT, "spans": [{"start": 0.0, "end": 3.0, "label": "PER"}]})),
    "tutorial": ("records", lines({"sentence": TEXT, "entities": [{"label": "PER", "value": "ada"}]})),
    "tutorial array": ("records", array({"sentence": TEXT, "entities": [{"label": "PER", "value": "Ada"}]})),
    "pairs": ("offsets", array([TEXT, {"entities": [[0, 3, "PER"]]}], ["", {"entities": []}])),
    "a pair a line": ("offsets", lines([TEXT, {"entities": [[0, 3, "PER"]]}])),
    "pairs in an object": ("offsets", json.dumps({"classes": ["PER"], "annotations": [[TEXT, {"entities": [[0, 3, "PER"]]}]]})),
    "prodigy": ("prodigy", lines({"text": TEXT, "_input_hash": 1, "answer": "accept", "spans": [{"start": 0, "end": 3, "token_start": 0, "token_end": 0, "label": "PER"}]})),
    "prodigy tokens": ("prodigy", lines({"tokens": [{"text": "Ada", "ws": True}, {"text": "lives", "ws": False}], "_task_hash": 1, "answer": "accept", "spans": [{"start": 0, "end": 3, "label": "PER"}]})),
    "doccano 1.0": ("doccano", lines({"id": 1, "text": TEXT, "labels": [[0, 3, "PER"]], "meta": {}, "annotation_approver": None})),
    "doccano 1.4": ("doccano", lines({"id": 1, "data": TEXT, "label": [[0, 3, "PER"]]})),
    "doccano 1.6": ("doccano", lines({"id": 1, "text": TEXT, "entities": [{"id": 0, "label": "PER", "start_offset": 0, "end_offset": 3}], "relations": [], "Comments": []})),
    "label studio": ("label-studio", array({"id": 1, "data": {"text": TEXT}, "annotations": [{"result": [ADA]}]})),
    "older label studio": ("label-studio", array({"id": 1, "data": {"my_text": TEXT, "url": "x"}, "completions": [{"result": [ADA]}]})),
    "label studio hypertext": ("label-studio", array({"id": 1, "data": {"text": TEXT}, "annotations": [{"result": [{"type": "hypertextlabels", "value": {"start": "/p[1]/text()[1]", "end": "/p[1]/text()[1]", "globalOffsets": {"start": 0, "end": 3}, "text": "Ada", "hypertextlabels": ["PER"]}}]}]})),
    "hypertext without global offsets": ("label-studio", array({"data": {"text": TEXT}, "annotations": [{"result": [{"type": "hypertextlabels", "value": {"start": "/text()[1]", "end": "/text()[1]", "startOffset": 0, "endOffset": 3, "text": "Ada", "hypertextlabels": ["PER"]}}]}]})),
    "older hypertext": ("label-studio", array({"data": {"text": TEXT}, "annotations": [{"result": [{"type": "hypertextlabels", "value": {"globalOffsets": {"start": 0, "end": 3}, "text": "Ada", "htmllabels": ["PER"]}}]}]})),
    "entities with start and end": ("doccano", lines({"text": TEXT, "entities": [{"start": 0, "end": 3, "label": "PER"}]})),
    "labels with start and end": ("doccano", lines({"text": TEXT, "labels": [{"start": 0, "end": 3, "entity_group": "PER"}]})),
    "json-min": ("label-studio-min", array({"text": TEXT, "id": 3, "label": [ADA["value"]], "annotator": None, "annotation_id": 2, "lead_time": 1})),
    "hf rows": ("hf", lines({"tokens": ["Ada", "lives"], "ner_tags": ["B-PER", "O"]})),
    "hf viewer": ("hf", json.dumps({"features": [{"name": "ner_tags", "type": {"feature": {"names": ["O", "B-PER"], "_type": "ClassLabel"}, "_type": "Sequence"}}], "rows": [{"row_idx": 0, "row": {"tokens": ["Ada", "lives"], "ner_tags": [1, 0]}}]})),
    "iob2": ("conll", "Ada B-PER\nlives O\n\n"),
    "iob1": ("conll", "Ada I-PER\nlives O\n\n"),
    "biluo": ("conll", "Ada\tU-PER\nlives\tO\n\n"),
    "no prefixes": ("conll", "Ada PER\nlives O\n\n"),
    "four columns": ("conll", "-DOCSTART- -X- O O\n\nAda NNP I-NP B-PER\nlives VBZ I-VP O\n"),
    "label studio's conll": ("conll", "-DOCSTART- -X- O\nAda -X- _ B-PER\nlives -X- _ O\n"),
    "offset columns": ("conll", "Ada\t0\t3\tB-PER\nlives\t4\t9\tO\n\n"),
    "the tag first": ("conll", "B-PER\tAda\nO\tlives\n\n"),
    "a counter and nested tags": ("conll", "#\thttp://x\n1\tAda\tB-PER\tO\n2\tlives\tO\tO\n\n"),
    "a remark with as many cells as a token": ("conll", "#\thttp://x\t[2010-01-16]\t\n1\tAda\tB-PER\tO\n2\tlives\tO\tO\n\n"),
    "conll-u with who it was": ("conll", "# text = Ada lives\n1\tAda\tB-PER\t-\tann\n2-3\tlives\t_\t-\t-\n2\tlives\tO\t-\t-\n\n"),
    "more tokens with a label than without": ("conll", "".join(f"{word}\t{tag}\n" for word, tag in (("Ada", "PER"), ("lives", "O"))) + "\n" + "Ada\tPER\n\n" * 6),
    "spacy 2's training data": ("spacy-train", array({"id": 0, "paragraphs": [{"raw": TEXT, "sentences": [{"tokens": [{"id": 0, "orth": "Ada", "ner": "U-PER"}, {"id": 1, "orth": "lives", "ner": "O"}]}]}]})),
    "spacy 2's tokens with blanks": ("spacy-train", array({"id": 0, "paragraphs": [{"raw": None, "sentences": [{"tokens": [{"orth": "Ada", "space": " ", "ner": "U-PER"}, {"orth": "lives", "space": "", "ner": "O"}]}]}]})),
    "a doc of spacy": ("spacy-doc", lines({"text": TEXT, "ents": [{"start": 0, "end": 3, "label": "PER"}], "tokens": [{"id": 0, "start": 0, "end": 3}]})),
    "entities of a doc as triples": ("spacy-doc", lines({"text": TEXT, "ents": [[0, 3, "PER"]]})),
    "webanno": ("webanno", "#FORMAT=WebAnno TSV 3.2\n#T_SP=webanno.custom.Pos|PosValue\n#T_SP=de.x.NamedEntity|identifier|value\n\n\n#Text=Ada lives\n1-1\t0-3\tAda\tN\t_\tPER\t\n1-2\t4-9\tlives\tV\t_\t_\t\n"),
    "webanno with a layer of one's own": ("webanno", "#FORMAT=WebAnno TSV 3.3\n#T_SP=webanno.custom.Finding|comment|tag\n\n\n#Text=Ada lives\n1-1\t0-3\tAda\tsure\tPER\t\n1-2\t4-9\tlives\t_\t_\t\n"),
    "webanno with numbers": ("webanno", "#FORMAT=WebAnno TSV 3.3\n#T_SP=de.x.NamedEntity|identifier|value\n\n\n#Text=Ada lives\n1-1\t0-3\tAda\t*[1]\tPER[1]\t\n1-2\t4-9\tlives\t_\t_\t\n"),
    "kaggle's table": ("csv", "Sentence #,Word,POS,Tag\nSentence: 1,Ada,NNP,B-PER\n,lives,VBZ,O\n"),
    "label studio's csv": ("csv", 'text,id,label\nAda lives,1,"[{""start"":0,""end"":3,""text"":""Ada"",""labels"":[""PER""]}]"\n'),
}  # fmt: skip


def read(path: Path, **hints: Any) -> list[RawText | Remark]:
    return list(open_file(path, hints=Hints(**hints)).items())


@pytest.mark.parametrize(("form", "written"), SHAPES.values(), ids=SHAPES)
def test_a_shape_is_recognised_and_read(tmp_path: Path, form: str, written: str) -> None:
    path = tmp_path / "file.data"
    path.write_text(written, encoding="utf-8")
    opened = open_file(path)
    texts = [item for item in opened.items() if isinstance(item, RawText)]
    assert (opened.form, texts[0].text, texts[0].annotations[0].spans) == (form, TEXT, (SPAN,))
    assert texts[0].annotations[0].finished


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]
)
def test_an_encoding_is_recognised(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "file.txt"
    path.write_bytes("Änne hustet – stark\r\nÖzil nicht\r\n".encode(encoding))
    assert [item.text for item in read(path) if isinstance(item, RawText)] == [
        "Änne hustet – stark",
        "Özil nicht",
    ]


def test_a_text_that_nobody_looked_at_is_not_one_without_entities(tmp_path: Path) -> None:
    path = tmp_path / "file.jsonl"
    path.write_text(lines({"text": "a"}, {"text": "b", "spans": []}))
    assert [item.annotations for item in read(path) if isinstance(item, RawText)] == [
        (),
        (RawAnnotation(),),
    ]


@pytest.mark.parametrize(
    "written",
    [
        array([TEXT, {"heads": [1, 1]}]),
        array({"id": 0, "paragraphs": [{"raw": TEXT, "sentences": []}]}),
        array({"paragraphs": [{"raw": TEXT, "sentences": [{"tokens": [{"orth": "Ada"}]}]}]}),
        lines({"text": TEXT, "label": "NEWS", "_input_hash": 1, "answer": "accept"}),
        lines(
            {"text": TEXT, "options": [], "accept": [], "_view_id": "choice", "answer": "accept"}
        ),
    ],
    ids=["a parse", "no tokens", "no tags", "a class", "a choice"],
)
def test_data_of_another_kind_brings_texts_and_no_finding_that_they_are_empty(
    tmp_path: Path, written: str
) -> None:
    path = tmp_path / "file.json"
    path.write_text(written)
    (text,) = read(path)
    assert isinstance(text, RawText)
    assert not text.annotations or not text.annotations[0].finished


def test_a_treebank_without_entities_is_refused_and_not_read_as_one_that_has_none(
    tmp_path: Path,
) -> None:
    path = tmp_path / "file.conll"
    path.write_text("1\tAda\tAda\tPROPN\t_\n2\tlives\tlive\tVERB\t_\n\n")
    (remark,) = read(path)
    assert isinstance(remark, Remark)
    assert remark.refused


def test_json_of_an_unknown_shape_is_not_read_as_lines_of_text(tmp_path: Path) -> None:
    path = tmp_path / "file.txt"
    path.write_text(json.dumps({"label": "PER", "pattern": "Ada"}, indent=1))
    (remark,) = read(path)
    assert isinstance(remark, Remark)
    assert remark.words == "it has no text; it has label, pattern"
    path.write_text("[Ada] lives\n{Bob} too\n")
    assert [item.text for item in read(path) if isinstance(item, RawText)] == [
        "[Ada] lives",
        "{Bob} too",
    ]


def test_offsets_of_utf_16_are_checked_against_the_words_of_the_span(tmp_path: Path) -> None:
    path = tmp_path / "file.json"
    results = [region(3, 6, "Ada", "PER", "X"), region(4, 7, "Bob", "PER")]
    path.write_text(
        array({"id": 1, "data": {"text": "😀 Ada"}, "annotations": [{"result": results}]})
    )
    remark, text = read(path)
    assert isinstance(text, RawText)
    assert text.annotations == (
        RawAnnotation((RawSpan(2, 5, "PER"), RawSpan(2, 5, "X")), finished=False),
    )
    assert isinstance(remark, Remark)
    assert remark.kind == "span that is not its text"


def test_cancelled_annotations_are_left_out_and_predictions_are_suggestions(tmp_path: Path) -> None:
    path = tmp_path / "file.json"
    task = {"id": 1, "data": {"text": TEXT}, "annotations": [{"was_cancelled": True, "result": [ADA]}], "predictions": [{"model_version": "m1", "result": [ADA]}]}  # fmt: skip
    path.write_text(array(task))
    text = read(path)[1]
    assert isinstance(text, RawText)
    assert (text.annotations, text.suggestions) == ((), (RawAnnotation((SPAN,), "m1"),))


def test_answers_of_prodigy_that_are_not_accepted_bring_no_labels(tmp_path: Path) -> None:
    path = tmp_path / "file.jsonl"
    spans = [{"start": 0, "end": 3, "label": "PER"}]
    path.write_text(
        lines(
            *({"text": TEXT, "spans": spans, "answer": answer} for answer in ("reject", "ignore"))
        )
    )
    assert [item.annotations for item in read(path) if isinstance(item, RawText)] == [(), ()]


def test_numbers_of_older_doccano_are_named_by_its_label_file(tmp_path: Path) -> None:
    path = tmp_path / "file.jsonl"
    path.write_text(
        lines(
            {
                "id": 1,
                "text": TEXT,
                "annotations": [{"label": 7, "start_offset": 0, "end_offset": 3, "user": 2}],
            }
        )
    )
    (tmp_path / "label_config.json").write_text(
        json.dumps([{"id": 7, "text": "PER", "prefix_key": None, "suffix_key": "p"}])
    )
    assert read(path) == [RawText(TEXT, 1, (RawAnnotation((SPAN,), "2"),), meta={"id": 1})]


def test_a_label_without_a_name_leaves_its_text_unfinished(tmp_path: Path) -> None:
    path = tmp_path / "file.jsonl"
    path.write_text(
        lines(
            {
                "id": 1,
                "text": TEXT,
                "annotations": [{"label": 7, "start_offset": 0, "end_offset": 3, "user": 2}],
            }
        )
    )
    text = read(path)[1]
    assert isinstance(text, RawText)
    assert [said.finished for said in text.annotations] == [False]


def test_standoff_is_read_with_the_text_beside_it(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_bytes("😀 Ada\r\nlives with Bob Ray.\r\n".encode())
    spans = "T1\tPER 2 5\tAda\nT2\tPER 18 21;22 25\tBob Ray\nR1\tKnows Arg1:T1 Arg2:T2\nT3\tPER 2 5;18 21\tAda Bob\n"
    (tmp_path / "note.ann").write_text(spans)
    found = read(tmp_path / "note.ann")
    text = found[-1]
    assert isinstance(text, RawText)
    assert [text.text[s.start : s.end] for s in text.annotations[0].spans] == ["Ada", "Bob Ray"]
    assert {item.kind for item in found if isinstance(item, Remark)} == {
        "relation",
        "discontinuous span",
    }


def test_characters_a_row_are_words_again(tmp_path: Path) -> None:
    path = tmp_path / "file.conll"
    path.write_text(
        "".join(
            f"{c} {t}\n"
            for c, t in zip("我在北京工作", ("O", "O", "B-LOC", "I-LOC", "O", "O"), strict=True)
        )
    )
    text = read(path)[0]
    assert isinstance(text, RawText)
    assert (text.text, text.annotations[0].spans) == ("我在北京工作", (RawSpan(2, 4, "LOC"),))


def test_webanno_counts_in_utf_16_and_has_several_values_a_token(tmp_path: Path) -> None:
    path = tmp_path / "doc.tsv"
    path.write_text(
        "#FORMAT=WebAnno TSV 3.3\n#T_SP=x.NamedEntity|identifier|value\n\n\n"
        "#Text=😀 New York\n1-1\t0-2\t😀\t_\t_\t\n1-2\t3-6\tNew\t*[1]|*[2]\tLOC[1]|A\\_B[2]\t\n1-3\t7-11\tYork\t*[1]\tLOC[1]\t\n"
        "\n#Text=Next\n2-1\t12-16\tNext\t_\t_\t\n"
    )
    first, second = (item for item in read(path) if isinstance(item, RawText))
    assert sorted(first.annotations[0].spans, key=str) == [
        RawSpan(2, 10, "LOC"),
        RawSpan(2, 5, "A_B"),
    ]
    assert (first.document, second.document, second.gap) == ("doc", "doc", "\n")


def test_other_columns_of_a_table_go_with_the_text(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text('id;body;lang\n7;"Ada; she\nlives";en\n')
    assert read(path, text_column="body") == [
        RawText("Ada; she\nlives", 2, meta={"id": "7", "lang": "en"})
    ]


def test_tags_that_are_numbers_need_names(tmp_path: Path) -> None:
    path = tmp_path / "file.jsonl"
    path.write_text(lines({"tokens": ["Ada", "lives"], "ner_tags": [1, 0]}))
    assert [item.kind for item in read(path) if isinstance(item, Remark)] == ["tags without names"]
    named = read(path, tag_names=("O", "B-PER"))[0]
    assert isinstance(named, RawText)
    assert named.annotations[0].spans == (SPAN,)


@pytest.mark.parametrize("cell", ['[[0,3,""PER""]]', '[""sports""]'])
def test_a_list_that_is_no_region_is_not_a_sentence_without_entities(
    tmp_path: Path, cell: str
) -> None:
    path = tmp_path / "file.csv"
    path.write_text(f'text,label\nAda lives,"{cell}"\n')
    [text] = read(path)
    assert isinstance(text, RawText)
    assert text.annotations == ()
    assert text.meta == {"label": cell.replace('""', '"')}
