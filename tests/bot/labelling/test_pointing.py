"""What a card has for one tap: phrases, words and changes, each under a label."""

import re

import pytest

from bot.domain.project import Annotation, Sentence
from bot.labelling.pointing import (
    MOST_OFFERED,
    POSSIBLE,
    Pointers,
    mentions,
    most_used,
    pointers,
    variants,
)
from bot.labelling.values.cards import Card, Suggestion, pointed
from bot.labelling.views.cards import card_view
from bot.slack import action_ids as ids
from bot.slack.text import View
from ner_engine.annotation import Hint, Span

TEXT = "She took beta-blocker pills, then Naloxone; nausea and chest pain followed nausea."
LABELS = ("SYMPTOM", "DRUG")


def sentence(text: str = TEXT) -> Sentence:
    return Sentence(7, text, tuple(match.span() for match in re.finditer(r"\w+|[^\w\s]", text)))


def at(phrase: str, label: str = "SYMPTOM") -> Span:
    start = TEXT.index(phrase)
    return Span(start, start + len(phrase), label)


def found(
    *hints: tuple[Span, float],
    taken: tuple[Span, ...] = (),
    remembered: tuple[tuple[str, str], ...] = (),
    labels: tuple[str, ...] = LABELS,
    learned: bool = True,
    least: float = 0.0,
) -> Pointers:
    told = [Hint(*hint) for hint in hints]
    return pointers(sentence(), taken, told, remembered, labels, learned=learned, least=least)


def test_what_is_likelier_is_offered_first() -> None:
    pills, nausea = at("pills", "DRUG"), at("nausea")
    assert found((pills, 0.1), (nausea, 0.3)).offered == (nausea, pills)


def test_what_a_live_model_thinks_all_but_impossible_has_no_button_but_stays_in_the_menu() -> None:
    pills, nausea = at("pills", "DRUG"), at("nausea")
    hints = ((pills, POSSIBLE / 2), (nausea, 0.3))
    pointing = found(*hints, least=POSSIBLE)
    assert pointing.offered == (nausea,)
    assert pills in pointing.words
    assert found(*hints).offered == (nausea, pills)


def test_a_phrase_labelled_elsewhere_is_offered_under_its_label() -> None:
    assert found(remembered=(("naloxone", "DRUG"),)).offered == (at("Naloxone", "DRUG"),)


def test_what_is_taken_stays_on_the_card_to_be_dropped() -> None:
    pain = at("chest pain")
    assert found((pain, 0.9), taken=(pain,)).offered == (pain,)


def test_a_suggested_phrase_has_one_button_however_often_it_occurs() -> None:
    both = mentions(sentence(), at("nausea"))
    assert found(taken=both).offered == both[:1]
    shown = phrases(drawn(suggested(*both, offered=both[:1])))
    assert shown == ["✓ nausea: 🔵 SYMPTOM"]


def test_a_phrase_that_is_marked_in_one_of_its_places_can_be_taken_in_all() -> None:
    one = at("nausea")
    before = suggested(one, offered=(one,))
    assert phrases(drawn(before)) == ["+ nausea: 🔵 SYMPTOM"]
    both = mentions(sentence(), one)
    assert pointed(before, both).spans == both


def test_a_phrase_is_offered_once_however_often_it_occurs() -> None:
    first = at("nausea")
    second = Span(TEXT.rindex("nausea"), TEXT.rindex("nausea") + 6, "SYMPTOM")
    assert found((first, 0.4), (second, 0.3)).offered == (first,)


def test_another_phrase_comes_before_the_twin_of_a_better_one() -> None:
    whole, part, other = at("chest pain"), at("pain"), at("pills", "DRUG")
    assert found((whole, 0.5), (part, 0.3), (other, 0.2)).offered == (whole, other, part)


def test_what_looks_like_a_name_is_offered_while_nothing_is_learned() -> None:
    """Once there is a head, what it thinks counts alone."""
    assert at("Naloxone") in found(learned=False).offered
    assert found(learned=True).offered == ()


def test_labels_that_are_gone_are_not_offered() -> None:
    assert found((at("nausea", "GONE"), 0.9), remembered=(("pills", "GONE"),)).offered == ()


def test_without_a_label_there_is_nothing_to_point_at() -> None:
    assert found((at("nausea"), 0.9), labels=()) == Pointers()


def test_no_more_is_kept_than_a_card_can_show() -> None:
    one = sentence(" ".join(f"Name{n}" for n in range(60)))
    hints = [Hint(Span(*place, "DRUG"), 0.5) for place in one.tokens]
    assert len(pointers(one, (), hints, (), LABELS, learned=True).offered) == MOST_OFFERED


def test_every_word_has_its_likeliest_label_and_the_most_used_where_nothing_is_known() -> None:
    words = found((at("pills", "DRUG"), 0.01), (at("pills", "SYMPTOM"), 0.005)).words
    assert at("pills", "DRUG") in words
    assert at("nausea", "SYMPTOM") in words
    assert [TEXT[word.start : word.end] for word in words][:4] == ["She", "took", "beta", "blocker"]


def test_labels_in_use_come_before_those_of_the_alphabet() -> None:
    assert most_used([("a", "Z1"), ("b", "Z1"), ("c", "B1")], ("A1", "B1", "Z1")) == (
        "Z1",
        "B1",
        "A1",
    )


def test_a_button_takes_every_mention_of_its_phrase() -> None:
    assert [span.start for span in mentions(sentence(), at("nausea"))] == [
        TEXT.index("nausea"),
        TEXT.rindex("nausea"),
    ]


