"""Redacted texts, as pure functions: what is replaced, by what, and where it is."""

import itertools
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ner_engine.annotation import MAX_RUN, MAX_TEXT, Span, check_text
from ner_engine.errors import KeyMissing
from ner_engine.redaction import (
    UNREAD,
    Marked,
    Recurrences,
    disjoint,
    document_of,
    marked_documents,
    new_key,
    pseudonym,
    redact,
    redact_all,
    style_of,
)

KEY = bytes(range(32))
TEXT = "Ada met Bo Li in Rome."


def spans_in(text: str) -> st.SearchStrategy[list[Span]]:
    """Spans that may overlap, touch and repeat."""
    places = st.integers(0, len(text))
    span = st.tuples(places, places, st.sampled_from("AB")).map(
        lambda drawn: Span(min(drawn[:2]), max(drawn[:2]), drawn[2])
    )
    return st.lists(span, max_size=6)


@pytest.mark.parametrize(
    ("style", "told"),
    [
        ("label", "[PER] met [PER] in [LOC]."),
        ("mask", "████ met ████ in ████."),
        (
            "pseudonym",
            "[PER:{}] met [PER:{}] in [LOC:{}].".format(
                *(pseudonym(KEY, phrase) for phrase in ("Ada", "Bo Li", "Rome"))
            ),
        ),
    ],
)
def test_entities_are_replaced_by_what_the_style_says(style: str, told: str) -> None:
    spans = [Span(0, 3, "PER"), Span(8, 13, "PER"), Span(17, 21, "LOC")]
    assert redact(TEXT, spans, style_of(style, KEY)).text == told  # type: ignore[arg-type]


@given(st.text(string.ascii_lowercase + " ", max_size=30).flatmap(
    lambda text: st.tuples(st.just(text), spans_in(text))
))  # fmt: skip
def test_what_is_not_covered_stays_and_what_is_covered_is_gone(
    drawn: tuple[str, list[Span]],
) -> None:
    """The offsets tell the places in both texts, whatever overlaps."""
    text, spans = drawn
    redacted = redact(text, spans, lambda label, _: f"<{label}>")
    covered = {at for span in spans for at in range(span.start, span.end)}
    kept = [letter for at, letter in enumerate(text) if at not in covered]
    rest = list(redacted.text)
    for one in reversed(redacted.replaced):
        assert redacted.text[one.start : one.end] == f"<{one.label}>"
        del rest[one.start : one.end]
    assert rest == kept
    assert {at for one in redacted.replaced for at in range(*one.source)} == covered


def test_spans_that_overlap_become_one_under_the_label_of_the_longest() -> None:
    spans = [Span(0, 4, "A"), Span(2, 9, "B"), Span(9, 12, "C")]
    assert disjoint(spans) == (Span(0, 9, "B"), Span(9, 12, "C"))


def test_a_phrase_has_one_pseudonym_under_a_key_however_it_is_cased_and_spaced() -> None:
    same = {pseudonym(KEY, each) for each in ("Chest Pain", "chest  pain", "CHEST\u00a0PAIN")}
    assert len(same) == 1
    assert pseudonym(new_key(), "chest pain") not in same
    assert pseudonym(KEY, "chest pains") not in same


def test_there_are_no_pseudonyms_without_a_key() -> None:
    with pytest.raises(KeyMissing):
        style_of("pseudonym", b"short")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Bo Li left. bo  li came.", ["Bo Li", "bo  li"]),
        ("Bo Lin, BoLi and Tabo Li", []),
        ("(Bo Li)'s", ["Bo Li"]),
        ("Bo\nLi", ["Bo\nLi"]),
    ],
)
def test_a_phrase_is_found_again_as_whole_words(text: str, found: list[str]) -> None:
    spans = Recurrences([("Bo Li", "PER")]).find(text)
    assert [text[span.start : span.end] for span in spans] == found


def test_a_single_letter_is_not_looked_for_elsewhere() -> None:
    assert Recurrences([("I", "PER"), ("-", "PER")]).find("I - I") == []


def test_a_phrase_that_was_found_once_is_masked_at_every_place_of_its_document_only() -> None:
    documents = [document_of("Bo left. Then bo came."), document_of("Bo slept.")]
    marked = marked_documents(documents, [Marked((Span(0, 2, "PER"),)), Marked(()), Marked(())])

    def told(**options: bool) -> list[str]:
        return [each.text for each in redact_all(marked, style_of("label"), **options)]

    assert told() == ["[PER] left. Then [PER] came.", "Bo slept."]
    assert told(together=True) == ["[PER] left. Then [PER] came.", "[PER] slept."]
    assert told(recurrences=False) == ["[PER] left. Then bo came.", "Bo slept."]


def test_of_the_labels_only_those_that_are_asked_for_are_masked() -> None:
    found = Marked((Span(0, 2, "PER"), Span(6, 10, "LOC")))
    marked = marked_documents([document_of("Bo in Rome")], [found], {"LOC"})
    assert redact_all(marked, style_of("label"))[0].text == "Bo in [LOC]"


def test_what_is_doubtful_is_masked_where_it_is_and_nowhere_else() -> None:
    """It may be any word."""
    document = document_of("He left. He came.")
    marked = marked_documents([document], [Marked((), (Span(0, 2, "PER"),)), Marked(())])
    assert redact_all(marked, style_of("label"))[0].text == "[PER] left. He came."


def test_labels_are_called_what_they_are_called_now() -> None:
    document = document_of("Bo left.")
    marked = marked_documents([document], [Marked((Span(0, 2, "P"),))], {"PER"}, names={"P": "PER"})
    assert redact_all(marked, style_of("label"))[0].text == "[PER] left."


PIECES = ("word ", "x" * (MAX_RUN + 1), "\n", ". ", "Ö", "y" * 1_500)


@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join))
def test_every_character_is_read_by_the_model_or_masked(text: str) -> None:
    document = document_of(text)
    for each in document.texts:
        check_text(each)
    covered = {
        at
        for start, end in itertools.chain(document.sentences, document.unread)
        for at in range(start, end)
    }
    assert not [at for at, one in enumerate(text) if not one.isspace() and at not in covered]


def test_what_a_model_cannot_read_is_masked() -> None:
    document = document_of(f"See {'x' * (MAX_RUN + 1)} for it. \ud800")
    marked = marked_documents([document], [Marked(())] * len(document.sentences))
    redacted = redact_all(marked, style_of("label"))
    assert redacted[0].text == f"See [{UNREAD}] for it. [{UNREAD}]"


def test_a_text_may_be_longer_than_what_a_model_reads_at_once() -> None:
    document = document_of("word " * MAX_TEXT)
    assert len(document.sentences) > 1
    assert document.unread == ()


def test_what_nobody_sees_does_not_hide_a_word() -> None:
    text = "a\u200bs\u00adp\u200dirin, cafe\u0301 and می\u200cخواهم"
    assert document_of(text).text == "aspirin, café and می\u200cخواهم"
