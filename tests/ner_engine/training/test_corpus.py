import hashlib
import random
from dataclasses import replace

import pytest
import spacy
from spacy.language import Language

from ner_engine import AnnotatedText, Span
from ner_engine.formats.fingerprint import fingerprint
from ner_engine.training.corpus import Misalignment, make_corpus
from ner_engine.training.splits import assign_folds, is_held_out, text_key, unit_keys
from tests.ner_engine.data import make_gold

GOLD = make_gold(10)


@pytest.fixture(scope="module")
def nlp() -> Language:
    return spacy.blank("en")


def test_a_span_that_cuts_a_token_is_reported_with_its_borders(nlp: Language) -> None:
    cutting = AnnotatedText("A fever of x39C at night.", (Span(11, 13, "VALUE"),))
    [found] = make_corpus(nlp, [GOLD[0], cutting]).misaligned
    assert found == Misalignment(1, Span(11, 13, "VALUE"), Span(11, 15, "VALUE"))


def test_the_tokens_of_a_cutting_span_are_missing_values_not_outside(nlp: Language) -> None:
    text = AnnotatedText("No cisplatin-2-induced pain.", (Span(3, 9, "DRUG"), Span(23, 27, "PAIN")))
    [example] = make_corpus(nlp, [text]).examples
    tags = dict(zip([t.text for t in example.reference], example.get_aligned_ner(), strict=True))
    assert tags["pain"] == "U-PAIN"
    assert tags["No"] == "O"
    assert {tag for token, tag in tags.items() if "cisplatin" in token} <= {None, "-"}


def test_an_aligned_text_is_not_reported(nlp: Language) -> None:
    assert make_corpus(nlp, GOLD).misaligned == ()


def test_folds_have_equal_sizes_and_do_not_depend_on_the_order() -> None:
    shuffled = random.Random(1).sample(GOLD, len(GOLD))
    one, two = (
        dict(zip([a.text for a in gold], assign_folds(unit_keys(gold, largest=9), 5), strict=True))
        for gold in (GOLD, shuffled)
    )
    assert one == two
    assert {list(one.values()).count(fold) for fold in range(5)} == {len(GOLD) // 5}


def test_the_same_text_twice_is_in_one_fold() -> None:
    folds = assign_folds(unit_keys([*GOLD, *GOLD], largest=9), 5)
    assert folds[: len(GOLD)] == folds[len(GOLD) :]


def of(document: str, *texts: str) -> list[AnnotatedText]:
    return [AnnotatedText(text, group=document) for text in texts]


def test_sentences_of_one_document_are_in_one_fold() -> None:
    documents = [of(f"d{n}", f"{n} one.", f"{n} two.", f"{n} three.") for n in range(12)]
    gold = [text for document in documents for text in document]
    folds = assign_folds(unit_keys(gold, largest=3), 5)
    assert all(len(set(folds[start : start + 3])) == 1 for start in range(0, len(gold), 3))
    assert {folds.count(fold) for fold in range(5)} <= {6, 9}


def test_what_every_document_repeats_does_not_make_them_one() -> None:
    gold = [*of("a", "Dear all,", "One."), *of("b", "Dear all,", "Two.")]
    keys = unit_keys(gold, largest=4)
    assert keys[0] == keys[2]
    assert keys[1] != keys[3]


def test_a_copy_goes_where_its_document_goes_whether_it_says_so_or_not() -> None:
    keys = unit_keys([AnnotatedText("One."), *of("a", "One.", "Two.")], largest=3)
    assert len(set(keys)) == 1


def test_a_document_with_too_many_sentences_is_split_by_its_texts() -> None:
    gold = of("a", "One.", "Two.", "Three.")
    assert unit_keys(gold, largest=2) == [text_key(text.text) for text in gold]


def test_the_held_out_part_is_about_a_fifth_and_depends_on_the_text_alone() -> None:
    texts = [f"Sentence number {number}." for number in range(1_000)]
    held_out = [text for text in texts if is_held_out(text_key(text))]
    assert 150 < len(held_out) < 250
    assert [text for text in reversed(texts) if is_held_out(text_key(text))] == held_out[::-1]


def test_the_fingerprint_depends_on_texts_and_spans_but_not_on_the_order() -> None:
    assert fingerprint(GOLD) == fingerprint(GOLD[::-1])
    assert fingerprint(GOLD) != fingerprint(GOLD[1:])
    assert fingerprint([replace(text, group="a") for text in GOLD]) == fingerprint(GOLD)
    assert fingerprint(GOLD[:1]) != fingerprint([AnnotatedText(GOLD[0].text)])


def test_a_text_is_known_by_its_hash() -> None:
    assert text_key("a") == hashlib.sha256(b"a").hexdigest()
