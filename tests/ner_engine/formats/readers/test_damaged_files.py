# ruff: noqa: E501 - a damage a line is what can be compared
"""A damaged file is refused in one line, or imported with its wrong lines named: never a traceback, never much memory."""

import gzip
import json
import tracemalloc
import zipfile
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from ner_engine.errors import FileRefused
from ner_engine.formats.raw.labels import LabelMap
from ner_engine.formats.raw.preparation import Preparer, texts_of
from ner_engine.formats.raw.values import RawText, Remark
from ner_engine.formats.readers.recognition import READ, open_file

GOOD = b'{"text": "Ada lives", "spans": [{"start": 0, "end": 3, "label": "PER"}]}\n'


def spans(*spans: dict[str, Any], text: str = "Ada lives") -> bytes:
    return json.dumps({"text": text, "spans": spans}).encode() + b"\n"


def span(start: Any, end: Any, label: Any = "PER") -> dict[str, Any]:
    return {"start": start, "end": end, "label": label}


def zipped() -> bytes:
    kept = BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.jsonl", bytes(20_000_000))
    return kept.getvalue()


#: Refused as a whole.
REFUSED = {
    "empty": b"",
    "blank": b" \n\n \t\n",
    "only a byte order mark": b"\xef\xbb\xbf",
    "a zip": zipped(),
    "a gzip bomb": gzip.compress(bytes(50_000_000)),
    "binary": bytes(range(256)) * 40,
    "zeros": bytes(5_000),
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(range(200)),
    "a database": b"SQLite format 3\x00" + bytes(500),
    "a PDF": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
    "a docbin that is cut off": zlib.compress(b"\x83\xa7version\xa30.1\xa5attrs\x90" + bytes(9_000))[:60],
    "a docbin of nothing": zlib.compress(b"\x81\xa7version\xa30.1"),
    "a docbin whose numbers do not fit": zlib.compress(b"\x85\xa5attrs\x91\x41\xa6tokens\xc4\x08" + bytes(8) + b"\xa6spaces\xc4\x01\x01\xa7lengths\xc4\x04\x02\x00\x00\x00\xa7strings\x91\xa1a"),
    "a docbin that says it is huge": zlib.compress(b"\x81\xa5attrs\xdd\xff\xff\xff\xff"),
    "a docbin bomb": zlib.compress(b"\x82\xa5attrs\x90\xa6tokens\xc6\x06\x00\x00\x00" + bytes(100_663_296)),
    "not in any encoding": b"caf\x81\x8d \x9d \x90\n" * 5,
    "WebAnno TSV 1": b"#FORMAT=WebAnno TSV 2\n1-1\tAda\tB-PER\n",
}  # fmt: skip

