import random
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ner_engine import AnnotatedText, Span, find_mentions
from ner_engine.checks import DataFinding, Kind, OutOfFoldPrediction, check_data, find_cuts
from ner_engine.checks.doubts import (
    IMPROBABLE,
    MOST_DOUBTFUL,
    MOST_UNHEARD_OF,
    SURE,
    UNHEARD_OF,
)
from ner_engine.checks.labels import FEW_SENTENCES, FEW_SPANS, LONELY_MEETINGS, LONELY_SENTENCES
from ner_engine.checks.phrases import CLEAR_MAJORITY
from ner_engine.checks.words import QUOTED

KINDS = (
    "cut_word", "duplicate", "few_examples", "lonely_label", "two_labels", "unlabelled_repeat",
    "doubtful",
)  # fmt: skip


def mark(marked: str) -> AnnotatedText:
    """Read ``a [chest pain=SYMPTOM]``."""
    text, spans = "", []
    for piece in marked.split("["):
        inside, closed, after = piece.rpartition("]")
        if closed:
            words, _, label = inside.rpartition("=")
            spans.append(Span(len(text), len(text) + len(words), label))
            text += words
        text += after
    return AnnotatedText(text, tuple(spans))


def find(kind: Kind, *marked: str) -> list[DataFinding]:
    return only(kind, check_data([mark(text) for text in marked]))


def only(kind: Kind, findings: Sequence[DataFinding]) -> list[DataFinding]:
    return [finding for finding in findings if finding.kind == kind]


# -- Labels -------------------------------------------------------------------------------------


def test_a_label_with_few_spans_is_told_with_what_is_missing() -> None:
    (found,) = find(
        "few_examples", "no fever", "[aspirin=DRUG] or [codeine=DRUG]", "[aspirin=DRUG]"
    )
    assert found.words == (
        f"DRUG has 3 examples in 2 sentences, which is little to learn from. "
        f"Label at least {FEW_SPANS - 3} more, in other sentences."
    )
    assert (found.label, found.sentences) == ("DRUG", (1, 2))


def test_one_example_is_told_in_the_singular() -> None:
    (found,) = find("few_examples", "[aspirin=DRUG]")
    assert "1 example in 1 sentence," in found.words


def test_many_spans_in_few_sentences_are_few_examples() -> None:
    (found,) = find("few_examples", *["[a=DRUG] " * FEW_SPANS] * (FEW_SENTENCES - 2))
    assert "Label at least 2 more" in found.words


def test_enough_spans_in_enough_sentences_are_no_finding() -> None:
    more = ["[a=DRUG] and [b=DRUG]"] * (FEW_SPANS - FEW_SENTENCES)
    assert not find("few_examples", *more, *["[a=DRUG]"] * (FEW_SENTENCES - len(more)))


def test_the_rarest_label_comes_first() -> None:
    found = find("few_examples", "[a=A] [c=C]", "[b=B] [a=A]", "[a=A]")
    assert [finding.label for finding in found] == ["B", "C", "A"]


DRUGS = [f"took [drug{number}=DRUG]" for number in range(20)]
SYMPTOMS = [f"felt [pain{number}=SYMPTOM]" for number in range(30)]


def test_a_label_that_never_meets_another_where_chance_would_have_it_is_lonely() -> None:
    (found,) = find("lonely_label", *DRUGS, *SYMPTOMS)
    assert found.words == (
        "DRUG is in 20 sentences, but never beside another label; by chance it would be beside one "
        "in about 12 of them. If other entities were left out there, label them too."
    )
    assert (found.label, found.sentences) == ("DRUG", tuple(range(20)))


def test_only_the_lonely_one_of_several_labels_is_told() -> None:
    both = [f"[b{number}=B] and [c{number}=C]" for number in range(20)]
    assert [found.label for found in find("lonely_label", *DRUGS, *both)] == ["DRUG"]


def test_one_meeting_is_enough_not_to_be_lonely() -> None:
    assert not find("lonely_label", *DRUGS, *SYMPTOMS, "[aspirin=DRUG] for [fever=SYMPTOM]")


