"""The rich text editor: the value of typed text."""

from hypothesis import given
from hypothesis import strategies as st

from bot.playground.block_kit.rich_text_editor import rich_text_value
from tests.playground.kit import rich, run

DOCTOR = "👩‍⚕️"


def test_addresses_and_emoji_become_elements_with_the_style_of_their_run() -> None:
    words = rich(run(f"see https://x.org/a. {DOCTOR}💊", bold=True), run("💊", code=True))
    bold = {"style": {"bold": True}}
    assert rich_text_value(words) == rich(
        run("see ", bold=True),
        {"type": "link", "url": "https://x.org/a", **bold},
        run(". ", bold=True),
        {"type": "emoji", "name": "woman_health_worker", "unicode": "1f469-200d-2695-fe0f", **bold},
        {"type": "emoji", "name": "pill", "unicode": "1f48a", **bold},
        run("💊", code=True),
    )


def test_nothing_typed_is_null() -> None:
    assert rich_text_value("") is None
    assert rich_text_value(None) is None


def test_digits_and_legal_symbols_are_not_emoji() -> None:
    assert rich_text_value("1 # © ®") == rich(run("1 # © ®"))


@given(st.lists(st.sampled_from(["a", " ", DOCTOR, "💊", "https://x.org", "é", "1"])))
def test_no_character_is_lost_or_moved(pieces: list[str]) -> None:
    text = "".join(pieces)
    value = rich_text_value(text)
    elements = value["elements"][0]["elements"] if value else []
    assert "".join(text_of(element) for element in elements) == text


def text_of(element: dict[str, str]) -> str:
    if element["type"] == "emoji":
        return "".join(chr(int(point, 16)) for point in element["unicode"].split("-"))
    return element.get("text") or element["url"]
