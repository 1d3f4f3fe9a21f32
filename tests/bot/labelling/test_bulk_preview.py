"""What labelling a phrase everywhere would change in a sentence: whole mentions, on borders, apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.project import Annotation, Sentence
from bot.labelling.bulk_preview import (
    PAGE,
    ask_everywhere,
    in_order,
    is_chosen,
    match_in,
    most_like,
    pieces_of,
)
from bot.labelling.values.bulk import EverywhereIntent, MatchStatus, PhraseMatch, Place
from bot.labelling.values.cards import Question
from bot.labelling.values.intents import LabelIntent
from ner_engine.annotation import AnnotatedText, Span, find_mentions
from tests.bot.invariants import unhurried
from tests.bot.labelling.test_intents import annotation, on_borders, span, wishes

PAIN = "No pain, some chest pain."


def matched(on: Annotation, *, others: int = 0, phrase: str = "pain") -> PhraseMatch:
    found = match_in(Place(on, others), "SYMPTOM", phrase)
    assert found is not None
    return found


def test_every_mention_is_added() -> None:
    assert len(matched(annotation(PAIN)).added) == 2


def test_a_sentence_without_the_phrase_is_none() -> None:
    assert match_in(Place(annotation(PAIN)), "SYMPTOM", "fever") is None


def test_a_mention_that_is_there_already_is_not_added_again() -> None:
    on = annotation(PAIN, span(PAIN, "pain"))
    assert matched(on).added == (Span(20, 24, "SYMPTOM"),)


@pytest.mark.parametrize(
    ("on", "others", "standing"),
    [
        (annotation(PAIN), 0, MatchStatus.READY),
        (annotation(PAIN, span(PAIN, "No", "OTHER")), 2, MatchStatus.READY),
        (annotation(PAIN), 1, MatchStatus.TAKEN),
        (annotation(PAIN, span(PAIN, "chest pain", "DISEASE")), 1, MatchStatus.OVERLAP),
        (annotation("pain", span("pain", "pain")), 0, MatchStatus.ALREADY),
        (annotation("painful"), 0, MatchStatus.CUT),
    ],
)
def test_how_a_sentence_stands(on: Annotation, others: int, standing: MatchStatus) -> None:
    assert matched(on, others=others).standing is standing


@unhurried
@given(wishes(), st.integers(0, 2))
def test_what_it_would_stand_as_is_a_whole_annotation_on_borders(
    wish: tuple[LabelIntent, Annotation], others: int
) -> None:
    intent, on = wish
    found = match_in(Place(on, others), intent.label, intent.phrase)
    if found is not None:
        kept = [old for old in on.spans if old not in found.removed]
        after = AnnotatedText(on.sentence.text, (*kept, *found.added))
        assert on_borders(after.spans, on.sentence)


@unhurried
@given(wishes())
def test_what_is_labelled_leaves_no_mention_unlabelled(
    wish: tuple[LabelIntent, Annotation],
) -> None:
    intent, on = wish
    found = match_in(Place(on), intent.label, intent.phrase)
    if found is not None and found.added:
        labelled = {(s.start, s.end) for s in (*on.spans, *found.added) if s.label == intent.label}
        assert set(find_mentions(on.sentence.text, intent.phrase)) <= labelled


def _seen(number: int) -> list[PhraseMatch]:
    return [
        PhraseMatch(Annotation(Sentence(i, "pain"), "U1"), MatchStatus.READY, (Span(0, 4, "A"),))
        for i in range(1, number + 1)
    ]


def _asked(number: int, *, page: int) -> Question:
    return ask_everywhere(EverywhereIntent("A", "pain", page=page), _seen(number))


@given(st.integers(2, 40), st.integers(0, 20))
def test_every_page_shows_its_own_sentences_and_all_means_all(number: int, page: int) -> None:
    question = _asked(number, page=page)
    survey = question.survey
    assert survey is not None
    first = survey.page * PAGE + 1
    shown = [match.annotation.sentence.id for match in survey.shown]
    assert shown == list(range(first, min(first + PAGE, number + 1)))
    every = question.choices[0].intent
    assert isinstance(every, EverywhereIntent)
    assert every.sentences == tuple(range(1, number + 1))


def test_what_can_be_labelled_comes_first() -> None:
    seen = [matched(annotation("painful")), matched(annotation(PAIN), others=1)]
    assert [s.standing for s in in_order([*seen, matched(annotation(PAIN))])] == [
        MatchStatus.READY,
        MatchStatus.TAKEN,
        MatchStatus.CUT,
    ]


def test_what_replaces_a_label_or_is_finished_by_others_is_chosen_only_on_request() -> None:
    overlap = PhraseMatch(annotation(PAIN), MatchStatus.OVERLAP)
    taken = PhraseMatch(annotation(PAIN), MatchStatus.TAKEN)
    plain = EverywhereIntent("A", "pain")
    wide = EverywhereIntent("A", "pain", with_overlaps=True, with_taken=True)
    chosen = [is_chosen(intent, s) for intent in (plain, wide) for s in (overlap, taken)]
    assert chosen == [False, False, True, True]


@given(st.text("abcdefgh", min_size=4, max_size=9), st.integers(0, 8), st.sampled_from("xyz"))
def test_one_wrong_letter_leaves_one_half_of_a_word_right(word: str, at: int, wrong: str) -> None:
    at %= len(word)
    slip = word[:at] + wrong + word[at + 1 :]
    assert any(piece in word for piece in pieces_of(slip))


def test_offers_are_nearly_as_close_as_the_closest_and_do_not_cross_a_comma() -> None:
    found = ["chest pain", "Chest pain", "chest, pain", "itches and"]
    assert most_like("chets pain", found) == ("chest pain",)


def test_a_sentence_that_is_left_out_is_not_labelled_with_the_others() -> None:
    asked = ask_everywhere(EverywhereIntent("A", "pain"), _seen(3))
    turn = next(each.intent for each in asked.choices if each.words == "Leave out #2")
    assert isinstance(turn, EverywhereIntent)
    again = ask_everywhere(turn, _seen(3))
    every = next(each.intent for each in again.choices if each.words == "Label all 2")
    assert isinstance(every, EverywhereIntent)
    assert every.sentences == (1, 3)
    assert "Take #2 again" in [each.words for each in again.choices]
