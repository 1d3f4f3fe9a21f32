"""What lines typed into the editor's box for phrases mean."""

import re

import pytest

from bot.domain.steps import AnnotationState
from bot.editor.commands import Boxes, Draft
from bot.editor.typed_input import BoxFault, taken
from ner_engine.annotation import Span

TEXT = "Severe chest pain, not the pain of yesterday, eased by aspirin and codeine."
LABELS = ("DISEASE", "DRUG", "SYMPTOM")


def at(phrase: str, label: str) -> Span:
    start = TEXT.index(phrase)
    return Span(start, start + len(phrase), label)


def typed(lines: str, *spans: Span) -> Draft:
    tokens = tuple(match.span() for match in re.finditer(r"\w+|[.,]", TEXT))
    draft = Draft(TEXT, tokens, 1, spans, before=AnnotationState(spans, finished=False))
    return taken(draft, Boxes(added=lines), labels=LABELS)


@pytest.mark.parametrize(
    ("word", "label"),
    [
        ("s", "SYMPTOM"),
        ("di", "DISEASE"),
        ("DRUG", "DRUG"),
        ("drugs", "drugs"),
        ("THING", "THING"),
    ],
)
def test_a_label_is_known_by_its_first_letters_where_no_other_begins_so(
    word: str, label: str
) -> None:
    assert typed(f"aspirin = {word}").spans == (at("aspirin", label),)


def test_a_beginning_of_two_labels_is_asked_about() -> None:
    with pytest.raises(BoxFault, match="matches DISEASE and DRUG"):
        typed("aspirin = D")


@pytest.mark.parametrize(
    ("line", "old", "new"),
    [
        ("chest pain = S", at("Severe chest pain", "SYMPTOM"), at("chest pain", "SYMPTOM")),
        ("aspirin and codeine = DRUG", at("aspirin", "DRUG"), at("aspirin and codeine", "DRUG")),
        (
            "eased by aspirin = DRUG",
            at("aspirin and codeine", "DRUG"),
            at("eased by aspirin", "DRUG"),
        ),
        ("codeine = DRUG", at("codeine", "SYMPTOM"), at("codeine", "DRUG")),
    ],
)
def test_a_phrase_that_stands_once_corrects_what_it_overlaps_without_asking(
    line: str, old: Span, new: Span
) -> None:
    draft = typed(line, old)
    assert (draft.spans, draft.notes) == ((new,), ())


@pytest.mark.parametrize(
    ("line", "old"),
    [
        ("pain = SYMPTOM", at("chest pain", "SYMPTOM")),  # it stands twice
        (
            "chest pain = DISEASE",
            at("Severe chest pain", "SYMPTOM"),
        ),  # another end and another label
    ],
)
def test_what_may_have_been_meant_otherwise_is_said_before_it_gives_way(
    line: str, old: Span
) -> None:
    assert "takes the place of" in typed(line, old).notes[0]


@pytest.mark.parametrize("word", ["-", "–", "O", "o"])
def test_no_entity_takes_a_mark_away(word: str) -> None:
    kept = at("codeine", "DRUG")
    assert typed(f"Aspirin = {word}", at("aspirin", "DRUG"), kept).spans == (kept,)


def test_a_mark_that_is_not_there_cannot_be_taken_away() -> None:
    with pytest.raises(BoxFault, match=r"“pain” is not marked\. Marked: “aspirin”"):
        typed("pain = -", at("aspirin", "DRUG"))