def test_a_label_that_chance_seldom_has_beside_others_is_not_lonely() -> None:
    empty = ["nothing here"] * (20 * 30 // LONELY_MEETINGS)
    assert not find("lonely_label", *DRUGS, *SYMPTOMS, *empty)


def test_a_label_in_few_sentences_is_not_lonely() -> None:
    assert not find("lonely_label", *DRUGS[: LONELY_SENTENCES - 1], *SYMPTOMS)


def test_the_only_label_is_not_lonely() -> None:
    assert not find("lonely_label", *DRUGS)


# -- Sentences that are there twice -------------------------------------------------------------


def test_one_sentence_with_different_spans_is_a_duplicate() -> None:
    (found,) = find("duplicate", "No [fever=SYMPTOM].", "Else.", "no  FEVER.")
    assert found.words == (
        "The sentence “No fever.” is there twice, labelled in different ways: "
        "“fever” is SYMPTOM in one and not in another. Label all of them alike."
    )
    assert (found.label, found.phrase, found.sentences) == ("SYMPTOM", "fever", (0, 2))


def test_one_sentence_with_different_labels_is_a_duplicate() -> None:
    assert find("duplicate", "[Paris=CITY] is here", "[Paris=PERSON] is here")


def test_several_sentences_with_differing_copies_are_told_as_one_with_their_number() -> None:
    copies = ["No [fever=SYMPTOM].", "No fever.", "A [rash=SYMPTOM].", "A rash."]
    (found,) = find("duplicate", *copies, "Else.")
    assert found.words.startswith(
        "2 sentences are there more than once with different entities: in “No fever.” “fever” is"
    )
    assert found.sentences == (0, 1, 2, 3)


# -- Entities that cut a word -------------------------------------------------------------------


def words(text: str) -> list[tuple[int, int]]:
    return [hit.span() for hit in re.finditer(r"\w+", text)]


def test_entities_that_cut_a_word_are_told_with_their_number_and_the_first_few() -> None:
    gold = [mark("[fever=A]"), *[mark("of x[39=VALUE]C")] * 4]
    cuts = find_cuts(gold, words)
    assert (cuts[0][0], cuts[0][2]) == (1, Span(3, 7, "VALUE"))
    (found,) = only("cut_word", check_data(gold, cuts=cuts))
    assert found.words.startswith("4 entities begin or end inside a word, so no model learns or")
    assert "“39” as VALUE in “x39C”" in found.words
    assert "and 1 more" in found.words
    assert found.sentences == (1, 2, 3, 4)


def test_entities_of_whole_words_are_not_told() -> None:
    assert find_cuts([mark("a [high fever=A]")], words) == ()


@pytest.mark.parametrize("other", ["no [fever=SYMPTOM]", "no   [fever=SYMPTOM]", "some [fever=A]"])
def test_the_same_spans_and_other_sentences_are_no_duplicates(other: str) -> None:
    assert not find("duplicate", "No [fever=SYMPTOM]", other)


# -- Phrases ------------------------------------------------------------------------------------


def test_a_phrase_with_two_labels_is_told_with_how_often_each() -> None:
    (found,) = find(
        "two_labels", "in [Paris=CITY]", "to [paris=CITY]", "by [Paris=PERSON]", "[Rome=CITY]"
    )
    assert found.words == (
        "“Paris” is CITY twice and PERSON once. "
        "Read the sentences, and give it one label wherever it means the same."
    )
    assert (found.phrase, found.label, found.sentences) == ("Paris", None, (0, 1, 2))


def test_where_one_label_prevails_the_sentences_with_the_others_come_first() -> None:
    (found,) = find("two_labels", *["in [Paris=CITY]"] * CLEAR_MAJORITY, "by [Paris=PERSON]")
    assert "Where it is not CITY it may be a mistake; these sentences come first." in found.words
    assert (found.label, found.sentences) == ("CITY", (5, 0, 1, 2, 3, 4))


def test_a_label_that_prevails_but_little_is_none_to_go_by() -> None:
    usual = ["in [Paris=CITY]"] * (CLEAR_MAJORITY - 1)
    (found,) = find("two_labels", *usual, "by [Paris=PERSON]")
    assert found.label is None


def test_likely_slips_come_first_then_what_is_most_frequent() -> None:
    even = ["[Ulm=CITY] [Rome=CITY] [Rome=CITY]", "[Ulm=PERSON] [Rome=PERSON] [Rome=PERSON]"]
    found = find("two_labels", *even * 9, *["in [Paris=CITY]"] * 5, "by [Paris=PERSON]")
    assert [finding.phrase for finding in found] == ["Paris", "Rome", "Ulm"]


def test_an_abbreviation_is_another_phrase_than_the_word_it_looks_like() -> None:
    assert not find("two_labels", "in the [US=CITY]", "with [us=PERSON]")


def test_a_phrase_labelled_here_and_not_there_is_told() -> None:
    (found,) = find(
        "unlabelled_repeat",
        "has [chest pain=SYMPTOM]",
        "no chest pain at all",
        "[Chest  pain=SYMPTOM] again, and chest pain",
    )
    assert found.words == (
        "“chest pain” is SYMPTOM twice and has no label twice. "
        "Label it there too, if it means the same."
    )
    assert (found.label, found.phrase, found.sentences) == ("SYMPTOM", "chest pain", (1, 2))


def test_a_sentence_with_two_unlabelled_mentions_is_named_once() -> None:
    (found,) = find("unlabelled_repeat", "[sore throat=A]", "sore throat, sore throat")
    assert "no label twice" in found.words
    assert found.sentences == (1,)


def test_a_handle_that_was_labelled_is_looked_for_as_a_whole() -> None:
    assert find("unlabelled_repeat", *["by [@acme=SHOP]"] * 2, "from @acme")


@pytest.mark.parametrize(
    "other",
    [
        "[sore throat=SYMPTOM]",
        "[very sore throat=SYMPTOM]",
        "sore [throat=BODY]",
        "sore throats",
        "a sore. Throat",
        "eyesore throat",
        "from @sore throat",
        "#sore throat",
        "http://x.org/sore throat",
    ],
)
def test_what_is_no_mention_of_its_own_is_no_unlabelled_repeat(other: str) -> None:
    assert not find("unlabelled_repeat", "a [sore throat=SYMPTOM]", other)


def test_a_single_word_that_was_labelled_once_is_no_unlabelled_repeat() -> None:
    assert not find("unlabelled_repeat", "from [Target=SHOP]", "the target")
    assert find("unlabelled_repeat", *["from [Target=SHOP]"] * 2, "the target")


def test_a_word_that_is_seldom_an_entity_is_no_unlabelled_repeat() -> None:
    labelled = ["in [Reading=CITY]"] * 2
    assert find("unlabelled_repeat", *labelled, *["reading"] * 4)
    assert not find("unlabelled_repeat", *labelled, *["reading"] * 5)


def test_short_words_are_looked_for_only_as_abbreviations() -> None:
    assert not find("unlabelled_repeat", *["5 [mg=DOSE]"] * 2, "6 mg")
    assert find("unlabelled_repeat", *["has [PD=DISEASE]"] * 2, "new PD")
    assert not find("unlabelled_repeat", *["has [PD=DISEASE]"] * 2, "new pd")


def test_the_longest_phrase_is_looked_for() -> None:
    labelled = ["[chest pain=SYMPTOM]", *["a [chest=BODY] with [pain=SYMPTOM]"] * 2]
    (found,) = find("unlabelled_repeat", *labelled, "no chest pain")
    assert found.phrase == "chest pain"


@pytest.mark.parametrize(
    "phrase", ["vitamin C++", "(S)-ibuprofen x", "O’Neil’s disease", "naïve T"]
)
def test_phrases_with_signs_are_found(phrase: str) -> None:
    (found,) = find("unlabelled_repeat", f"got [{phrase}=DRUG] then", f"no {phrase}, never")
    assert found.sentences == (1,)


def test_where_most_was_missed_comes_first() -> None:
    rash = [*["a [rash=SYMPTOM]"] * 4, "the rash"]
    fever = [*["a [fever=SYMPTOM]"] * 4, *["the fever"] * 4]
    found = find("unlabelled_repeat", *rash, *fever)
    assert [finding.phrase for finding in found] == ["fever", "rash"]


# -- What a model doubts ------------------------------------------------------------------------


def doubt(
    gold: AnnotatedText, *spans: tuple[Span, float], chances: float | Sequence[float] = 1.0
) -> list[DataFinding]:
    return only("doubtful", check_data([gold], [predict(gold, *spans, chances=chances)]))


def predict(
    gold: AnnotatedText, *spans: tuple[Span, float], chances: float | Sequence[float] = 1.0
) -> OutOfFoldPrediction:
    if isinstance(chances, float):
        chances = [chances] * len(gold.spans)
    return OutOfFoldPrediction(
        tuple(span for span, _ in spans), tuple(share for _, share in spans), tuple(chances)
    )


BARE, FEVER = mark("no fever"), mark("no [fever=SYMPTOM]")
(SPAN,) = FEVER.spans
WIDER = Span(0, 8, "SYMPTOM")


def test_a_span_the_model_is_sure_of_and_we_lack_is_doubtful() -> None:
    (found,) = doubt(BARE, (SPAN, SURE))
    assert found.words == (
        "A model that learned from other sentences labels this one differently: "
        "“fever” as SYMPTOM. Check it, and keep what is right."
    )
    assert (found.label, found.phrase, found.sentences) == ("SYMPTOM", "fever", (0,))


def test_other_borders_are_told_as_one_in_place_of_the_other() -> None:
    (found,) = doubt(FEVER, (WIDER, SURE), chances=IMPROBABLE)
    assert "“no fever” as SYMPTOM instead of “fever” as SYMPTOM." in found.words


def test_another_label_is_told_as_one_in_place_of_the_other() -> None:
    (found,) = doubt(FEVER, (replace(SPAN, label="DISEASE"), SURE), chances=IMPROBABLE)
    assert "“fever” as DISEASE instead of “fever” as SYMPTOM." in found.words


def test_a_span_of_ours_that_is_unheard_of_is_doubtful() -> None:
    (found,) = doubt(FEVER, chances=UNHEARD_OF)
    assert "nothing instead of “fever” as SYMPTOM." in found.words


def test_a_span_of_ours_that_is_unheard_of_is_told_with_what_the_model_has_there() -> None:
    (found,) = doubt(FEVER, (WIDER, 0.5), chances=UNHEARD_OF)
    assert "“no fever” as SYMPTOM instead of “fever” as SYMPTOM." in found.words


def test_what_a_model_would_have_instead_is_told_once() -> None:
    wide = Span(0, 10, "SYMPTOM")
    (found,) = doubt(mark("[dry=A] and [itchy=B]"), (wide, SURE), chances=UNHEARD_OF)
    assert found.words.count("instead of") == 1


def test_the_same_doubt_about_several_mentions_is_told_once() -> None:
    (found,) = doubt(mark("fever, fever"), *((Span(at, at + 5, "A"), SURE) for at in (0, 7)))
    assert found.words.count("fever") == 1


def test_a_doubtful_sentence_is_about_what_the_model_would_have() -> None:
    (found,) = doubt(FEVER, (WIDER, SURE), chances=IMPROBABLE)
    assert (found.label, found.phrase) == ("SYMPTOM", "no fever")


@pytest.mark.parametrize("share", [SURE, UNHEARD_OF])
def test_an_agreeing_model_is_no_finding(share: float) -> None:
    assert not doubt(FEVER, (SPAN, share), chances=share)


def test_a_model_that_is_not_sure_is_no_finding() -> None:
    assert not doubt(BARE, (SPAN, SURE - 0.01))


def test_other_borders_are_no_finding_where_ours_are_not_improbable() -> None:
    assert not doubt(FEVER, (WIDER, SURE), chances=IMPROBABLE + 0.01)


def test_a_span_that_is_merely_new_to_the_model_is_no_finding() -> None:
    assert not doubt(FEVER, chances=UNHEARD_OF * 2)


def test_a_label_the_model_does_not_know_is_no_finding() -> None:
    assert not doubt(FEVER, chances=0.0)


def test_a_sentence_that_no_model_was_asked_about_is_no_finding() -> None:
    assert not only("doubtful", check_data([BARE], [None]))


def test_several_doubts_about_one_sentence_are_one_finding() -> None:
    gold = mark("a b c d e")
    spans = [(Span(place, place + 1, "A"), 0.9 + place / 100) for place in range(0, 9, 2)]
    (found,) = doubt(gold, *spans)
    assert ": “e” as A; “d” as A; “c” as A; and 2 more." in found.words


def test_the_surest_doubts_come_first_and_no_more_than_are_worth_a_look() -> None:
    shares = [0.9 + number / 1000 for number in range(MOST_DOUBTFUL + 5)]
    predictions = [predict(BARE, (SPAN, share)) for share in shares]
    predictions.append(predict(FEVER, chances=UNHEARD_OF))
    found = only("doubtful", check_data([BARE] * len(shares) + [FEVER], predictions))
    expected = range(len(shares) - 1, len(shares) - 1 - MOST_DOUBTFUL, -1)
    assert [finding.sentences for finding in found] == [(number,) for number in expected]


def test_few_of_the_sentences_with_nothing_but_unheard_of_spans_are_told() -> None:
    shares = [UNHEARD_OF / (number + 1) for number in range(MOST_UNHEARD_OF + 1)]
    predictions = [
        predict(BARE, (SPAN, SURE)),
        *(predict(FEVER, chances=share) for share in shares),
    ]
    found = only("doubtful", check_data([BARE, *[FEVER] * len(shares)], predictions))
    expected = [0, *range(len(shares), 1, -1)]
    assert [finding.sentences for finding in found] == [(number,) for number in expected]


def test_predictions_are_one_a_text() -> None:
    with pytest.raises(ValueError, match="shorter"):
        check_data([BARE, BARE], [None])


# -- All of them --------------------------------------------------------------------------------


def test_no_data_are_no_findings() -> None:
    assert check_data([]) == ()


def test_unfinished_texts_are_passed_over() -> None:
    labelled, bare = mark("a [sore throat=A]"), mark("a sore throat")
    assert only("unlabelled_repeat", check_data([labelled, bare]))
    unfinished = replace(bare, finished=False)
    prediction = predict(bare, (Span(2, 13, "A"), SURE))
    found = check_data([unfinished, labelled], [prediction, None])
    assert [(finding.kind, finding.sentences) for finding in found] == [("few_examples", (1,))]


def test_a_long_phrase_is_cut_in_the_message_alone() -> None:
    phrase = "no " * 20 + "pain"
    (found,) = find("unlabelled_repeat", f"[{phrase}=SYMPTOM]", phrase)
    quoted = found.words.partition("“")[2].partition("”")[0]
    assert len(quoted) <= QUOTED
    assert quoted.endswith("no…")
    assert found.phrase == phrase


WORDS = st.sampled_from(["chest", "pain", "PD", "pd", "İß", "“x”", "(a)", "C++", "@us", "US", "-"])


@st.composite
def annotated_texts(draw: Any) -> AnnotatedText:
    text, spans, borders = "", [], [0]
    for word in draw(st.lists(WORDS, min_size=1, max_size=6)):
        text += word + draw(st.sampled_from(["", " ", "  ", "\u00a0"]))
        borders.append(len(text))
    for start, end in pairwise(sorted(draw(st.sets(st.sampled_from(borders), max_size=4)))):
        label = draw(st.sampled_from(["A", "B", None]))
        if label and text[start:end].strip() == text[start:end]:
            spans.append(Span(start, end, label))
    return AnnotatedText(text, tuple(spans), finished=draw(st.booleans()))


@st.composite
def with_predictions(draw: Any) -> tuple[list[AnnotatedText], list[OutOfFoldPrediction | None]]:
    gold = draw(st.lists(annotated_texts(), max_size=8))
    shares = st.sampled_from([0.0, UNHEARD_OF, 0.5, SURE, 1.0])
    predictions: list[OutOfFoldPrediction | None] = []
    for annotated in gold:
        spans = [span for span in draw(annotated_texts()).spans if span.end <= len(annotated.text)]
        rated = [(span, draw(shares)) for span in spans]
        predictions.append(
            predict(annotated, *rated, chances=[draw(shares) for _ in annotated.spans])
        )
    return gold, predictions


@settings(max_examples=50)
@given(with_predictions())
def test_findings_name_finished_sentences_once_each_and_come_kind_by_kind(data: Any) -> None:
    gold, predictions = data
    findings = check_data(gold, predictions)
    for finding in findings:
        assert finding.sentences
        assert len(set(finding.sentences)) == len(finding.sentences)
        assert all(gold[number].finished for number in finding.sentences)
        assert finding.label or finding.phrase
        assert finding.words.endswith(".")
    order = [KINDS.index(finding.kind) for finding in findings]
    assert order == sorted(order)


@settings(max_examples=50)
@given(with_predictions())
def test_what_is_found_is_the_same_every_time(data: Any) -> None:
    assert check_data(*data) == check_data(*data)


@given(st.lists(annotated_texts(), max_size=12))
def test_an_unlabelled_repeat_is_a_mention_that_a_search_finds_too(gold: Any) -> None:
    for finding in only("unlabelled_repeat", check_data(gold)):
        for number in finding.sentences:
            assert find_mentions(gold[number].text, finding.phrase or "")


def test_thousands_of_sentences_and_phrases_are_no_trouble() -> None:
    chance = random.Random(0)
    gold = [
        mark(
            f"{chance.randrange(900)} pain [acute pain {number}=SYMPTOM] and acute pain {number - 1}"
        )
        for number in range(2_000)
    ]
    assert len(only("unlabelled_repeat", check_data(gold))) == 1_999
