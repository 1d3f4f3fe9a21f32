"""A person's text on its way in: decoded once, cleaned, refused in words."""

import unicodedata

import emoji
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.errors import TextRefused
from bot.slack.text_normalization import CleanText, clean, decode, without_long_links
from ner_engine.annotation import MAX_RUN, MAX_TEXT, check_text
from tests.bot.invariants import unhurried

INVISIBLE = (
    "\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
    "\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\ufeff\U000e0041"
)
PIECES = [
    *INVISIBLE, *"ab19:_+-{}=<>&; \t\n\r", "e\u0301", "\u0301", "\u212a", "\u00a0", "\u2028", "\ufe0f",
    ":smile:", ":b:", ":+1:", ":skin-tone-3:", ":x", "::", "👩", "⚕", "🏽", "🏴", "\U000e0067", "\U000e007f",
    "❤\ufe0f", "↔", "שלום", "مرحبا", "痛", "\x00", "\x1c", "\ud800",
]  # fmt: skip
odd_texts = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=12).map("".join)

SEQUENCES = [
    pytest.param("👨‍👩‍👧‍👦", id="family"),
    pytest.param("👩‍⚕️", id="profession with a variation selector"),
    pytest.param("👩🏽‍⚕️", id="profession with a skin tone"),
    pytest.param("🏳️‍🌈", id="flag after a variation selector"),
    pytest.param("🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", id="England"),
    pytest.param("🇩🇪", id="flag of a country"),
    pytest.param("🧑🏿‍🤝‍🧑🏻", id="two skin tones"),
    pytest.param("❤️‍🔥", id="heart on fire"),
    pytest.param("🙂‍↔️", id="arrow that is an emoji"),
    pytest.param("1️⃣", id="keycap"),
]

# --- decoding ---------------------------------------------------------------------------------------------------

WIRE = [
    pytest.param("cough &amp; cold", "cough & cold", id="ampersand"),
    pytest.param("3 &lt; 5 &gt; 4", "3 < 5 > 4", id="angles"),
    pytest.param("&amp;lt;", "&lt;", id="an entity that was typed"),
    pytest.param("&amp;amp;amp;", "&amp;amp;", id="ampersands that were typed"),
    pytest.param("&lt;@U1&gt;", "<@U1>", id="a mention that was typed"),
    pytest.param("<@U1>", "@U1", id="person"),
    pytest.param("<@U1|ada>", "@ada", id="named person"),
    pytest.param("<#C1|triage>", "#triage", id="channel"),
    pytest.param("<#C1|>", "#C1", id="private channel"),
    pytest.param("<https://x.org/a?b=1&amp;c=2>", "https://x.org/a?b=1&c=2", id="link"),
    pytest.param("<https://x.org|x.org>", "x.org", id="named link"),
    pytest.param("<mailto:a@b.org|a@b.org>", "a@b.org", id="address"),
    pytest.param("<mailto:a@b.org>", "a@b.org", id="bare address"),
    pytest.param("<!here>", "@here", id="here"),
    pytest.param("<!here|here>", "@here", id="here as older clients send it"),
    pytest.param("<!channel|@channel>", "@channel", id="channel mention"),
    pytest.param("<!subteam^S1|@doctors>", "@doctors", id="group"),
    pytest.param("<!subteam^S1>", "@S1", id="nameless group"),
    pytest.param("<!date^1392734382^{date}|18 Feb>", "18 Feb", id="date"),
]


@pytest.mark.parametrize(("wire", "seen"), WIRE)
def test_decoding_gives_what_the_person_saw(wire: str, seen: str) -> None:
    assert decode(wire) == seen


words = st.text(st.characters(exclude_characters="<>|", exclude_categories=["Cs"]), min_size=1)


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@unhurried
@given(st.text())
def test_what_slack_escaped_is_decoded_to_what_was_typed(typed: str) -> None:
    assert decode(escaped(typed)) == typed


@unhurried
@given(
    st.lists(
        words.map(lambda name: (f"<@U1|{escaped(name)}>", f"@{name}"))
        | words.map(lambda name: (f"<#C1|{escaped(name)}>", f"#{name}"))
        | words.map(lambda name: (f"<https://x.org|{escaped(name)}>", name))
        | st.text().map(lambda typed: (escaped(typed), typed))
    )
)
def test_decoding_never_leaves_markup_of_slack(parts: list[tuple[str, str]]) -> None:
    assert decode("".join(wire for wire, _ in parts)) == "".join(seen for _, seen in parts)


# --- one canonical form -----------------------------------------------------------------------------------------


def test_letters_are_composed() -> None:
    assert clean("cafe\u0301").text == "caf\u00e9"


@pytest.mark.parametrize("character", INVISIBLE, ids=lambda c: f"{ord(c):04x}")
def test_an_invisible_character_is_stripped_and_said(character: str) -> None:
    assert clean(f"chest{character} pain") == CleanText("chest pain", cleaned=True)


def test_a_text_without_invisible_characters_is_not_called_cleaned() -> None:
    assert not clean("  cafe\u0301 :smile:  au\nlait ").cleaned


@pytest.mark.parametrize("sequence", SEQUENCES)
def test_an_emoji_of_several_characters_stays_whole(sequence: str) -> None:
    assert clean(f"seen by {sequence} today") == CleanText(f"seen by {sequence} today")


