"""Each label has one colour, the same wherever it is shown, and its name always beside it."""

import json
from typing import Any

import pytest

from bot.domain.label_colours import COLOURS, colour_of, coloured
from bot.domain.project import Annotation, DescribedLabel, Project, Sentence
from bot.domain.steps import AnnotationState
from bot.editor.commands import Draft, Editing
from bot.editor.views.editor import editor_modal
from bot.labelling.proposals import Proposal
from bot.labelling.values.cards import Card, Suggestion
from bot.labelling.views.cards import outcome_view
from bot.recognition.values import Answer, AnsweredText
from bot.recognition.views.answers import recognition_view
from bot.slack.marked_text import marked_sentence
from bot.slack.text import View, label_name
from bot.team.commands import LabelsShown
from bot.team.values.stats import Agreement, LabelAgreement, TeamStats
from bot.team.views.labels import labels_view
from bot.team.views.stats import stats_view
from bot.training.views.run_report import score_table
from ner_engine.annotation import Prediction, Span
from ner_engine.results import Evaluation, Score

TEXT = "Severe chest pain."
TOKENS = ((0, 6), (7, 12), (13, 17), (17, 18))
PAIN = Span(7, 17, "SYMPTOM")
SENTENCE = Sentence(7, TEXT)
SUGGESTED = Suggestion(7, (PAIN,), (None,), 3, "o", offered=(PAIN,))
ANSWER = Answer(3, (AnsweredText(TEXT, TOKENS, Prediction((PAIN,), (0.9,))),))
EDITING = Editing(
    Draft(TEXT, TOKENS, 7, (PAIN,), AnnotationState()),
    ("SYMPTOM", "DRUG"),
    proposals=(Proposal((0, 6), None),),
)
MARKED: dict[str, View] = {
    "a card": outcome_view(Card(Annotation(SENTENCE, "U1", (PAIN,), finished=False))),
    "a suggestion": outcome_view(Card(Annotation(SENTENCE, "U1", (), False), suggestion=SUGGESTED)),
    "an answer": recognition_view(ANSWER),
    "the labels": labels_view(LabelsShown(Project(1, "P"), (DescribedLabel("SYMPTOM"),))),
}


def signs(node: Any) -> str:
    """All that is sent, as it is written."""
    return json.dumps(node, ensure_ascii=False)


@pytest.mark.parametrize("name", ["side effect", "SIDE_EFFECT", "Side-Effect"])
def test_a_label_has_one_colour_however_it_is_written(name: str) -> None:
    assert colour_of(name) is colour_of("SIDE EFFECT")


def test_the_colour_of_a_label_stays_as_people_know_it() -> None:
    known = {
        name: colour_of(name).sign for name in ("SYMPTOM", "DRUG", "DISEASE", "PERSON", "症状")
    }
    assert known == {"SYMPTOM": "🔵", "DRUG": "🔴", "DISEASE": "🟩", "PERSON": "🟨", "症状": "🟢"}


@pytest.mark.parametrize(
    "names",
    [
        "SYMPTOM DRUG DISEASE DEGREE DOSE TEST BODY_PART PROCEDURE",
        "PER LOC ORG MISC",
        "PERSON ORG GPE LOC DATE MONEY PRODUCT EVENT",
        "GENE PROTEIN CHEMICAL DISEASE SPECIES CELL_LINE",
    ],
)
def test_labels_that_many_projects_have_together_differ(names: str) -> None:
    labels = names.split()
    assert len({colour_of(label) for label in labels}) == len(labels)


def test_all_colours_are_used_alike() -> None:
    drawn = [colour_of(f"LABEL {n}") for n in range(1_600)]
    assert all(60 < drawn.count(colour) < 140 for colour in COLOURS)