def test_a_phrase_can_become_another_label_or_another_length() -> None:
    one = sentence()
    became = {
        (TEXT[span.start : span.end], span.label)
        for span in variants(one.tokens, at("pain"), (at("pain"),), LABELS)
    }
    assert {("pain", "DRUG"), ("chest pain", "SYMPTOM"), ("pain followed", "SYMPTOM")} <= became


def test_no_phrase_grows_into_another_one() -> None:
    pain, nausea = at("chest pain"), at("nausea")
    grown = variants(sentence().tokens, pain, (nausea, pain), ("SYMPTOM",))
    assert not any(span.overlaps(nausea.start, nausea.end) for span in grown)


def suggested(*taken: Span, offered: tuple[Span, ...] = (), model: int | None = None) -> Suggestion:
    words = tuple(Span(*place, "SYMPTOM") for place in sentence().tokens)
    sure = (0.9 if model else None,) * len(taken)
    return Suggestion(7, taken, sure, model, "o", offered=offered, words=words, labels=LABELS)


def test_a_tap_takes_a_phrase_and_a_second_one_drops_it() -> None:
    span = at("Naloxone", "DRUG")
    taken = pointed(suggested(offered=(span,)), [span])
    assert (taken.spans, taken.chosen, pointed(taken, [span]).spans) == ((span,), (span,), ())


def test_what_is_pointed_at_takes_the_place_of_what_it_overlaps() -> None:
    before = suggested(at("pain", "DRUG"), at("nausea"), model=3)
    after = pointed(before, [at("chest pain")])
    assert after.spans == (at("nausea"), at("chest pain"))
    assert after.confidences == (0.9, None)


def drawn(suggestion: Suggestion) -> View:
    return card_view(Card(Annotation(sentence(), "U1", (), False), suggestion=suggestion))


def phrases(view: View) -> list[str]:
    return [
        element["text"]["text"]
        for block in view.to_message()["blocks"]
        for element in block.get("elements", ())
        if str(element.get("action_id", "")).startswith(f"{ids.POINT}.")
    ]


def menu(view: View, action: str) -> list[str]:
    """The words of its options."""
    for block in view.to_message()["blocks"]:
        for element in block.get("elements", ()):
            if element.get("action_id") == action:
                groups = element.get("option_groups") or [element]
                return [each["text"]["text"] for group in groups for each in group["options"]]
    return []


def test_a_phrase_has_one_button_with_its_likeliest_label() -> None:
    """However many labels there are: a button for each of them would be all a phone shows."""
    shown = phrases(drawn(suggested(offered=(at("nausea"), at("Naloxone", "DRUG")))))
    assert shown == ["+ Naloxone: 🔴 DRUG", "+ nausea: 🔵 SYMPTOM"]


@pytest.mark.parametrize(("taken", "shown"), [(0, 10), (4, 10), (9, 13)])
def test_a_card_shows_what_is_on_it_and_at_least_four_phrases_more(taken: int, shown: int) -> None:
    one = [Span(*place, "DRUG") for place in sentence().tokens if place[1] - place[0] > 1]
    assert len(phrases(drawn(suggested(*one[:taken], offered=tuple(one))))) == min(shown, len(one))


def test_the_twins_of_a_phrase_that_the_person_took_leave_the_card() -> None:
    whole, part = at("chest pain"), at("pain")
    before = suggested(offered=(whole, part))
    assert phrases(drawn(pointed(before, [whole]))) == ["✓ chest pain: 🔵 SYMPTOM"]


def test_the_words_that_are_not_on_the_card_are_a_menu() -> None:
    words = menu(drawn(suggested(at("chest pain"), offered=(at("chest pain"),))), ids.POINT_WORD)
    assert "Naloxone: 🔵 SYMPTOM" in words
    assert words.count("nausea: 🔵 SYMPTOM") == 1
    assert not any(word.startswith("chest") for word in words)


def test_what_a_phrase_of_the_card_can_become_is_a_menu() -> None:
    view = drawn(suggested(at("pain"), offered=(at("pain"),)))
    assert {"pain: 🔴 DRUG", "chest pain: 🔵 SYMPTOM"} <= set(menu(view, ids.POINT_CHANGE))


def test_slack_takes_the_card_of_the_longest_sentence_and_many_labels() -> None:
    text = "word " * 390 + "end"
    one = sentence(text)
    names = tuple(f"LABEL_{n}" for n in range(150))
    words = tuple(Span(*place, names[0]) for place in one.tokens)
    taken = words[::3]
    found = Suggestion(
        7,
        taken,
        (None,) * len(taken),
        None,
        "o",
        offered=words[:24],
        words=words,
        labels=names,
    )
    assert drawn(found).to_message()


def test_a_phrase_from_right_to_left_leaves_its_label_in_place() -> None:
    """Between isolates of Unicode, as in the sentence: else the colon and the label change places with it."""
    text = "כאב ראש חזק אתמול"
    tokens = tuple(match.span() for match in re.finditer(r"\w+", text))
    head = Span(*tokens[1], "SYMPTOM")
    found = Suggestion(7, (), (), None, "o", offered=(head,), words=(head,), labels=LABELS)
    view = card_view(Card(Annotation(Sentence(7, text, tokens), "U1", (), False), suggestion=found))
    assert phrases(view) == ["+ \u2068ראש\u2069: 🔵 SYMPTOM"]
    assert menu(view, ids.POINT_WORD) == ["\u2068ראש\u2069: 🔵 SYMPTOM"]