def test_every_emoji_there_is_stays_whole() -> None:
    broken = [e for e in emoji.EMOJI_DATA if clean(e).text != unicodedata.normalize("NFC", e)]
    assert broken == []


@pytest.mark.parametrize(
    "text", ["a\u200db", "👩\u200d", "\u200d👩", "👩\u200da", "👩\u200d\u200d⚕"]
)
def test_a_joiner_that_joins_no_emoji_is_stripped(text: str) -> None:
    assert "\u200d" not in clean(text).text


@pytest.mark.parametrize("text", ["كحة وحمى", "כאב בחזה", "درد ۱۲ ساعت", "\u06ddنص"])
def test_text_that_runs_from_right_to_left_stays_as_it_is(text: str) -> None:
    assert clean(text) == CleanText(text)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (":smile:", "😄"),
        ("fever :thermometer: today", "fever 🌡️ today"),
        (":smile::heart:", "😄❤️"),
        ("(:+1:)", "(👍)"),
        ("痛い:smile:です", "痛い😄です"),
        (":wave::skin-tone-3:", "👋🏼"),
        (":point_up::skin-tone-6:", "☝🏿"),
        (":our-own-emoji:", ":our-own-emoji:"),
        (":smi\u200ble:", "😄"),
    ],
)
def test_emoji_that_come_by_name_are_kept_as_characters(typed: str, kept: str) -> None:
    assert clean(typed).text == kept


@pytest.mark.parametrize(
    "text",
    ["10:30:45", "a:b:c", "10:100:45", "std::x::y", "site:heart:left", "ratio 1:100:2", "::"],
)
def test_colons_between_letters_and_digits_name_no_emoji(text: str) -> None:
    assert clean(text).text == text


def test_all_blanks_become_single_ones() -> None:
    assert clean("\u2003a\t b\r\n\u2028 c\u00a0d\x85").text == "a b c d"


@unhurried
@given(odd_texts)
@example(":b:e\u0301")
@example("👩\u200b\u200d⚕")
def test_cleaning_a_clean_text_changes_nothing(text: str) -> None:
    try:
        once = clean(text).text
    except TextRefused:
        return
    assert clean(once) == CleanText(once)


@unhurried
@given(odd_texts)
def test_the_engine_bears_every_text_that_is_let_in(text: str) -> None:
    try:
        once = clean(text).text
    except TextRefused:
        return
    check_text(once)


# --- refusals ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x1b", "\x1c", "\x1f", "\x7f", "\x9f"])
def test_control_characters_are_refused(character: str) -> None:
    with pytest.raises(TextRefused, match="control characters"):
        clean(f"chest{character}pain")


def test_lone_surrogates_are_refused() -> None:
    with pytest.raises(TextRefused, match="control characters"):
        clean("chest \ud83d pain")


@pytest.mark.parametrize("text", ["", " \n\t", "\u200b\ufeff"])
def test_nothing_is_refused(text: str) -> None:
    with pytest.raises(TextRefused, match="no text"):
        clean(text)


def test_a_text_may_have_two_thousand_characters() -> None:
    text = "ab " * (MAX_TEXT // 3) + "ab"
    assert len(clean(text).text) == len(text) == MAX_TEXT


def test_a_text_may_not_have_one_character_more() -> None:
    with pytest.raises(TextRefused, match="2,001 characters"):
        clean("ab " * (MAX_TEXT // 3) + "abc")


def test_a_text_that_is_short_without_its_spare_blanks_is_taken() -> None:
    assert clean("a" + " " * (MAX_TEXT + 1) + "b").text == "a b"


def test_a_run_may_have_two_hundred_characters() -> None:
    assert clean(f"a {'x' * MAX_RUN} b").text.split()[1] == "x" * MAX_RUN


def test_a_run_may_not_have_one_character_more() -> None:
    with pytest.raises(TextRefused, match="without a blank"):
        clean(f"a {'x' * (MAX_RUN + 1)} b")


@pytest.mark.parametrize(
    "text", ["a" * 10_000_000, ":" * 19_999, ":é" * 9_999, ":a:" * 6_600 + "b"]
)
def test_a_hostile_text_is_refused_at_once(text: str) -> None:
    with pytest.raises(TextRefused):
        clean(text)


@pytest.mark.parametrize("word", ["می\u200cشود", "क\u094d\u200dष", "ന\u0d4d\u200d"])
def test_joiners_stay_in_words_of_scripts_that_join(word: str) -> None:
    assert clean(word) == CleanText(word)


@pytest.mark.parametrize("text", ["pa\u200dtient", "a\u200cb", "\u200cمی", "ש\u200dל"])
def test_joiners_are_taken_out_where_nothing_joins(text: str) -> None:
    assert clean(text).text == text.replace("\u200c", "").replace("\u200d", "")


def test_a_long_link_is_shortened_to_its_place() -> None:
    link = "https://example.org/" + "a" * 300
    assert without_long_links(f"See {link} for it.") == "See https://example.org/… for it."


def test_a_link_that_fits_stays() -> None:
    assert without_long_links("See https://example.org/a?b=c.") == "See https://example.org/a?b=c."


def test_a_long_chinese_sentence_is_no_unbroken_run() -> None:
    assert clean("患者有胸痛" * 60).text
