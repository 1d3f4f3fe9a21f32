"""The door: what Slack sends becomes typed values, or a refusal in words."""

import time
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.digests.commands import DigestOff, DigestState, SetDigest
from bot.domain.project import Caller
from bot.errors import NotUnderstood, PersonError, TextRefused
from bot.labelling import parsing
from bot.labelling.commands import (
    Choose,
    Finish,
    GoOn,
    LabelCommand,
    LabelPhrase,
    LabelWords,
    NextSentence,
    NoEntities,
    Skip,
    Undo,
)
from bot.labelling.parsing import read_label
from bot.labelling.readings import plainly_meant
from bot.labelling.values.intents import MarkedSentence
from bot.recognition.parsing import read_fitting
from bot.slack import payloads
from bot.slack.payloads import HelpWanted, read_sentences
from bot.slack.text_normalization import clean
from bot.train_command import make_router
from bot.training.commands import (
    AutoTrainingOff,
    CancelTraining,
    ScheduleOff,
    SetAutoTraining,
    SetSchedule,
    StartTraining,
    TrainingHistory,
    TrainingStatus,
    TrainingTimes,
)
from ner_engine.annotation import Span
from tests.bot.invariants import unhurried
from tests.support.patience import patient

# --- /label: words ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "means"),
    [
        ("", NextSentence()),
        ("next", GoOn()),
        ("none", NoEntities()),
        ("None", NoEntities()),
        ("done", Finish()),
        ("finished", Finish()),
        ("skip", Skip()),
        ("UNDO", Undo()),
    ],
)
def test_one_word_is_a_command(typed: str, means: LabelCommand) -> None:
    assert read_label(typed) == means


def read_phrase(typed: str, *labels: str) -> LabelPhrase | None:
    """The label and the phrase that a line names in a project with these labels."""
    command = read_label(typed)
    assert isinstance(command, LabelWords)
    return plainly_meant(command, labels or ("SYMPTOM",), command.sentence)


@pytest.mark.parametrize(
    ("typed", "means"),
    [
        ("SYMPTOM chest pain everywhere", LabelPhrase("SYMPTOM", "chest pain", everywhere=True)),
        ("SYMPTOM “chest pain” Everywhere", LabelPhrase("SYMPTOM", "chest pain", everywhere=True)),
        ("SYMPTOM “pain everywhere”", LabelPhrase("SYMPTOM", "pain everywhere")),
        ("SYMPTOM everywhere", LabelPhrase("SYMPTOM", "everywhere")),
        ("SYMPTOM a everywhere in: a everywhere", LabelPhrase("SYMPTOM", "a everywhere", "a everywhere")),
    ],
)  # fmt: skip
def test_everywhere_behind_a_phrase_means_the_whole_project(
    typed: str, means: LabelCommand
) -> None:
    assert read_phrase(typed) == means


@pytest.mark.parametrize("typed", ["help", "HELP", "?", "usage", "--help", "-h"])
def test_help_is_asked_for_in_several_ways(typed: str) -> None:
    with pytest.raises(HelpWanted):
        read_label(typed)


@pytest.mark.parametrize("typed", ["none in: No fever today.", "None  IN:No fever\n today. "])
def test_none_may_bring_its_sentence_along(typed: str) -> None:
    assert read_label(typed) == MarkedSentence("No fever today.", ())


