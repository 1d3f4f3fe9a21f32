"""Documents with thousands of spans are read in time that grows as they do."""

import sys
from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest

from ner_engine.formats.raw.other_offsets import one_line_end_offsets, utf16_offsets
from ner_engine.formats.raw.preparation import cut
from ner_engine.formats.raw.shape import Hints
from ner_engine.formats.raw.values import RawAnnotation, RawSpan, RawText
from ner_engine.formats.readers.records import read_record
from ner_engine.formats.records import from_record


def steps(work: Callable[[], object]) -> int:
    """How many lines of our code a piece of work runs: what it costs, on any machine."""
    count = 0

    def trace(frame: object, kind: str, _: object) -> object:
        nonlocal count
        count += kind == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)  # type: ignore[arg-type]
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def document(sentences: int) -> RawText:
    """Sentences with a span each, and one span across two of them."""
    text, spans = "", []
    for number in range(sentences):
        start = len(text) + 8
        text += f"He took drug{number} today. "
        spans.append(RawSpan(start, start + len(f"drug{number}"), "DRUG"))
    return RawText(text.strip(), 1, (RawAnnotation(tuple(spans)),), whole=True)


def grows_as(costs: list[int]) -> Iterator[float]:
    return (two / one for one, two in pairwise(costs))


def test_a_document_is_cut_in_steps_that_grow_as_it_does() -> None:
    costs = [steps(lambda n=n: list(cut(document(n)))) for n in (50, 100, 200)]  # type: ignore[misc]
    assert all(growth < 2.3 for growth in grows_as(costs))


def test_each_sentence_keeps_its_spans() -> None:
    pieces = [piece for piece in cut(document(40)) if isinstance(piece, RawText)]
    assert len(pieces) == 40
    for number, piece in enumerate(pieces):
        (span,) = piece.annotations[0].spans
        assert piece.text[span.start : span.end] == f"drug{number}"


def test_a_span_with_a_blank_at_its_edge_is_in_its_sentence() -> None:
    raw = RawText(
        "One fever. Two coughs.",
        1,
        (RawAnnotation((RawSpan(4, 11, "S"), RawSpan(10, 14, "T"))),),
        whole=True,
    )
    one, two = [piece for piece in cut(raw, split=True) if isinstance(piece, RawText)]
    assert [(one.text[s.start : s.end], s.label) for s in one.annotations[0].spans] == [
        ("fever.", "S")
    ]
    assert [(two.text[s.start : s.end], s.label) for s in two.annotations[0].spans] == [
        ("Two", "T")
    ]


@pytest.mark.parametrize(
    "text", ["", "abc", "a\U0001f600b\U0001f600\U0001f600", "\U0001f600", "é\uffff\U00010000"]
)
def test_places_in_utf16_are_those_of_the_encoding(text: str) -> None:
    offsets = utf16_offsets(text)
    ends = {len(text[:n].encode("utf-16-le")) // 2: n for n in range(len(text) + 1)}
    last = max(ends)
    assert {at: offsets.place(at) for at in range(-1, last + 2)} == {
        at: ends.get(at) for at in range(-1, last + 2)
    }


@pytest.mark.parametrize("text", ["", "a\r\nb", "\r\n\r\n", "a\rb\nc\r\nd"])
def test_places_where_two_line_ends_are_one(text: str) -> None:
    offsets = one_line_end_offsets(text)
    one = text.replace("\r\n", "\n")
    for at, character in enumerate(one):
        place = offsets.place(at)
        assert place is not None
        assert text[place : place + 1].replace("\r", "\n") == character.replace("\r", "\n")
    assert offsets.place(len(one)) == len(text)


def test_both_readers_of_records_swallow_the_same() -> None:
    """A phrase that a longer one swallows swallows nothing itself."""
    record = {
        "sentence": "acute chest pain left arm",
        "entities": [
            {"label": "A", "value": "acute chest pain"},
            {"label": "B", "value": "pain left arm"},
            {"label": "C", "value": "left arm"},
        ],
    }
    (raw,) = read_record(record, 1, Hints())
    assert isinstance(raw, RawText)
    assert [(s.start, s.end, s.label) for s in raw.annotations[0].spans] == [
        (s.start, s.end, s.label) for s in from_record(record).spans
    ]
