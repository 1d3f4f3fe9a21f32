"""The editor's modal and its markup: inside Slack's limits for any sentence, and the same spans on the way back."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.steps import AnnotationState
from bot.editor.commands import Draft, Editing, Several
from bot.editor.markup import editable_markup, read_markup
from bot.editor.views.editor import editor_modal
from bot.errors import NotUnderstood
from bot.playground.block_kit.validation import view_faults
from ner_engine.annotation import MAX_TEXT, Span
from tests.bot.invariants import unhurried
from tests.bot.slack.test_views import any_texts, labels, long_texts, marked_texts

METADATA = "x" * 400
VIEW_BYTES = 250_000


@st.composite
def drafts(draw: st.DrawFn) -> Draft:
    text, spans = draw(marked_texts())
    tokens = tuple((i, i + 1) for i, character in enumerate(text) if not character.isspace())
    mentions = tuple((span.start, span.end) for span in spans)
    several = [Several(draw(labels), mentions)] if len(mentions) > 1 else []
    return Draft(
        text,
        tokens,
        draw(st.none() | st.integers(1, 2**63 - 1)),
        spans,
        AnnotationState(),
        suggested_by=draw(st.none() | st.integers(1, 10**9)),
        page=draw(st.integers(0, 99)),
        several=tuple(several),
        notes=tuple(draw(st.lists(any_texts, max_size=4))),
        boxes=draw(st.integers(0, 10**6)),
        offer="of-fer",
    )


@unhurried
@given(drafts(), st.lists(labels, max_size=130), st.none() | any_texts, st.booleans())
def test_slack_takes_the_editor_of_any_draft(
    draft: Draft, names: list[str], fault: str | None, bold: bool
) -> None:
    faults = (("markup", fault),) if fault else ()
    editing = Editing(draft, tuple(sorted(set(names))), faults)  # type: ignore[arg-type]
    modal = editor_modal(editing, metadata=METADATA, select_and_bold=bold)
    assert view_faults(modal.to_dict()) == []


@pytest.mark.parametrize("count", [0, 1, 20, 21, 200, 1_000])
def test_slack_takes_the_editor_of_any_number_of_spans(count: int) -> None:
    """A thousand spans in two thousand characters: in pages, and without the box they do not fit into."""
    text = ("w " * MAX_TEXT)[:MAX_TEXT].rstrip()
    tokens = tuple((i, i + 1) for i in range(0, len(text), 2))
    spans = tuple(Span(start, end, "L" * 32) for start, end in tokens[:count])
    for page in (0, 1, 99, 120):
        draft = Draft(text, tokens, 1, spans, AnnotationState(), page=page, offer="o")
        many = tuple(f"LABEL_{i:026}" for i in range(300))
        view = editor_modal(Editing(draft, many), metadata=METADATA, select_and_bold=True).to_dict()
        assert view_faults(view) == []
        assert len(json.dumps(view)) < VIEW_BYTES


def test_a_phrase_with_a_thousand_mentions_has_a_menu_slack_takes() -> None:
    text = "w " * 900 + "w"
    tokens = tuple((i, i + 1) for i in range(0, len(text), 2))
    spans = tuple(Span(*token, "A") for token in tokens)
    several = (Several("A", tokens),) * 5
    draft = Draft(text, tokens, 1, spans, AnnotationState(), several=several, offer="o")
    assert view_faults(editor_modal(Editing(draft, ("A",)), metadata=METADATA).to_dict()) == []


@st.composite
def stripped_texts(draw: st.DrawFn) -> tuple[str, tuple[Span, ...]]:
    """Spans as they can be stored: without blank edges."""
    text, spans = draw(marked_texts() | st.builds(lambda t: (t, ()), long_texts))
    bare = [
        span
        for span in spans
        if text[span.start : span.end].strip() == text[span.start : span.end]
        and span.start < span.end
    ]
    return text, tuple(bare)


@unhurried
@given(stripped_texts())
def test_markup_is_read_as_it_was_written(marked: tuple[str, tuple[Span, ...]]) -> None:
    """Whatever brackets and braces the sentence itself holds."""
    text, spans = marked
    markup = editable_markup(text, spans)
    assert markup is None or read_markup(markup, text) == spans
    assert markup or set("[]{}=()") & set(text)


@unhurried
@given(any_texts, any_texts)
def test_markup_of_any_words_is_read_or_refused_in_time(typed: str, text: str) -> None:
    """Neither a crash nor a label outside the text."""
    try:
        spans = read_markup(typed, text)
    except NotUnderstood:
        return
    assert all(0 <= span.start < span.end <= len(text) for span in spans)


@pytest.mark.parametrize(
    ("typed", "spans"),
    [
        ("See [x](Y) and [z](Q)", (Span(15, 16, "Q"),)),
        ("See [[x](Y)](Z) and z", (Span(4, 10, "Z"),)),
        ("See {[x](Y) and=A} z", (Span(4, 14, "A"),)),
        ("see [x](y) AND {z = b}", ()),
    ],
)
def test_brackets_of_the_sentence_are_told_from_marks(typed: str, spans: tuple[Span, ...]) -> None:
    """The sentence is known, so its own brackets are no marks."""
    text = "See [x](Y) and z"
    try:
        assert read_markup(typed, text) == spans
    except NotUnderstood:
        assert not spans


def test_what_the_second_form_can_tell_is_written_in_it() -> None:
    """`[[x](A)](y)` could be either of two labels; braces are clear."""
    text = "see [x](y)"
    assert editable_markup(text, (Span(5, 6, "A"),)) == "see [{x=A}](y)"


def test_two_thousand_brackets_are_read_in_time() -> None:
    """A hostile sentence takes no longer than a Slack request may."""
    text = "[" * 1_000 + "](A)" * 250
    assert read_markup(text, text) == ()
    with pytest.raises(NotUnderstood):
        read_markup(text + "x", text)
