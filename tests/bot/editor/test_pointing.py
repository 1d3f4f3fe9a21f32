"""Marking by pointing: phrases that are proposed, and words that are chosen."""

import re

import pytest

from bot.domain.steps import AnnotationState
from bot.editor.commands import Draft, Editing, MarkPhrase, MarkWords
from bot.editor.drafts import edited
from bot.editor.parsing import read_boxes, read_edit
from bot.editor.views.editor import editor_modal
from bot.labelling.proposals import MOST_PROPOSALS, Proposal, proposals
from bot.slack import action_ids as ids
from ner_engine.annotation import Span

TEXT = "She took beta-blocker pills, then Naloxone; nausea and chest pain followed nausea."


def draft(text: str = TEXT, *spans: Span) -> Draft:
    tokens = tuple(match.span() for match in re.finditer(r"\w+|[^\w\s]", text))
    return Draft(text, tokens, 7, spans, AnnotationState())


def at(phrase: str, text: str = TEXT) -> tuple[int, int]:
    start = text.index(phrase)
    return start, start + len(phrase)


def marked(after: Draft) -> list[tuple[str, str]]:
    return [(after.text[span.start : span.end], span.label) for span in after.spans]


def proposed(one: Draft, remembered: list[tuple[str, str]]) -> tuple[Proposal, ...]:
    return proposals(one.text, one.tokens, one.spans, remembered)


def words(*phrases: str) -> tuple[tuple[int, int], ...]:
    return tuple(at(phrase) for phrase in phrases)


def test_phrases_that_were_labelled_elsewhere_are_proposed_with_their_label() -> None:
    found = proposed(draft(), [("Chest pain", "SYMPTOM"), ("naloxone", "DRUG")])
    assert {(TEXT[slice(*each.place)], each.label) for each in found if each.label} == {
        ("chest pain", "SYMPTOM"),
        ("Naloxone", "DRUG"),
    }


def test_phrases_that_look_like_names_are_proposed_before_there_is_anything() -> None:
    found = [TEXT[slice(*each.place)] for each in proposed(draft(), [])]
    assert {"Naloxone", "nausea"} <= set(found)


def test_what_is_marked_is_not_proposed() -> None:
    found = proposed(draft(TEXT, Span(*at("Naloxone"), "DRUG")), [("naloxone", "DRUG")])
    assert "Naloxone" not in [TEXT[slice(*each.place)] for each in found]


def test_no_more_are_proposed_than_can_be_looked_through() -> None:
    text = " and ".join(f"Name{n} was" for n in range(40))
    assert len(proposed(draft(text), [])) == MOST_PROPOSALS


@pytest.mark.parametrize(
    ("chosen", "phrases"),
    [
        (words("Naloxone"), ["Naloxone"]),
        (words("chest", "pain"), ["chest pain"]),
        (words("pain", "chest"), ["chest pain"]),
        (words("beta", "blocker"), ["beta-blocker"]),
        (words("pills", "Naloxone"), ["pills", "Naloxone"]),
        (words("Naloxone", "nausea"), ["Naloxone", "nausea"]),
    ],
)
def test_words_side_by_side_are_one_phrase(
    chosen: tuple[tuple[int, int], ...], phrases: list[str]
) -> None:
    after = edited(draft(), MarkWords(chosen, "X1"))
    assert marked(after) == [(phrase, "X1") for phrase in phrases]


def test_a_marked_phrase_takes_the_place_of_what_it_overlaps() -> None:
    before = draft(TEXT, Span(*at("pain"), "DRUG"))
    after = edited(before, MarkPhrase(Span(*at("chest pain"), "SYMPTOM")))
    assert marked(after) == [("chest pain", "SYMPTOM")]


@pytest.mark.parametrize("place", [(3, 5), (0, 0), (0, 900)])
def test_a_place_that_is_no_phrase_of_the_sentence_changes_nothing(place: tuple[int, int]) -> None:
    assert edited(draft(), MarkPhrase(Span(*place, "DRUG"))) == draft()