# --- /label: a phrase -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "label", "phrase"),
    [
        ("SYMPTOM chest pain", "SYMPTOM", "chest pain"),
        ("symptom chest pain", "SYMPTOM", "chest pain"),
        ("SYMPTOM   chest   pain ", "SYMPTOM", "chest pain"),
        ("SYMPTOM\nchest pain", "SYMPTOM", "chest pain"),
        ("SYMPTOM\u00a0chest pain", "SYMPTOM", "chest pain"),
        ("SYMPTOM “chest pain”", "SYMPTOM", "chest pain"),
        ('SYMPTOM "chest pain"', "SYMPTOM", "chest pain"),
        ("SYMPTOM ‘chest pain’", "SYMPTOM", "chest pain"),
        ("SYMPTOM „chest pain“", "SYMPTOM", "chest pain"),
        ("SYMPTOM «chest pain»", "SYMPTOM", "chest pain"),
        ("SYMPTOM Crohn’s disease", "SYMPTOM", "Crohn’s disease"),
        ("LAB_2 5", "LAB_2", "5"),
        ("MOOD 👩‍⚕️ :smile:", "MOOD", "👩‍⚕️ 😄"),
        ("SYMPTOM pain within: reach", "SYMPTOM", "pain within: reach"),
    ],
)
def test_a_label_and_a_phrase(typed: str, label: str, phrase: str) -> None:
    assert read_phrase(typed) == LabelPhrase(label, phrase)


@pytest.mark.parametrize(
    "typed",
    [
        "SYMPTOM chest pain in: A patient with chest pain.",
        "SYMPTOM chest pain   IN:A patient with chest pain.",
        "SYMPTOM chest pain In:   A patient   with chest pain. ",
        "SYMPTOM “chest pain” in: A patient with chest pain.",
        "SYMPTOM chest pain\nin:\nA patient with\nchest pain.",
    ],
)
def test_in_brings_the_sentence_along(typed: str) -> None:
    meant = LabelPhrase("SYMPTOM", "chest pain", "A patient with chest pain.")
    assert read_phrase(typed) == meant


def test_the_sentence_begins_at_the_first_in() -> None:
    command = read_phrase("SYMPTOM pain in: Pain in: the chest")
    assert command == LabelPhrase("SYMPTOM", "pain", "Pain in: the chest")


def test_a_sentence_brought_along_may_hold_braces() -> None:
    command = read_phrase("SYMPTOM pain in: {x} pain")
    assert command == LabelPhrase("SYMPTOM", "pain", "{x} pain")


def test_what_was_stripped_from_the_sentence_is_said() -> None:
    command = read_phrase("SYMPTOM pain in: chest\u200b pain")
    assert command == LabelPhrase("SYMPTOM", "pain", "chest pain", cleaned=True)


@pytest.mark.parametrize("typed", ["SYMPTOM pain in:", "SYMPTOM pain in: \u200b"])
def test_an_empty_sentence_is_refused(typed: str) -> None:
    with pytest.raises(TextRefused, match="no text"):
        read_label(typed)


# --- /label: braces ---------------------------------------------------------------------------------------------

