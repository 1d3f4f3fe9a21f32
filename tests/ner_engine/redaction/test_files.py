"""Records of files: which texts of them are redacted, and what is written in their place."""

import json

import pytest

from ner_engine.errors import FileRefused
from ner_engine.redaction.files import Form, Reading


def written(reading: Reading, content: str) -> str:
    """The file with every text in capitals."""
    records = reading.records(content.splitlines(keepends=True))
    return "".join(each.written([text.upper() for text in each.texts]) for each in records)


@pytest.mark.parametrize(
    ("form", "names", "content", "told"),
    [
        ("text", (), "ab\n\r\nc", "AB\n\r\nC"),
        ("csv", ("b",), 'a,b\n1,"x, y"\n', 'a,b\n1,"X, Y"\n'),
        ("csv", ("b", "a"), "a;b\nx;y\n", "a;b\nX;Y\n"),
        ("csv", ("b",), 'a,b\n1,"x\ny"\n', 'a,b\n1,"X\nY"\n'),
        ("jsonl", ("text",), '{"text": "ä", "n": 1}\n\n', '{"text": "Ä", "n": 1}\n\n'),
    ],
)
def test_the_named_texts_are_replaced_and_the_rest_stays(
    form: Form, names: tuple[str, ...], content: str, told: str
) -> None:
    assert written(Reading(form, names), content) == told


def test_nested_members_which_may_repeat_words_are_not_written_unless_they_are_kept() -> None:
    line = json.dumps({"text": "bo", "id": "7", "spans": [{"text": "bo"}], "meta": {}}) + "\n"
    reading = Reading("jsonl", keep=frozenset({"meta"}))
    assert json.loads(written(reading, line)) == {"text": "BO", "id": "7", "meta": {}}
    assert (reading.left, reading.dropped) == ({"id", "meta"}, {"spans"})


def test_columns_that_are_written_as_they_are_are_named() -> None:
    reading = Reading("csv", ("b",))
    written(reading, "a,b,c\n1,2,3\n")
    assert reading.left == {"a", "c"}


@pytest.mark.parametrize(
    ("form", "content"),
    [
        ("jsonl", '{"text": "a"}\nnot json\n'),
        ("jsonl", '{"text": "a"}\n["b"]\n'),
        ("jsonl", '{"text": "a"}\n{"text": 1}\n'),
        ("csv", "text,b\na,b\nc\n"),
        ("csv", "a,b\n1,2\n"),
        ("csv", "text,text\n1,2\n"),
    ],
)
def test_a_record_that_cannot_be_read_is_refused(form: Form, content: str) -> None:
    with pytest.raises(FileRefused):
        written(Reading(form), content)
