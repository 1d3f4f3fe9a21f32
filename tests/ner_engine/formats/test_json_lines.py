"""The forms of annotated texts, both ways."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ner_engine import (
    AnnotatedText,
    Span,
    from_json,
    from_offsets,
    from_record,
    parse_line,
    to_json,
    to_offsets,
    to_record,
)
from ner_engine.errors import (
    AnnotationError,
    EngineError,
    InvalidRecord,
    OverlappingSpans,
    RunTooLong,
    ValueNotInSentence,
)

TEXT = "A patient with chest pain had hyperthyroidism."
CHEST_PAIN = AnnotatedText(TEXT, (Span(15, 25, "SYMPTOM"), Span(30, 45, "DISEASE")))


def record(sentence: str, **values: str) -> dict[str, Any]:
    return {
        "sentence": sentence,
        "entities": [{"label": label, "value": value} for label, value in values.items()],
    }


@st.composite
def annotated_texts(draw: st.DrawFn) -> AnnotatedText:
    words = draw(st.lists(st.text("abcé", min_size=1, max_size=5), min_size=1, max_size=8))
    spans, at = [], 0
    for word in words:
        if draw(st.booleans()):
            spans.append(Span(at, at + len(word), draw(st.sampled_from(["A", "B"]))))
        at += len(word) + 1
    return AnnotatedText(" ".join(words), tuple(spans))


def test_the_record_form_becomes_offsets() -> None:
    found = from_record(record(TEXT, SYMPTOM="chest pain", DISEASE="hyperthyroidism"))
    assert to_offsets(found) == (
        TEXT,
        {"entities": [(15, 25, "SYMPTOM"), (30, 45, "DISEASE")]},
    )


def test_a_record_marks_every_mention_not_only_the_first() -> None:
    found = from_record(record("Pain, then more pain.", SYMPTOM="pain"))
    assert [(span.start, span.end) for span in found.spans] == [(16, 20)]
    found = from_record(record("pain, then more pain.", SYMPTOM="pain"))
    assert [(span.start, span.end) for span in found.spans] == [(0, 4), (16, 20)]


def test_a_records_own_spelling_comes_before_others() -> None:
    found = from_record(record("The US told us.", PLACE="US"))
    assert found.spans == (Span(4, 6, "PLACE"),)


def test_a_record_spelled_otherwise_is_still_found() -> None:
    found = from_record(record("Chest pain.", SYMPTOM="chest pain"))
    assert found.spans == (Span(0, 10, "SYMPTOM"),)


def test_the_longest_value_wins_where_mentions_overlap() -> None:
    found = from_record(record("chest pain and pain", SYMPTOM="pain", FINDING="chest pain"))
    assert found.spans == (Span(0, 10, "FINDING"), Span(15, 19, "SYMPTOM"))


def test_one_value_with_two_labels_is_refused() -> None:
    with pytest.raises(OverlappingSpans):
        from_record(record("chest pain", SYMPTOM="pain", FINDING="pain"))


def test_a_value_that_is_not_in_the_sentence_is_refused() -> None:
    with pytest.raises(ValueNotInSentence):
        from_record(record("chest pain", SYMPTOM="fever"))


def test_a_record_of_what_a_text_holds() -> None:
    assert to_record(CHEST_PAIN) == record(TEXT, SYMPTOM="chest pain", DISEASE="hyperthyroidism")


@given(annotated_texts())
def test_offsets_come_back_as_they_went(annotated: AnnotatedText) -> None:
    assert from_offsets(to_offsets(annotated)) == annotated


@given(annotated_texts())
def test_json_comes_back_as_it_went(annotated: AnnotatedText) -> None:
    assert from_json(to_json(annotated)) == annotated


@given(annotated_texts())
def test_a_record_brings_back_every_span_it_named_or_clashes(annotated: AnnotatedText) -> None:
    try:
        found = from_record(to_record(annotated))
    except OverlappingSpans:
        return
    assert set(annotated.spans) <= set(found.spans)


def test_one_reader_takes_both_forms() -> None:
    both = record(TEXT, SYMPTOM="chest pain", DISEASE="hyperthyroidism"), to_json(CHEST_PAIN)
    assert [parse_line(line) for line in both] == [CHEST_PAIN, CHEST_PAIN]


@pytest.mark.parametrize(
    "line",
    [
        {},
        {"text": "a"},
        {"text": 1, "spans": []},
        {"text": "a", "spans": [1]},
        {"text": "a", "spans": [{"start": True, "end": 1, "label": "A"}]},
        {"text": "a", "spans": [{"start": 0.0, "end": 1, "label": "A"}]},
        {"sentence": "a", "entities": {}},
        {"sentence": "a", "entities": [{"label": "A"}]},
    ],
)
def test_what_is_no_record_is_refused(line: Any) -> None:
    with pytest.raises(InvalidRecord):
        parse_line(line)


def test_a_reader_refuses_a_text_the_engine_cannot_bear() -> None:
    with pytest.raises(RunTooLong):
        parse_line({"text": "$" * 900, "spans": []})


def test_an_error_never_quotes_the_sentence() -> None:
    with pytest.raises(AnnotationError) as caught:
        from_record(record("a secret diagnosis", SYMPTOM="another secret"))
    assert "secret" not in str(caught.value) + repr(caught.value)


def test_every_error_has_a_code_of_its_own() -> None:
    def tree(kind: type[EngineError]) -> list[type[EngineError]]:
        return [kind, *(found for child in kind.__subclasses__() for found in tree(child))]

    codes = [kind.code for kind in tree(EngineError)]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize(
    "said",
    [{"document": "7"}, {"doc_id": 7}, {"meta": {"document": "7"}}, {"meta": {"doc_id": 7}}],
)
def test_a_line_may_say_which_document_its_text_is_from(said: dict[str, Any]) -> None:
    for line in (to_json(CHEST_PAIN), to_record(CHEST_PAIN)):
        read = parse_line(line | said)
        assert (read.group, read.spans) == ("7", CHEST_PAIN.spans)
        assert from_json(to_json(read)) == read


@pytest.mark.parametrize("said", [{}, {"meta": []}, {"document": None}, {"doc_id": ""}])
def test_a_line_that_says_nothing_of_a_document_is_read_all_the_same(said: dict[str, Any]) -> None:
    assert parse_line(to_json(CHEST_PAIN) | said) == CHEST_PAIN
