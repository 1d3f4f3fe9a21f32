"""No text, however it is made, holds the event loop: every pattern takes time in proportion to what it reads."""

import re

import pytest

from tests.support.patterns import compiled_patterns, slow_text

PATTERNS = compiled_patterns("bot", "ner_engine")


@pytest.mark.parametrize("place", sorted(PATTERNS))
def test_twice_as_much_text_takes_a_pattern_twice_as_long(place: str) -> None:
    assert slow_text(PATTERNS[place]) is None


@pytest.mark.parametrize(
    "careless",
    [r"\s+everywhere$", r"[a-z]+(?:[_-][a-z_-]+)*$", r"\w+://\S*"],
)
def test_a_careless_pattern_is_found(careless: str) -> None:
    assert slow_text(re.compile(careless)) is not None


def test_the_patterns_are_there() -> None:
    assert {"bot.labelling.parsing._BRACES", "bot.editor.markup._CLOSED"} <= set(PATTERNS)
