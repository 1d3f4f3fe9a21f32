from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ner_engine.annotation import Span, fold
from ner_engine.prediction.phrase_memory import PhraseMemory, label_by_phrase
from ner_engine.prediction.predictor import Tokenizer

TOKENIZER = Tokenizer()


def found(text: str, *phrases: str | tuple[str, str]) -> list[str]:
    """The phrases found in a text."""
    memory = PhraseMemory()
    memory.learn([(phrase, "A") if isinstance(phrase, str) else phrase for phrase in phrases])
    spans = memory.find(text, TOKENIZER.token_offsets(text)).spans
    return [text[span.start : span.end] for span in spans]


def test_a_labelled_phrase_is_found_with_its_label_and_no_confidence() -> None:
    memory, text = PhraseMemory(), "Chest pain again."
    memory.learn([("chest pain", "SYMPTOM")])
    prediction = memory.find(text, TOKENIZER.token_offsets(text))
    assert prediction.spans == (Span(0, 10, "SYMPTOM"),)
    assert prediction.confidences == (None,)


def test_case_curly_quotes_and_long_dashes_do_not_matter() -> None:
    assert found("PARKINSON’S and T–CELL", "Parkinson's", "t-cell") == ["PARKINSON’S", "T–CELL"]


@pytest.mark.parametrize(
    ("labelled", "text", "mention"),
    [
        ("10km", "She ran 10KM.", "10KM"),
        ("St. John's wort", "takes st. john's wort.", "st. john's wort"),
        ("I.V.", "given i.v. today", "i.v."),
        ("cannot", "They CANNOT.", "CANNOT"),
    ],
)
def test_a_phrase_is_found_where_the_tokenizer_cuts_it_otherwise(
    labelled: str, text: str, mention: str
) -> None:
    """The tokenizer goes by case; what was labelled is a phrase and no row of tokens."""
    assert found(text, labelled) == [mention]


def test_a_phrase_inside_a_token_is_not_found() -> None:
    """What is found can be stored: it stands on token borders."""
    assert found("39C or painful", "39", "pain") == []
    assert found("39 km or pain.", "39", "pain") == ["39", "pain"]


def test_a_phrase_with_a_full_stop_is_found_with_it_alone() -> None:
    assert found("Takes vit. C and vit C, hep. B.", "vit.", "hep. B.") == ["vit.", "hep. B."]


def test_longer_phrases_come_before_those_inside_or_across_them() -> None:
    text = "severe chest pain at rest"
    assert found(text, "pain", "chest pain", "severe chest", "pain at rest") == [
        "severe chest",
        "pain at rest",
    ]
    assert found(text, "pain", "chest pain") == ["chest pain"]


def test_a_phrase_has_the_label_most_people_gave_it_the_newest_where_as_many_did() -> None:
    assert label_by_phrase([("Flu", "B"), ("flu", "A"), ("flu", "A"), ("Hep", "B"), ("hep", "A")]) == {
        "flu": "A",
        "hep": "B",
    }  # fmt: skip


def test_what_is_learned_takes_the_place_of_what_was_known() -> None:
    """A label that changed, a phrase that came, one that was undone: as if nothing had been known."""
    memory, text = PhraseMemory(), "fever, cough and flu"
    tokens = TOKENIZER.token_offsets(text)
    memory.learn([("fever", "A"), ("cough", "A")])
    memory.learn([("fever", "B"), ("cough", "A"), ("flu", "A")])
    assert [span.label for span in memory.find(text, tokens).spans] == ["B", "A", "A"]
    memory.learn([("flu", "A")])
    assert memory.find(text, tokens).spans == (Span(17, 20, "A"),)
    assert len(memory) == 1


def test_nothing_learned_finds_nothing() -> None:
    assert found("chest pain") == []
    memory = PhraseMemory()
    memory.learn([("pain", "A")])
    assert memory.find("pain", ()).spans == ()


PIECES = st.lists(
    st.sampled_from(["a", "A", "b", "ab", " ", "-", "–", ".", "’", "'", "ß", "İ", "3"])
)
TEXTS = PIECES.map("".join)
PHRASES = st.lists(PIECES.filter(bool).map("".join), max_size=6)


@given(TEXTS, PHRASES, st.data())
def test_a_phrase_is_found_wherever_its_letters_stand_on_borders(
    text: str, phrases: list[str], data: st.DataObject
) -> None:
    """The rule without spaCy, whatever the borders are and whatever the phrases."""
    cuts = data.draw(st.lists(st.sampled_from(range(len(text) + 1)), unique=True).map(sorted))
    tokens = [(start, end) for start, end in pairwise(cuts) if text[start:end].strip()]
    memory = PhraseMemory()
    memory.learn([(phrase, "A") for phrase in phrases])
    known = {fold(phrase) for phrase in phrases}
    standing = {
        (start, end) for start, _ in tokens for _, end in tokens if fold(text)[start:end] in known
    }
    spans = memory.find(text, tokens).spans
    assert {(span.start, span.end) for span in spans} <= standing
    assert not any(one.overlaps(two.start, two.end) for one, two in combinations(spans, 2))
    for start, end in standing:
        length = end - start
        assert any(it.overlaps(start, end) and it.end - it.start >= length for it in spans)
