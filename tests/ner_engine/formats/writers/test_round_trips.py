"""What is written in one format, read, written in another and read again is the same set."""

import random
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ner_engine.annotation import Span
from ner_engine.formats.raw.labels import LabelMap
from ner_engine.formats.raw.preparation import Preparer, texts_of
from ner_engine.formats.raw.shape import Hints
from ner_engine.formats.raw.values import RawText, Remark
from ner_engine.formats.readers.recognition import open_file
from ner_engine.formats.readers.records import read_record
from ner_engine.formats.writers.lines import records_values
from ner_engine.formats.writers.registry import WRITTEN
from ner_engine.formats.writers.values import OutText, Said, WriteOptions

#: Formats that carry a sentence with its labels; the words alone are in `text`.
FORMATS = tuple(name for name in WRITTEN if name != "text")
_LETTERS = "abcdefgABCÄéßñ0123.,-'#|_*[]<>&\"\\/:;😀𝔸中国क"
_GAPS = (" ", " ", " ", " ", "  ", "\t", "\xa0")
_LABELS = ("PER", "LOC", "Nebenwirkung", "A_B", "x-y", "症状")
corpora = st.integers(0, 2**32).map(lambda seed: corpus(random.Random(seed)))


def corpus(draw: random.Random) -> list[OutText]:
    """Sentences of words with labels on some of them. Drawn by hand: nothing of it is worth shrinking."""
    texts: dict[str, OutText] = {}
    for number in range(1, draw.randint(1, 5) + 1):
        pieces: list[str] = []
        tokens: list[tuple[int, int]] = []
        for n in range(draw.randint(1, 9)):
            pieces.append(draw.choice(_GAPS) if n else "")
            start = len("".join(pieces))
            pieces.append("".join(draw.choices(_LETTERS, k=draw.randint(1, 8))))
            tokens.append((start, len("".join(pieces))))
        spans, at = [], 0
        while at < len(tokens):
            length = draw.randint(0, 3)
            if length:
                last = tokens[min(at + length, len(tokens)) - 1]
                spans.append(Span(tokens[at][0], last[1], draw.choice(_LABELS)))
            at += length + 1
        text = "".join(pieces)
        texts.setdefault(text, OutText(text, tuple(tokens), tuple(spans), number))
    return list(texts.values())


def written(texts: Iterable[OutText], form: str, folder: Path, scheme: str = "iob2") -> list[Path]:
    made = WRITTEN[form]
    writer = made.open(folder / f"out{made.suffix}", WriteOptions(scheme=scheme))
    for text in texts:
        writer.write(text)
    return [
        path
        for path in writer.close()
        if path.suffix not in {".cfg", ".yml", ".md", ".txt"} and path.name != "dataset_info.json"
    ]


def read_again(
    paths: Iterable[Path], tokens: dict[str, tuple[tuple[int, int], ...]]
) -> list[OutText]:
    """The texts of files as they would be imported, with the tokens they had."""
    found: dict[str, OutText] = {}
    remarks: list[Remark] = []
    preparer = Preparer(LabelMap(), remarks.append, lambda *_: None)
    for path in sorted(paths):
        for item in texts_of(open_file(path).items(), split=False, stem=path.stem):
            if isinstance(item, RawText):
                ready = preparer.prepare(item, tokens[item.text])
                said = ready.annotations[0]
                assert said.finished
                found[item.text] = OutText(item.text, ready.tokens, said.spans, len(found) + 1)
    assert remarks == []
    return list(found.values())


def as_set(texts: Iterable[OutText]) -> set[tuple[str, tuple[Span, ...] | None]]:
    return {(text.text, text.spans) for text in texts}


@pytest.mark.parametrize("form", FORMATS)
@settings(max_examples=15, deadline=None)
@given(texts=corpora)
def test_a_format_gives_back_what_was_written(form: str, texts: list[OutText]) -> None:
    tokens = {text.text: text.tokens for text in texts}
    texts = [text for text in texts if form != "records" or says_places(text)]
    assume(texts)
    with tempfile.TemporaryDirectory() as folder:
        assert as_set(read_again(written(texts, form, Path(folder)), tokens)) == as_set(texts)


@settings(max_examples=1, deadline=None)
@given(texts=corpora)
def test_every_pair_of_formats_gives_back_what_was_written(texts: list[OutText]) -> None:
    texts = list(filter(says_places, texts))
    assume(texts)
    tokens = {text.text: text.tokens for text in texts}
    for one in FORMATS:
        with tempfile.TemporaryDirectory() as folder:
            between = read_again(written(texts, one, Path(folder)), tokens)
        for two in FORMATS:
            with tempfile.TemporaryDirectory() as folder:
                found = read_again(written(between, two, Path(folder)), tokens)
            assert as_set(found) == as_set(texts), (one, two)


@pytest.mark.parametrize("scheme", ["iob1", "iob2", "biluo", "bioes"])
@settings(max_examples=15, deadline=None)
@given(texts=corpora)
def test_every_scheme_of_tags_gives_back_what_was_written(
    scheme: str, texts: list[OutText]
) -> None:
    tokens = {text.text: text.tokens for text in texts}
    with tempfile.TemporaryDirectory() as folder:
        files = written(texts, "conll", Path(folder), scheme)
        assert as_set(read_again(files, tokens)) == as_set(texts)


def says_places(text: OutText) -> bool:
    """Whether words alone say which of its phrases are labelled, as records need it."""
    (value,) = records_values(text, Counter())
    items = list(read_record(value, 1, Hints()))
    found = items[-1]
    assert isinstance(found, RawText)
    spans = {(s.start, s.end, s.label) for s in found.annotations[0].spans}
    return spans == {(s.start, s.end, s.label) for s in text.spans or ()} and len(items) == 1


def test_several_annotators_suggestions_and_documents_come_back() -> None:
    said = (
        Said("ada", (Span(0, 3, "PER"),), at="2026-01-02T03:04:05+00:00", seconds=4.5),
        Said("U0BEN", (), finished=False),
    )
    text = OutText(
        "Ada lives",
        ((0, 3), (4, 9)),
        None,
        1,
        said,
        (Said("m1", (Span(0, 3, "LOC"),)),),
        "note 1",
        "\n",
        {"lang": "en"},
    )
    with tempfile.TemporaryDirectory() as folder:
        (path,) = written([text], "jsonl", Path(folder))
        (found,) = open_file(path).items()
    assert isinstance(found, RawText)
    assert [(a.person, a.finished, a.at, a.seconds, len(a.spans)) for a in found.annotations] == [
        ("ada", True, "2026-01-02T03:04:05+00:00", 4.5, 1),
        ("U0BEN", False, None, None, 0),
    ]
    assert [(s.person, s.spans[0].label) for s in found.suggestions] == [("m1", "LOC")]
    assert (found.document, found.gap, found.meta) == ("note 1", "\n", {"lang": "en"})