BRACES = [
    pytest.param(
        "A patient with {chest pain=SYMPTOM} had {hyperthyroidism=DISEASE}.",
        "A patient with chest pain had hyperthyroidism.",
        [("chest pain", "SYMPTOM"), ("hyperthyroidism", "DISEASE")],
        id="several",
    ),
    pytest.param("{Pain=SYMPTOM} today", "Pain today", [("Pain", "SYMPTOM")], id="at the start"),
    pytest.param("has {pain=SYMPTOM}", "has pain", [("pain", "SYMPTOM")], id="at the end"),
    pytest.param("{pain=SYMPTOM}", "pain", [("pain", "SYMPTOM")], id="alone"),
    pytest.param(
        "{5=DOSE}{mg=UNIT} daily", "5mg daily", [("5", "DOSE"), ("mg", "UNIT")], id="adjacent"
    ),
    pytest.param(
        "has { chest pain =SYMPTOM}.", "has chest pain.", [("chest pain", "SYMPTOM")], id="blanks"
    ),
    pytest.param(
        "has {chest  pain = symptom }.", "has chest pain.", [("chest pain", "symptom")], id="more"
    ),
    pytest.param(
        "has {\u200b chest pain\u200b=SYMPTOM}.",
        "has chest pain.",
        [("chest pain", "SYMPTOM")],
        id="invisible characters",
    ),
    pytest.param(
        "👩‍⚕️ saw {pain 🏽=SYMPTOM}👨‍👩‍👧.",
        "👩‍⚕️ saw pain 🏽👨‍👩‍👧.",
        [("pain 🏽", "SYMPTOM")],
        id="emoji",
    ),
    pytest.param("seen {👩‍⚕️=WHO} today", "seen 👩‍⚕️ today", [("👩‍⚕️", "WHO")], id="joined emoji"),
    pytest.param("is {:smile:=MOOD}", "is 😄", [("😄", "MOOD")], id="named emoji"),
    pytest.param("is {cafe\u0301=PLACE}s", "is cafés", [("café", "PLACE")], id="accents"),
    pytest.param(
        "on {FiO2=40%=SETTING} now", "on FiO2=40% now", [("FiO2=40%", "SETTING")], id="equals sign"
    ),
    pytest.param(
        "First line\n{chest\npain=SYMPTOM}\nlast",
        "First line chest pain last",
        [("chest pain", "SYMPTOM")],
        id="several lines",
    ),
    pytest.param(
        "has “{chest pain=SYMPTOM}” – {Crohn’s=DISEASE}",
        "has “chest pain” – Crohn’s",
        [("chest pain", "SYMPTOM"), ("Crohn’s", "DISEASE")],
        id="curly quotes",
    ),
    pytest.param("כאב {בחזה=SYMPTOM}", "כאב בחזה", [("בחזה", "SYMPTOM")], id="right to left"),
]


def slices(marked: MarkedSentence) -> list[tuple[str, str]]:
    return [(marked.text[span.start : span.end], span.label) for span in marked.spans]


def read_marked(typed: str) -> MarkedSentence:
    """The whole sentence that a line with braces is, or would be where its only phrase stands in no sentence."""
    command = read_label(typed)
    if isinstance(command, LabelWords) and command.marked is not None:
        return command.marked
    assert isinstance(command, MarkedSentence)
    return command


@pytest.mark.parametrize(("typed", "text", "marked"), BRACES)
def test_braces_mark_a_whole_sentence(typed: str, text: str, marked: list[tuple[str, str]]) -> None:
    command = read_marked(typed)
    assert (command.text, slices(command)) == (text, marked)


@pytest.mark.parametrize(
    "typed",
    [
        "A patient {chest pain}",
        "A {chest pain=SYMPTOM} and {fever",
        "A {chest pain=SYMPTOM} and fever}",
        "A {chest {pain=SYMPTOM}}",
        "{",
        "SYMPTOM {chest pain}",
    ],
)
def test_a_brace_that_is_left_over_is_not_understood(typed: str) -> None:
    with pytest.raises(NotUnderstood, match="A brace is left over"):
        read_label(typed)


@pytest.mark.parametrize("typed", ["A {=SYMPTOM}", "A { =SYMPTOM}", "A {\u200b=SYMPTOM} b"])
def test_braces_without_a_phrase_are_not_understood(typed: str) -> None:
    with pytest.raises(NotUnderstood, match="Which phrase is SYMPTOM"):
        read_label(typed)


@pytest.mark.parametrize("label", ["", "O", "!", "-X"])
def test_braces_with_a_bad_label_are_told_so(label: str) -> None:
    with pytest.raises(NotUnderstood, match="cannot be a label"):
        read_label(f"A {{chest pain={label}}}")


@pytest.mark.parametrize("typed", ["{cafe=PLACE}\u0301", ":smi{le=MOOD}:"])
def test_a_brace_inside_a_character_is_not_understood(typed: str) -> None:
    with pytest.raises(NotUnderstood, match="inside a letter or an emoji"):
        read_label(typed)


def test_braces_do_not_count_for_the_length_of_a_sentence() -> None:
    text = " ".join(["{pain=SYMPTOM}"] * 400)
    command = read_label(text)
    assert isinstance(command, MarkedSentence)
    assert len(command.text) == 1_999