def modal(editing: Editing) -> list[dict[str, object]]:
    blocks: list[dict[str, object]] = editor_modal(editing, metadata="{}").to_dict()["blocks"]
    return blocks


@pytest.mark.parametrize("labels", [(), ("DRUG",), tuple(f"L{n}" for n in range(150))])
@pytest.mark.parametrize("text", [TEXT, "word " * 390 + "end"])
def test_slack_takes_any_number_of_words_and_labels(labels: tuple[str, ...], text: str) -> None:
    one = draft(text)
    shown = modal(Editing(one, labels, proposals=proposed(one, [])))
    assert any(str(block.get("block_id")).startswith(ids.EDITOR_WORDS) for block in shown) is bool(
        labels
    )


def test_words_that_occur_twice_are_told_apart() -> None:
    shown = modal(Editing(draft(), ("DRUG",)))
    menu = next(b for b in shown if str(b.get("block_id")).startswith(f"{ids.EDITOR_WORDS}."))
    names = [option["text"]["text"] for option in menu["element"]["options"]]  # type: ignore[index]
    assert {"nausea (1)", "nausea (2)", "chest"} <= set(names)


def test_a_press_under_the_chosen_words_brings_them_along() -> None:
    chosen = [{"value": "12:17"}, {"value": "18:22"}]
    field = {"editor.words": {"selected_options": chosen}}
    body = {
        "actions": [{"action_id": "editor.words_as.1", "value": "side effect"}],
        "view": {"state": {"values": {"editor.words.0": field}}},
    }
    assert read_edit(body) == MarkWords(((12, 17), (18, 22)), "side effect")
    assert read_boxes(body).words == ((12, 17), (18, 22))


def test_a_press_beside_a_proposal_names_the_phrase_and_the_label() -> None:
    body = {"actions": [{"action_id": "editor.proposed.0", "value": "3:9:side effect"}]}
    assert read_edit(body) == MarkPhrase(Span(3, 9, "side effect"))


def test_the_buttons_of_a_span_name_it_whatever_its_label_is() -> None:
    body = {"actions": [{"action_id": "editor.remove", "block_id": "editor.span.3.9.side effect"}]}
    assert "side effect" in str(read_edit(body))


def test_a_label_pressed_without_words_says_to_choose_them() -> None:
    blocks = modal(Editing(draft(), ("DRUG",), faults=(("words", "Choose the words first."),)))
    assert "Nothing was changed. " in str(blocks)
    assert "cannot be read" not in str(blocks)


def test_a_piece_of_a_text_from_right_to_left_runs_that_way_behind_its_number() -> None:
    """The ellipsis of what is left out stands at the end of the piece, not before its number."""
    text = "המטופל קיבל אספירין נגד כאב ראש חזק אתמול בבית החולים."
    one = draft(text, Span(*at("אספירין", text), "DRUG"))
    shown = modal(Editing(one, ("DRUG",), proposals=proposed(one, [])))
    rows = [
        [run.get("text") for run in block["elements"][0]["elements"]]  # type: ignore[index]
        for block in shown
        if block["type"] == "rich_text" and "rich_text_section" in str(block)
    ]
    assert ["1. ", "\u2067"] in [row[:2] for row in rows]
    assert all(row[-1] == "\u2069" for row in rows)


def test_what_the_card_offered_is_proposed_with_its_likeliest_label() -> None:
    """Whoever opens the editor from a card finds its phrases again, but for those that are marked by now."""
    nausea, pills = Span(*at("nausea"), "SYMPTOM"), Span(*at("pills"), "DRUG")
    one = draft(TEXT, pills)
    found = proposals(one.text, one.tokens, one.spans, [], offered=(nausea, pills))
    assert Proposal(at("nausea"), "SYMPTOM") in found
    assert not any(each.place == at("pills") for each in found)