#: Imported but for these lines, each told by its kind.
TOLD: dict[str, tuple[bytes, list[tuple[int, str]]]] = {
    "truncated": (GOOD + GOOD[:30], [(2, "not JSON")]),
    "not JSON in the middle": (GOOD + b"oops\n" + GOOD, [(2, "not JSON")]),
    "one line is not UTF-8": (GOOD + b'{"text": "caf\xe9 \xc3\xa9 \xc3\xa9 \xc3\xa9"}\n' + GOOD, [(2, "unreadable line")]),
    "nested 200,000 deep": (GOOD + b"[" * 200_000 + b"]" * 200_000 + b"\n", [(2, "nested too deep")]),
    "objects nested deep": (GOOD + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"\n", [(2, "nested too deep")]),
    "NaN": (GOOD + b'{"text": "Ada lives", "spans": [{"start": NaN, "end": 3, "label": "PER"}]}\n', [(2, "span without offsets")]),
    "infinity": (GOOD + b'{"text": "Ada lives", "spans": [{"start": 0, "end": Infinity, "label": "PER"}]}\n', [(2, "span without offsets")]),
    "a huge number": (GOOD + b'{"text": "x", "spans": [{"start": 0, "end": ' + b"9" * 10_000 + b', "label": "PER"}]}\n', [(2, "not JSON")]),
    "a large number": (GOOD + spans(span(0, 10**30)), [(2, "span outside its text")]),
    "a negative number": (GOOD + spans(span(-3, 3)), [(2, "span outside its text")]),
    "outside": (GOOD + spans(span(0, 99)), [(2, "span outside its text")]),
    "turned round": (GOOD + spans(span(3, 0)), [(2, "span outside its text")]),
    "an empty span": (GOOD + spans(span(3, 3)), [(2, "empty span")]),
    "a span of blanks": (GOOD + spans(span(3, 4)), [(2, "empty span")]),
    "a fraction": (GOOD + spans(span(0.5, 3)), [(2, "span without offsets")]),
    "true for a number": (GOOD + spans(span(True, 3)), [(2, "span without offsets")]),
    "a span without a label": (GOOD + spans(span(0, 3, None)), [(2, "span without a label")]),
    "a label that is a list": (GOOD + spans(span(0, 3, ["PER"])), [(2, "span without a label")]),
    "a label of signs": (GOOD + spans(span(0, 3, "!!!")), [(2, "label that cannot be used")]),
    "overlapping": (GOOD + spans(span(0, 3), span(0, 9, "X")), [(2, "overlapping spans")]),
    "spans that are no list": (GOOD + b'{"text": "Ada", "spans": 7}\n', [(2, "not as the format has it")]),
    "a text that is a number": (GOOD + b'{"text": 7, "spans": []}\n', [(2, "no text")]),
    "an empty text": (GOOD + spans(text=""), [(2, "empty text")]),
    "a run without a blank": (GOOD + spans(text="x" * 500), [(2, "run too long")]),
    "a lone surrogate": (GOOD + b'{"text": "a \\ud800 b", "spans": []}\n', [(2, "invalid character")]),
    "a zero byte in a text": (GOOD + b'{"text": "a \\u0000 b", "spans": []}\n', [(2, "zero byte")]),
    "a line of 9 MB": (GOOD + b'{"text": "' + b"a " * 4_500_000 + b'"}\n' + GOOD, [(2, "unreadable line")]),
    "a list for an object": (GOOD + b"[1, 2]\n", [(2, "no text")]),
    "an array that is cut off": (b"[\n" + GOOD.strip() + b",\n" + GOOD.strip() + b"\n", [(4, "cut off")]),
    "an array that breaks": (b"[\n" + GOOD.strip() + b",\n{oops}\n]", [(3, "not JSON")]),
    "columns that are missing": (b"Ada\tB-PER\nlives\n.\tO\n\nBob\tB-PER\n\n", [(2, "wrong number of columns")]),
    "a row that is short": (b'id,text,x\n1,Ada lives,y\n2\n', [(3, "too few columns")]),
    "a text of 30,000 characters": (GOOD + spans(text="He has a cough. " * 2_000), [(2, "text that was split")]),
}  # fmt: skip


def read(path: Path) -> tuple[list[RawText], list[Remark]]:
    remarks: list[Remark] = []
    texts = []
    preparer = Preparer(LabelMap(), remarks.append, lambda *_: None)
    for item in texts_of(open_file(path).items(), split=False, stem="x"):
        if isinstance(item, Remark):
            remarks.append(item)
        else:
            words = item.text.split()
            assert words
            preparer.prepare(item, ((0, 3), (4, len(item.text))))
            texts.append(item)
    return texts, remarks


@pytest.mark.parametrize("data", REFUSED.values(), ids=REFUSED)
def test_what_is_no_file_of_texts_is_refused_in_one_line(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "file.jsonl"
    path.write_bytes(data)
    with pytest.raises(FileRefused) as refused:
        list(open_file(path).items())
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(("data", "told"), TOLD.values(), ids=TOLD)
def test_wrong_lines_are_named_and_the_others_read(
    tmp_path: Path, data: bytes, told: list[tuple[int, str]]
) -> None:
    path = tmp_path / "file.data"
    path.write_bytes(data)
    texts, remarks = read(path)
    assert [(remark.line, remark.kind) for remark in remarks] == told
    assert texts


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\n\r\n"])
def test_every_line_end_ends_a_line(tmp_path: Path, end: str) -> None:
    path = tmp_path / "file.txt"
    path.write_text(f"One.{end}Two.{end}Three.", newline="")
    assert [text.text for text in read(path)[0]] == ["One.", "Two.", "Three."]


@pytest.mark.parametrize("form", READ)
@pytest.mark.parametrize(
    "data", [GOOD, b"Ada B-PER\n", b"a,b\n", b"[]", b"{}", b"null", b"\x00", b'"', b"1-1\t0-3\tAda"]
)
def test_a_format_that_was_forced_refuses_what_it_cannot_read(
    tmp_path: Path, form: str, data: bytes
) -> None:
    path = tmp_path / "file.data"
    path.write_bytes(data)
    try:
        found = list(open_file(path, form=form).items())
    except FileRefused:
        return
    assert all(isinstance(item, RawText | Remark) for item in found)


@pytest.mark.parametrize(
    "name", ["a gzip bomb", "a docbin bomb", "a line of 9 MB", "nested 200,000 deep"]
)
def test_a_bomb_takes_little_memory(tmp_path: Path, name: str) -> None:
    path = tmp_path / "file.jsonl"
    path.write_bytes(REFUSED[name] if name in REFUSED else TOLD[name][0])
    tracemalloc.start()
    try:
        list(open_file(path).items())
    except FileRefused:
        pass
    finally:
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 100_000_000
