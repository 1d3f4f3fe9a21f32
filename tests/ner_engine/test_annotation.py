from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ner_engine import (
    AnnotatedText,
    Span,
    check_text,
    find_mentions,
    fold,
    label_key,
    parse_label,
    snap_to_tokens,
)
from ner_engine.annotation import MAX_RUN, MAX_TEXT
from ner_engine.errors import (
    BlankEdge,
    EmptySpan,
    EmptyText,
    EngineError,
    InvalidCharacter,
    InvalidLabel,
    OverlappingSpans,
    RunTooLong,
    SpanOutsideText,
    TextTooLong,
)

texts = st.text(max_size=60)
#: Words, blanks of all kinds, and letters whose case is longer than they are.
wild = st.text(alphabet="aAbß İŉſK “”’–—\t\u00a0é.-", max_size=30)


def test_spans_are_sorted() -> None:
    spans = (Span(6, 10, "B"), Span(0, 5, "A"))
    assert AnnotatedText("chest pain", spans).spans == (Span(0, 5, "A"), Span(6, 10, "B"))


@pytest.mark.parametrize(
    ("spans", "error"),
    [
        ([Span(3, 3, "A")], EmptySpan),
        ([Span(4, 2, "A")], EmptySpan),
        ([Span(-1, 2, "A")], SpanOutsideText),
        ([Span(0, 11, "A")], SpanOutsideText),
        ([Span(5, 10, "A")], BlankEdge),
        ([Span(0, 6, "A")], BlankEdge),
        ([Span(0, 5, "A"), Span(4, 10, "B")], OverlappingSpans),
        ([Span(0, 5, "A"), Span(0, 5, "A")], OverlappingSpans),
        ([Span(0, 5, "a ")], InvalidLabel),
        ([Span(0, 5, "O")], InvalidLabel),
        ([Span(0, 5, "")], InvalidLabel),
    ],
)
def test_a_span_that_breaks_a_rule_is_refused_by_name(spans: Any, error: type[EngineError]) -> None:
    with pytest.raises(error):
        AnnotatedText("chest pain", tuple(spans))


@pytest.mark.parametrize(
    "word",
    [
        "symptom_2",
        "side-effect",
        "SIDE EFFECT",
        "14",
        "症状",
        "लक्षण",
        "می\u200cشود",
        "a/b",
        "v1.2",
        "B-PER",
        "Ä",
    ],
)
def test_a_label_is_kept_as_it_is_written(word: str) -> None:
    assert parse_label(word) == word


@pytest.mark.parametrize(
    ("written", "kept"),
    [("  side   effect ", "side effect"), ("side\u2013effect", "side-effect"), ("A\u0308", "Ä")],
)
def test_blanks_dashes_and_composed_letters_of_a_label_have_one_form(
    written: str, kept: str
) -> None:
    assert parse_label(written) == kept


@pytest.mark.parametrize(
    "word",
    [
        "",
        " ",
        "o",
        "O",
        "Ｏ",
        "!A",
        "A!",
        "-",
        "_A",
        "A-",
        "A=B",
        "A]",
        "A:B",
        "A" * 65,
        "\u0301",
        "🙂",
    ],
)
def test_what_is_no_label_is_refused(word: str) -> None:
    with pytest.raises(InvalidLabel):
        parse_label(word)


@pytest.mark.parametrize(
    "other",
    [
        "Side Effect",
        "SIDE_EFFECT",
        "side-effect",
        "SIDE–EFFECT",
        "ｓｉｄｅ effect",
        " side  effect",
    ],
)
def test_case_width_and_the_sign_between_words_do_not_tell_labels_apart(other: str) -> None:
    assert label_key(other) == label_key("side effect")


@pytest.mark.parametrize("other", ["sideeffect", "side.effect", "side/effect", "side effects"])
def test_all_else_tells_labels_apart(other: str) -> None:
    assert label_key(other) != label_key("side effect")


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", EmptyText),
        (" \n", EmptyText),
        ("a " * (MAX_TEXT // 2) + "a", TextTooLong),
        ("$" * (MAX_RUN + 1), RunTooLong),
        ("a \ud800", InvalidCharacter),
    ],
)
def test_a_text_the_engine_cannot_bear_is_refused(text: str, error: type[EngineError]) -> None:
    with pytest.raises(error):
        check_text(text)


def test_a_text_at_the_limits_is_taken() -> None:
    check_text(("a" * MAX_RUN + " ") * 9 + "a" * (MAX_TEXT - 9 * (MAX_RUN + 1)))


@given(texts | wild)
def test_folding_keeps_the_length(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(texts | wild)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_folding_forgets_case_and_kinds_of_quotes_and_dashes() -> None:
    assert fold("“İSS’S” — ß") == '"iss\'s" - ß'


def test_every_mention_is_found() -> None:
    assert find_mentions("pain, more pain", "pain") == ((0, 4), (11, 15))


def test_mentions_ignore_case_curly_quotes_long_dashes_and_lengths_of_blanks() -> None:
    text = "Crohn’s  Disease – acute"
    assert find_mentions(text, "crohn's disease - acute") == ((0, len(text)),)


def test_a_letter_that_folds_to_two_shifts_nothing() -> None:
    assert find_mentions("İİ ßß pain", "PAIN") == ((6, 10),)


def test_whole_words_come_before_mentions_inside_words() -> None:
    assert find_mentions("painful pain", "pain") == ((8, 12),)
    assert find_mentions("39C and 39F", "39") == ((0, 2), (8, 10))


@pytest.mark.parametrize("phrase", ["", "  ", "fever"])
def test_what_is_not_there_has_no_mention(phrase: str) -> None:
    assert find_mentions("chest pain", phrase) == ()


@given(wild, wild)
def test_mentions_read_like_the_phrase_and_never_overlap(text: str, phrase: str) -> None:
    def read(value: str) -> str:
        return " ".join(fold(value).split())

    mentions = find_mentions(text, phrase)
    assert all(read(text[start:end]) == read(phrase) for start, end in mentions)
    assert all(one[1] <= two[0] for one, two in pairwise(mentions))


@given(wild, st.integers(0, 30), st.integers(0, 30))
def test_any_part_of_a_text_is_found_in_it(text: str, start: int, end: int) -> None:
    phrase = text[start:end]
    if phrase.strip():
        assert find_mentions(text, phrase)


@st.composite
def tokens_and_stretches(draw: st.DrawFn) -> tuple[list[tuple[int, int]], int, int]:
    borders = sorted(draw(st.sets(st.integers(0, 40), min_size=2)))
    tokens = list(pairwise(borders))[:: draw(st.integers(1, 2))]
    start = draw(st.integers(0, 39))
    return tokens, start, draw(st.integers(start + 1, 41))


@given(tokens_and_stretches())
def test_snapping_covers_every_token_it_touches_and_no_other(case: Any) -> None:
    tokens, start, end = case
    touched = [token for token in tokens if token[0] < end and token[1] > start]
    if not touched:
        with pytest.raises(EmptySpan):
            snap_to_tokens(start, end, tokens)
        return
    assert snap_to_tokens(start, end, tokens) == (touched[0][0], touched[-1][1])


@given(tokens_and_stretches())
def test_snapping_twice_is_snapping_once(case: Any) -> None:
    tokens, start, end = case
    if any(token[0] < end and token[1] > start for token in tokens):
        snapped = snap_to_tokens(start, end, tokens)
        assert snap_to_tokens(*snapped, tokens) == snapped


def test_snapping_trims_blank_edges() -> None:
    assert snap_to_tokens(5, 11, [(0, 5), (6, 10), (11, 14)]) == (6, 10)