@pytest.mark.parametrize("where", MARKED)
def test_the_colour_of_a_label_stands_beside_its_name(where: str) -> None:
    colour = colour_of("SYMPTOM")
    sent = MARKED[where].to_message()["blocks"]
    runs = [
        run
        for block in sent
        if block["type"] == "rich_text"
        for part in block["elements"]
        for run in part["elements"]
    ]
    [at] = [n for n, run in enumerate(runs) if run["type"] == "emoji"]
    assert runs[at]["name"] == colour.name
    assert runs[at + 1]["text"].startswith("SYMPTOM")
    assert runs[at + 1]["style"] == {"code": True}


def test_buttons_and_menus_name_each_label_with_its_colour() -> None:
    sent = editor_modal(EDITING, metadata="{}", select_and_bold=True).to_dict()["blocks"]
    texts = [
        each["text"]["text"]
        for block in sent
        for element in [*block.get("elements", ()), block.get("element") or {}]
        for each in [element, *element.get("options", ())]
        if isinstance(each.get("text"), dict)
    ]
    named = [text for text in texts if text.endswith(("SYMPTOM", "DRUG"))]
    assert len(named) >= 8
    assert {*named} == {coloured("SYMPTOM"), coloured("DRUG")}


def test_phrases_to_point_at_have_the_colour_of_their_label() -> None:
    assert f"chest pain: {coloured('SYMPTOM')}" in signs(MARKED["a suggestion"].to_message())


def test_the_text_for_notifications_and_screen_readers_has_no_colours() -> None:
    told = "".join(view.text for view in MARKED.values())
    assert not any(colour.sign in told or colour.name in told for colour in COLOURS)


def test_the_names_of_the_colours_are_characters_for_whoever_shows_them() -> None:
    run = label_name("SYMPTOM")[0].to_dict()
    assert chr(int(run["unicode"], 16)) == colour_of("SYMPTOM").sign


def test_a_sentence_from_right_to_left_keeps_the_colour_beside_the_label() -> None:
    sent = marked_sentence("عنده حمى", (Span(5, 8, "SYMPTOM"),)).to_dict()["elements"][0]
    kinds = [(run["type"], run.get("text")) for run in sent["elements"]]
    at = [kind for kind, _ in kinds].index("emoji")
    assert [text for _, text in kinds[at + 1 :]][:2] == ["\u2068", "SYMPTOM"]


SCORE = Score(0.9, 0.8, 0.85, 40)
COUNTED: dict[str, View] = {
    "the scores": View(
        "", (score_table(Evaluation(SCORE, (("SYMPTOM", SCORE),), (0.8, 0.9), 40, "held-out")),)
    ),
    "the team": stats_view(
        TeamStats(
            "P",
            1,
            2,
            3,
            4,
            0,
            (("SYMPTOM", 12),),
            (),
            agreement=Agreement(0.9, 8, (LabelAgreement("SYMPTOM", 0.7, 9),)),
        )
    ),
}


def test_the_scores_of_a_label_stand_beside_its_colour_and_its_name() -> None:
    assert coloured("SYMPTOM") in signs(COUNTED["the scores"].to_message())


def test_what_a_team_labelled_is_told_beside_the_colour_and_the_name_of_the_label() -> None:
    message = COUNTED["the team"].to_message()
    assert signs(message["blocks"]).count(colour_of("SYMPTOM").name) == 2
    assert "SYMPTOM 12" in message["text"]
    assert not any(colour.sign in message["text"] for colour in COLOURS)


def test_the_list_of_labels_says_which_have_the_same_colour() -> None:
    """Nobody is to go by the colour alone: there are sixteen."""
    first = "SYMPTOM"
    twin = next(f"L{n}" for n in range(99) if colour_of(f"L{n}") is colour_of(first))
    names = (DescribedLabel(first), DescribedLabel("DRUG"), DescribedLabel(twin))
    told = signs(labels_view(LabelsShown(Project(1, "P"), names)).to_message())
    assert f"The same colour: {colour_of(first).sign} {first}, {twin}. Their names" in told
    alone = signs(labels_view(LabelsShown(Project(1, "P"), names[:2])).to_message())
    assert "The same colour" not in alone