def test_braces_do_not_count_for_the_length_of_a_run() -> None:
    command = read_label("a {" + "x" * 200 + "=RUN} b")
    assert isinstance(command, MarkedSentence)
    assert command.spans == (Span(2, 202, "RUN"),)


def test_a_marked_sentence_that_is_too_long_is_refused() -> None:
    with pytest.raises(TextRefused, match="2,004 characters"):
        read_label("word " * 400 + "{pain=SYMPTOM}")


def test_private_use_characters_in_a_marked_sentence_are_refused() -> None:
    with pytest.raises(TextRefused, match="private-use"):
        read_label("\ue000 {pain=SYMPTOM}")


def test_an_open_brace_before_a_long_text_is_read_at_once() -> None:
    began = time.process_time()
    with pytest.raises(PersonError):
        read_label("{a=" + " " * 20_000 + "{" * 20_000 + "=" * 20_000)
    assert time.process_time() - began < patient(1)


plain_texts = st.lists(
    st.sampled_from(
        ["👩‍⚕️", "👨‍👩‍👧", "🏽", "❤️", "a:b:c", "10:30:45", "don’t", "—", "痛い", "مرحبا", "\u200b"]
    )
    | st.text("abcXYZ019.,;!?'\"-“”&<>éßİ \n\u00a0", max_size=8),
    max_size=5,
).map("".join)
phrases = (
    st.tuples(plain_texts, st.sampled_from(["", "=", "x=1 "]), plain_texts)
    .map("".join)
    .filter(lambda text: text.replace("\u200b", "").strip())
)
marked_texts = st.tuples(
    plain_texts,
    st.lists(st.tuples(phrases, st.sampled_from(["SYMPTOM", "LAB_2"]), plain_texts), min_size=1),
)


@unhurried
@given(marked_texts)
def test_each_span_is_the_phrase_as_typed(
    typed: tuple[str, list[tuple[str, str, str]]],
) -> None:
    head, parts = typed
    markup = head + "".join(f"{{{phrase}={label}}}{rest}" for phrase, label, rest in parts)
    command = read_marked(" ".join(markup.split("\n")).strip())
    assert slices(command) == [(clean(phrase).text, label) for phrase, label, _ in parts]


odd_texts = st.lists(
    st.sampled_from(
        ["{", "}", "=", "{a=B}", "in:", " in: ", "SYMPTOM ", "e\u0301", "\u0301", "\u200b", "\u200d",
         ":", ":b:", "👩", "⚕", "\n", "“", "”", "\ue000", "\x00", "\ud800", "none", "help"]
    )
    | st.text(max_size=3),
    max_size=14,
).map("".join)  # fmt: skip


@unhurried
@given(odd_texts)
def test_whatever_is_typed_is_read_or_refused_in_words(text: str) -> None:
    try:
        command = read_label(text.strip())
    except PersonError:
        return
    if isinstance(command, MarkedSentence):
        assert clean(command.text).text == command.text
        assert all(phrase == phrase.strip() != "" for phrase, _ in slices(command))


# --- /train -----------------------------------------------------------------------------------------------------


def read_train(text: str) -> object:
    """The command that a line behind /train means."""
    nobody = cast("Any", None)
    route, typed = make_router(nobody, nobody, nobody).find(text)
    return route.subcommand.parse(typed)


