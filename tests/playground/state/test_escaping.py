"""Typed text as apps receive it."""

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.playground.state.escaping import escape_entities, escape_typed
from bot.playground.values import Channel, Person

ADA = Person(id="U1", name="ada", real_name="Ada Byrne", colour="#000")
TRIAGE = Channel(id="C1", name="triage", members=("U1",))


@pytest.mark.parametrize(
    ("typed", "escaped"),
    [
        ("temp < 36 & > 35", "temp &lt; 36 &amp; &gt; 35"),
        ("&lt; as typed", "&amp;lt; as typed"),
        ("ask @ada.", "ask <@U1|ada>."),
        ("ask @Ada, @bob", "ask <@U1|ada>, @bob"),
        ("in #triage now", "in <#C1|triage> now"),
        ("#1 of 2", "#1 of 2"),
        ("see https://x.org/a?b=1&c=2.", "see <https://x.org/a?b=1&amp;c=2>."),
        ("mail a@b.org", "mail <mailto:a@b.org|a@b.org>"),
        ("@channel look", "<!channel> look"),
    ],
)
def test_mentions_channels_and_links_are_wrapped(typed: str, escaped: str) -> None:
    assert escape_typed(typed, people=[ADA], channels=[TRIAGE]) == escaped


@given(st.text())
def test_decoded_entities_equal_what_was_typed(text: str) -> None:
    escaped = escape_entities(text)
    assert "<" not in escaped
    assert escaped.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == text


@given(st.text(alphabet=st.characters(exclude_characters="@#:/.")))
def test_text_without_special_words_is_only_escaped(text: str) -> None:
    assert escape_typed(text, people=[ADA], channels=[TRIAGE]) == html.escape(text, quote=False)
