"""What every format can do, and how a new one is found."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ner_engine import AnnotatedText, Span
from ner_engine.errors import InvalidLine
from ner_engine.formats import FORMATS, Format, format_of, read_data, read_file, register

GOLD = [
    AnnotatedText("Ärztin: chest pain.", (Span(8, 18, "SYMPTOM"),)),
    AnnotatedText("Nothing here.\u2028"),
]

_MINE = """
from ner_engine.annotation import AnnotatedText
from ner_engine.formats.registry import Format, register

def read(lines):
    return (AnnotatedText(line.strip()) for line in lines)

def write(texts):
    return (annotated.text + "\\n" for annotated in texts)

register(Format(name="plain", suffixes=(".txt",), read=read, write=write))
"""


@pytest.mark.parametrize("name", FORMATS)
def test_what_a_format_writes_it_reads(name: str) -> None:
    lines = FORMATS[name].write(GOLD)
    assert list(FORMATS[name].read(lines)) == GOLD


@pytest.mark.parametrize("name", FORMATS)
def test_a_line_that_cannot_be_read_is_named_by_its_number_not_its_words(name: str) -> None:
    lines = [*FORMATS[name].write(GOLD), '{"secret": 1}\n']
    with pytest.raises(InvalidLine, match="Line 3") as caught:
        list(FORMATS[name].read(lines))
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_is_a_stream(name: str) -> None:
    """What comes first is read before what comes last is there."""

    def lines() -> list[str]:
        return list(FORMATS[name].write(GOLD))

    source = iter(lines())
    assert next(FORMATS[name].read(source)) == GOLD[0]
    assert len(list(source)) == len(GOLD) - 1


def test_a_module_in_the_package_is_all_a_format_takes(tmp_path: Path) -> None:
    (tmp_path / "plain.py").write_text(_MINE)
    (tmp_path / "data.txt").write_text("One.\nTwo.\n")
    code = (
        "from pathlib import Path; from ner_engine import formats\n"
        f"formats.__path__.append({str(tmp_path)!r}); formats._find_formats()\n"
        f"print([found.text for found in formats.read_file(Path({str(tmp_path / 'data.txt')!r}))])"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout == "['One.', 'Two.']\n", done.stderr


def test_a_file_whose_name_says_nothing_is_json_lines(tmp_path: Path) -> None:
    assert {format_of(Path(name)).name for name in ("a", "a.jsonl", "A.JSONL", "a.zip")} == {
        "jsonl"
    }
    (tmp_path / "data").write_text("".join(FORMATS["jsonl"].write(GOLD)), "utf-8")
    assert list(read_file(tmp_path / "data")) == GOLD


def test_two_formats_are_never_mistaken_for_each_other() -> None:
    known = FORMATS["jsonl"]
    with pytest.raises(ValueError, match="cannot be distinguished"):
        register(Format(name="mine", suffixes=(".jsonl",), read=known.read, write=known.write))


@pytest.mark.parametrize(
    "line", ["[]", '["text"]', '["text", {}]', '["a", {"entities": [[0, 1]]}]', '["a", 1]', "{"]
)
def test_what_is_not_a_pair_of_offsets_is_refused(line: str) -> None:
    with pytest.raises(InvalidLine):
        list(FORMATS["offsets"].read([line]))


def test_a_text_that_is_too_long_is_cut_and_the_rest_of_the_file_is_read(tmp_path: Path) -> None:
    long = json.dumps({"text": "So long. " * 300, "spans": []}) + "\n"
    texts = list(FORMATS["jsonl"].write(GOLD))
    (tmp_path / "data").write_text("".join([long, texts[0], "\n", long, *texts[1:]]), "utf-8")
    read = read_data(tmp_path / "data")
    cut = [text for text, line in zip(read.texts, read.lines, strict=True) if line in {1, 4}]
    others = [text for text in read.texts if text not in cut]
    assert [(text.text, text.spans) for text in others] == [
        (text.text.strip(), text.spans) for text in GOLD
    ]
    assert " ".join(text.text for text in cut) == " ".join(["So long."] * 600)
    assert list(read.left_out) == [1, 4]
    assert "2,700 characters" in read.left_out[4]


def test_a_line_behind_one_that_was_left_out_is_named_by_its_own_number(tmp_path: Path) -> None:
    run = json.dumps({"text": "x" * 3_000, "spans": []}) + "\n"
    (tmp_path / "data").write_text(f"{run}\n{{\n", "utf-8")
    with pytest.raises(InvalidLine, match="Line 3"):
        read_data(tmp_path / "data")