@pytest.mark.parametrize(
    ("typed", "means"),
    [
        ("", StartTraining()),
        ("cnn", StartTraining("cnn")),
        ("with unfinished", StartTraining(with_unfinished=True)),
        ("cnn with unfinished", StartTraining("cnn", with_unfinished=True)),
        ("Encoder", StartTraining("encoder")),
        ("status", TrainingStatus()),
        ("STATUS", TrainingStatus()),
        ("schedule", TrainingTimes()),
        ("when", TrainingTimes()),
        ("history", TrainingHistory()),
        ("auto", TrainingTimes()),
        ("digest", DigestState()),
        ("digest off", DigestOff()),
        ("digest every day at 9 UTC", SetDigest("0 9 * * *", "UTC", "every day at 9 UTC")),
        ("auto 50", SetAutoTraining(50)),
        ("Auto 1 sentences", SetAutoTraining(1)),
        ("auto off", AutoTrainingOff()),
        ("cancel", CancelTraining()),
        ("stop", CancelTraining()),
        ("schedule off", ScheduleOff()),
        ("Schedule   OFF", ScheduleOff()),
        (
            "schedule every day at 03:00 Europe/Berlin",
            SetSchedule("0 3 * * *", "Europe/Berlin", "every day at 03:00 Europe/Berlin"),
        ),
    ],
)
def test_each_form_of_train(typed: str, means: object) -> None:
    assert read_train(typed) == means


@pytest.mark.parametrize("typed", ["help", "?"])
def test_train_answers_help(typed: str) -> None:
    with pytest.raises(HelpWanted):
        read_train(typed)


@pytest.mark.parametrize("typed", ["gpu", "status now", "cancel 3", "off"])
def test_what_train_does_not_know_is_not_understood(typed: str) -> None:
    with pytest.raises(NotUnderstood, match="/train has no command"):
        read_train(typed)


@unhurried
@given(st.text() | odd_texts | odd_texts.map("schedule {}".format))
def test_whatever_stands_behind_train_is_read_or_refused_in_words(text: str) -> None:
    try:
        read_train(text.strip())
    except PersonError:
        return


# --- /ner -------------------------------------------------------------------------------------------------------


def test_each_line_behind_ner_is_a_sentence() -> None:
    texts = [text.text for text in read_sentences("Chest pain.\n\n  Fever  today. \r\nA cough.")]
    assert texts == ["Chest pain.", "Fever today.", "A cough."]


@pytest.mark.parametrize("typed", ["", "help", "?"])
def test_ner_without_a_sentence_answers_help(typed: str) -> None:
    with pytest.raises(HelpWanted):
        read_sentences(typed)


def test_up_to_twenty_lines_are_taken() -> None:
    assert len(read_sentences("pain\n" * 20)) == 20


def test_more_than_twenty_lines_are_refused_with_their_number() -> None:
    with pytest.raises(TextRefused, match="These are 21"):
        read_sentences("pain\n" * 21)


# --- the envelope -----------------------------------------------------------------------------------------------

COMMAND = {
    "team_id": "T1",
    "channel_id": "C1",
    "user_id": "U1",
    "trigger_id": "1.2.3",
    "text": "SYMPTOM cough &amp; <@U2|grace> &lt;5 ",
}
ACTION: dict[str, Any] = {
    "team": {"id": "T1"},
    "channel": {"id": "C1"},
    "user": {"id": "U1", "team_id": "T1"},
    "trigger_id": "1.2.3",
    "actions": [{"value": "17"}],
}


def test_a_command_says_who_typed_it_and_where() -> None:
    assert payloads.caller_of_command(COMMAND) == Caller("T1", "C1", "U1", "1.2.3")


def test_the_text_of_a_command_is_decoded_once() -> None:
    assert payloads.text_of_command(COMMAND) == "SYMPTOM cough & @grace <5"


def test_a_command_without_a_text_is_an_empty_one() -> None:
    assert payloads.text_of_command({}) == ""


def test_a_button_says_who_pressed_it_and_where() -> None:
    assert payloads.caller_of_action(ACTION) == Caller("T1", "C1", "U1", "1.2.3")


