"""Words are told apart in every language, and no sentence of a script without blanks is one word."""

from importlib.util import find_spec

import pytest

from ner_engine.errors import TokenizerMissing
from ner_engine.languages import NAMES, find_language, missing_extra, runs_right_to_left
from ner_engine.pipeline.tokenizers import blank_pipeline


def words(language: str, text: str) -> list[str]:
    return [token.text for token in blank_pipeline(language)(text) if not token.is_space]


@pytest.mark.parametrize(
    ("language", "text", "told_apart"),
    [
        (
            "de",
            "Nach § 14 Abs. 2 z.B. hier.",
            ["Nach", "§", "14", "Abs.", "2", "z.B.", "hier", "."],
        ),
        ("zh", "患者胸痛，500 mg。", ["患", "者", "胸", "痛", "，", "500", "mg", "。"]),
        ("en", "A 胸痛 case", ["A", "胸", "痛", "case"]),
        ("vi", "Bệnh nhân bị đau.", ["Bệnh", "nhân", "bị", "đau", "."]),
        ("ko", "가슴 통증이 있다.", ["가슴", "통증이", "있다", "."]),
        ("fa", "درد می\u200cشود.", ["درد", "می\u200cشود", "."]),
        ("sw", "Mgonjwa ana kifua.", ["Mgonjwa", "ana", "kifua", "."]),
        ("xx", "a b", ["a", "b"]),
    ],
)
def test_words_are_told_apart(language: str, text: str, told_apart: list[str]) -> None:
    assert words(language, text) == told_apart


@pytest.mark.parametrize(
    ("language", "text"), [("km", "អ្នកជំងឺមាន"), ("my", "လူနာရင်"), ("lo", "ຄົນເຈັບ")]
)
def test_a_script_without_blanks_is_told_apart_by_letters_with_their_marks(
    language: str, text: str
) -> None:
    found = words(language, text)
    assert len(found) > 2
    assert "".join(found) == text


@pytest.mark.parametrize("language", ["ja", "th"])
def test_what_is_not_installed_is_named_with_the_step(
    language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ner_engine.languages.find_spec", lambda _name: None)
    with pytest.raises(TokenizerMissing, match=r"pip install .nerbot\[(japanese|thai)\]"):
        blank_pipeline(language)


@pytest.mark.skipif(find_spec("sudachipy") is None, reason="the extra japanese is not installed")
def test_japanese_is_told_apart_by_its_own_tokenizer() -> None:
    assert words("ja", "患者は胸の痛みがある。")[:4] == ["患者", "は", "胸", "の"]


@pytest.mark.skipif(find_spec("pythainlp") is None, reason="the extra thai is not installed")
def test_thai_is_told_apart_by_its_own_tokenizer() -> None:
    assert "เจ็บ" in words("th", "ผู้ป่วยเจ็บหน้าอก")


@pytest.mark.parametrize("language", ["ca", "gu", "ru", "uk", "tr", "ckb", "ka", "yi"])
def test_languages_with_and_without_rules_of_their_own_have_a_tokenizer(language: str) -> None:
    assert words(language, "a b") == ["a", "b"]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("de", "de"), ("German", "de"), ("deutsch", "de"), ("de-AT", "de"), ("pt_BR", "pt"), ("日本語", "ja"),
        ("any language", "xx"), ("klingon", None), ("", None), ("no", "nb"),
    ],
)  # fmt: skip
def test_a_language_is_found_by_code_and_name(typed: str, code: str | None) -> None:
    assert find_language(typed) == code


def test_every_language_is_found_by_its_english_name() -> None:
    assert [find_language(name) for name in NAMES.values()] == list(NAMES)


@pytest.mark.parametrize(
    ("text", "is_so"),
    [("درد", True), ("(שלום)", True), ("pain درد", False), ("12 ألم", True), ("12", False)],
)
def test_a_text_runs_as_its_first_letter_does(text: str, *, is_so: bool) -> None:
    assert runs_right_to_left(text) is is_so


def test_nothing_is_missing_where_nothing_is_needed() -> None:
    assert missing_extra("de") is None