def test_whoever_is_a_member_of_another_workspace_is_a_guest() -> None:
    guest = Caller("T1", "C1", "U1", "1.2.3", is_guest=True)
    user = {"id": "U1", "team_id": "T9"}
    assert payloads.caller_of_action({**ACTION, "user": user}) == guest
    view = {"app_installed_team_id": "T1"}
    submitted = {**ACTION, "user": user, "team": {"id": "T9"}, "view": view}
    assert payloads.caller_of_action(submitted) == guest
    typed = {**COMMAND, "team_id": "T9", "context_team_id": "T1"}
    assert payloads.caller_of_command(typed) == guest


@pytest.mark.parametrize(
    ("name", "private"),
    [("privategroup", True), ("mpdm-ada--grace-1", True), ("triage", False), (None, False)],
)
def test_a_private_channel_is_one_whose_name_is_not_told(name: str | None, private: bool) -> None:
    assert payloads.caller_of_command({**COMMAND, "channel_name": name}).is_private is private
    body = {**ACTION, "channel": {"id": "C1", "name": name}}
    assert payloads.caller_of_action(body).is_private is private


def test_the_channel_of_a_button_may_stand_in_its_container() -> None:
    body = {**ACTION, "channel": None, "container": {"channel_id": "C7"}}
    assert payloads.caller_of_action(body).channel == "C7"


def test_the_workspace_of_the_person_does_not_stand_for_that_of_a_button() -> None:
    with pytest.raises(NotUnderstood):
        payloads.caller_of_action({**ACTION, "team": None})


@pytest.mark.parametrize("missing", ["team_id", "channel_id", "user_id", "trigger_id"])
@pytest.mark.parametrize("value", [None, "", 7])
def test_a_command_that_does_not_say_where_it_comes_from_is_refused(
    missing: str, value: object
) -> None:
    with pytest.raises(NotUnderstood, match="did not say which workspace"):
        payloads.caller_of_command({**COMMAND, missing: value})


def test_a_button_without_a_workspace_is_refused() -> None:
    with pytest.raises(NotUnderstood, match="did not say which workspace"):
        payloads.caller_of_action({**ACTION, "team": None, "user": {"id": "U1"}})


def test_the_value_of_a_button_names_a_row() -> None:
    assert payloads.read_id(payloads.action_value(ACTION)) == 17


@pytest.mark.parametrize("value", ["", "-1", "1.5", "1 ", "١٧", "9" * 19, "x", "1:2"])
def test_a_value_that_is_no_number_of_a_row_is_refused(value: str) -> None:
    with pytest.raises(NotUnderstood, match="not one of nerbot's"):
        payloads.read_id(value)


def test_the_value_of_a_choice_names_its_question() -> None:
    assert parsing.read_choice("of:fer:2") == Choose("of:fer", 2)


@pytest.mark.parametrize("value", ["", "offer", "offer:", "offer:-1"])
def test_a_value_that_names_no_choice_is_refused(value: str) -> None:
    with pytest.raises(NotUnderstood):
        parsing.read_choice(value)


@pytest.mark.parametrize("body", [{}, {"actions": []}, {"actions": None}, {"actions": [{}]}])
def test_a_press_without_a_value_has_an_empty_one(body: dict[str, Any]) -> None:
    assert payloads.action_value(body) == ""


def test_a_line_that_does_not_fit_costs_itself() -> None:
    read = read_fitting("No pain.\n" + "x" * 300 + "\nFever.")
    assert [text.text for text in read.texts] == ["No pain.", "Fever."]
    assert read.left_out.startswith("1 line is left out.")


def test_lines_beyond_the_most_are_left_out_and_told() -> None:
    read = read_fitting("pain\n" * 23)
    assert len(read.texts) == 20
    assert "3 more are left out" in read.left_out


def test_where_no_line_fits_it_is_said_why() -> None:
    with pytest.raises(TextRefused, match="without a blank"):
        read_fitting("x" * 300 + "\n" + "y" * 300)


def test_bullets_and_marks_of_a_question_are_slacks() -> None:
    assert [t.text for t in read_fitting("• *chest* pain\n> _no_ fever").texts] == [
        "chest pain",
        "no fever",
    ]
