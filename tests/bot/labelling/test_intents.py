"""From a wish to label a phrase to its spans, with a question wherever only the person can decide."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.project import Annotation, Sentence
from bot.errors import NothingToDo
from bot.labelling import intents, new_labels
from bot.labelling.intents import Change
from bot.labelling.values.cards import Question, QuestionKind
from bot.labelling.values.intents import Intent, LabelIntent, MarkedSentence
from ner_engine.annotation import AnnotatedText, Span, find_mentions
from tests.bot.invariants import unhurried

LABELS = ("SYMPTOM", "DISEASE", "DRUG")


def annotation(text: str, *spans: Span) -> Annotation:
    tokens = tuple(match.span() for match in re.finditer(r"\w+|[^\w\s]", text))
    return Annotation(Sentence(7, text, tokens), "U1", spans)


def span(text: str, phrase: str, label: str = "SYMPTOM") -> Span:
    start = text.index(phrase)
    return Span(start, start + len(phrase), label)


def resolve(label: str, phrase: str, on: Annotation) -> Question | Change:
    return intents.resolve(LabelIntent(label, phrase), on)


def asked(label: str, phrase: str, on: Annotation) -> Question:
    question = resolve(label, phrase, on)
    assert isinstance(question, Question)
    return question


def answered(question: Question, number: int, on: Annotation) -> Question | Change:
    intent = question.choices[number].intent
    assert isinstance(intent, LabelIntent)
    return intents.resolve(intent, on)


def words(question: Question) -> list[str]:
    return [choice.words for choice in question.choices]


# --- one mention ------------------------------------------------------------------------------------------------

PAIN = "A patient with chest pain."


def test_one_mention_on_token_borders_is_labelled_without_a_question() -> None:
    assert resolve("SYMPTOM", "chest pain", annotation(PAIN)) == Change(
        "SYMPTOM", added=(Span(15, 25, "SYMPTOM"),)
    )


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        (PAIN, "Chest PAIN"),
        ("It is Crohn’s disease.", "crohn's disease"),
        ("A post–operative fever.", "post-operative"),
        ("A so-called “fit”.", 'so-called "fit"'),
    ],
)
def test_matching_ignores_case_quotes_and_dashes(text: str, phrase: str) -> None:
    assert isinstance(resolve("SYMPTOM", phrase, annotation(text)), Change)


def test_the_same_span_again_is_called_labelled_already() -> None:
    there = span(PAIN, "chest pain")
    assert resolve("SYMPTOM", "chest pain", annotation(PAIN, there)) == Change(
        "SYMPTOM", already=(there,)
    )


# --- several mentions -------------------------------------------------------------------------------------------

TWICE = "Pain in the chest, pain in the arm."


def test_several_mentions_are_all_offered_and_all_is_the_first_choice() -> None:
    question = asked("SYMPTOM", "pain", annotation(TWICE))
    assert words(question) == [
        "All 2",
        "1: …Pain in the ches…",
        "2: … the chest, pain in the arm.…",
        "Leave it as it is",
    ]


def test_all_labels_every_mention() -> None:
    on = annotation(TWICE)
    change = answered(asked("SYMPTOM", "pain", on), 0, on)
    assert change == Change("SYMPTOM", (Span(0, 4, "SYMPTOM"), Span(19, 23, "SYMPTOM")))


def test_one_mention_can_be_chosen_alone() -> None:
    on = annotation(TWICE)
    change = answered(asked("SYMPTOM", "pain", on), 2, on)
    assert change == Change("SYMPTOM", (Span(19, 23, "SYMPTOM"),))


def test_mentions_that_are_all_labelled_are_not_asked_about() -> None:
    there = (Span(0, 4, "SYMPTOM"), Span(19, 23, "SYMPTOM"))
    assert resolve("SYMPTOM", "pain", annotation(TWICE, *there)) == Change("SYMPTOM", already=there)


def test_the_marks_of_the_question_are_the_mentions() -> None:
    question = asked("SYMPTOM", "pain", annotation(TWICE))
    assert question.spans == (Span(0, 4, "SYMPTOM"), Span(19, 23, "SYMPTOM"))


# --- borders ----------------------------------------------------------------------------------------------------

FEVER = "A fever of 39C today."


def test_a_phrase_that_cuts_a_token_is_asked_about_with_what_it_would_become() -> None:
    question = asked("SYMPTOM", "fever of 39", annotation(FEVER))
    assert (question.kind, question.spans, words(question)) == (
        QuestionKind.BORDERS,
        (span(FEVER, "fever of 39C"),),
        ["Label “fever of 39C”", "Leave it as it is"],
    )


def test_yes_labels_the_phrase_on_token_borders() -> None:
    on = annotation(FEVER)
    change = answered(asked("SYMPTOM", "fever of 39", on), 0, on)
    assert change == Change("SYMPTOM", (span(FEVER, "fever of 39C"),))


def test_mentions_that_would_overlap_on_token_borders_are_labelled_apart() -> None:
    on = annotation("xa bya bz")
    change = answered(asked("SYMPTOM", "a b", on), 0, on)
    assert change == Change("SYMPTOM", (Span(0, 6, "SYMPTOM"),))


# --- overlaps ---------------------------------------------------------------------------------------------------


def test_a_span_in_the_way_is_asked_about() -> None:
    question = asked("SYMPTOM", "chest", annotation(PAIN, span(PAIN, "chest pain", "DISEASE")))
    assert words(question) == ["Replace DISEASE “chest pain”", "Keep DISEASE “chest pain”"]


def test_replace_takes_the_old_span_away() -> None:
    old = span(PAIN, "chest pain", "DISEASE")
    on = annotation(PAIN, old)
    change = answered(asked("SYMPTOM", "chest", on), 0, on)
    assert change == Change("SYMPTOM", (span(PAIN, "chest"),), (old,))


def test_keep_changes_nothing() -> None:
    question = asked("SYMPTOM", "chest", annotation(PAIN, span(PAIN, "chest pain", "DISEASE")))
    assert question.choices[1].intent is None


def test_another_label_on_the_same_words_is_asked_about() -> None:
    there = span(PAIN, "chest pain", "DISEASE")
    assert asked("SYMPTOM", "chest pain", annotation(PAIN, there)).kind is QuestionKind.OVERLAP


def test_spans_side_by_side_are_not_in_each_others_way() -> None:
    on = annotation(PAIN, span(PAIN, "chest"))
    assert isinstance(resolve("SYMPTOM", "pain", on), Change)


# --- a phrase that is not there ---------------------------------------------------------------------------------


def test_the_closest_words_are_offered() -> None:
    assert words(asked("SYMPTOM", "chset pain", annotation(PAIN))) == [
        "“chest pain”",
        "Leave it as it is",
    ]


def test_the_closest_words_are_labelled_when_chosen() -> None:
    on = annotation(PAIN)
    change = answered(asked("SYMPTOM", "chset pain", on), 0, on)
    assert change == Change("SYMPTOM", (span(PAIN, "chest pain"),))


def test_a_phrase_like_nothing_in_the_sentence_is_refused_with_the_next_step() -> None:
    with pytest.raises(NothingToDo, match="Copy the words exactly as they are"):
        resolve("SYMPTOM", "hyperthyroidism", annotation(PAIN))


def test_closest_phrases_lie_apart() -> None:
    (first, second) = intents.closest_phrases(
        annotation("chest pain, chest pane").sentence, "chst pain"
    )
    assert first[1] <= second[0] or second[1] <= first[0]


# --- labels -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("slip", ["SYMPTON", "SYMPTO", "SYMPTOMS", "SYMTPOM", "SYMPTOM_"])
def test_a_new_label_one_slip_from_another_is_asked_about(slip: str) -> None:
    question = new_labels.ask_label(LabelIntent(slip, "pain"), LABELS)
    assert question
    assert words(question) == ["Use SYMPTOM", f"Create {slip}", "Leave it as it is"]


@pytest.mark.parametrize("label", ["SYMPTOM", "FINDING", "SIMPTON", "DOG"])
def test_a_label_that_is_known_or_quite_another_is_not_asked_about(label: str) -> None:
    assert new_labels.ask_label(LabelIntent(label, "pain"), LABELS) is None


def test_a_label_that_was_confirmed_is_not_asked_about_again() -> None:
    intent = LabelIntent("SYMPTON", "pain", label_confirmed=True)
    assert new_labels.ask_label(intent, LABELS) is None


def test_all_slips_of_a_whole_sentence_are_asked_about_at_once() -> None:
    marked = MarkedSentence(
        "a b c", (Span(0, 1, "SYMPTON"), Span(2, 3, "DRUGS"), Span(4, 5, "NEW1"))
    )
    question = new_labels.ask_marked_labels(marked, LABELS)
    assert question
    assert words(question)[:2] == ["Use DRUG, SYMPTOM", "Create DRUGS, SYMPTON"]


def test_using_the_known_labels_mends_the_slips_alone() -> None:
    marked = MarkedSentence("a b", (Span(0, 1, "SYMPTON"), Span(2, 3, "NEW1")))
    question = new_labels.ask_marked_labels(marked, LABELS)
    assert question
    assert question.choices[0].intent == replace(
        marked, spans=(Span(0, 1, "SYMPTOM"), Span(2, 3, "NEW1")), labels_confirmed=True
    )


# --- whole sentences --------------------------------------------------------------------------------------------


def test_a_marked_phrase_that_cuts_a_token_is_asked_about() -> None:
    marked = MarkedSentence(FEVER, (span(FEVER, "fever of 39"),))
    question = intents.ask_marked_borders(marked, annotation(FEVER).sentence)
    assert question
    assert question.spans == (span(FEVER, "fever of 39C"),)


def test_a_marked_sentence_on_token_borders_is_not_asked_about() -> None:
    marked = MarkedSentence(FEVER, (span(FEVER, "fever of 39C"),))
    assert intents.ask_marked_borders(marked, annotation(FEVER).sentence) is None


# --- every way through the questions ----------------------------------------------------------------------------

pieces = st.sampled_from(
    [
        "pain",
        "Pain",
        "chest",
        "a",
        "b",
        "aa",
        "39",
        "C",
        "’s",
        "'",
        "–",
        "-",
        ".",
        "ß",
        "İ",
        "👩‍⚕️",
        "痛",
    ]
)
labels = st.sampled_from([*LABELS, "SYMPTON", "NEW1"])


@st.composite
def sentences(draw: st.DrawFn) -> Sentence:
    """A text with any token borders: tokens stand side by side or a blank apart."""
    text, tokens = "", []
    token_texts = draw(st.sampled_from([pieces, st.just("ba")]))
    for token, blank in draw(
        st.lists(st.tuples(token_texts, st.booleans()), min_size=1, max_size=10)
    ):
        tokens.append((len(text), len(text) + len(token)))
        text += token + " " * blank
    return Sentence(7, text.rstrip(), tuple(tokens))


@st.composite
def annotations(draw: st.DrawFn) -> Annotation:
    """A sentence with spans on token borders that lie apart."""
    sentence = draw(sentences())
    edges = sorted(draw(st.sets(st.integers(0, len(sentence.tokens)), max_size=6)))
    spans = [
        Span(sentence.tokens[first][0], sentence.tokens[end - 1][1], draw(labels))
        for first, end in zip(edges[::2], edges[1::2], strict=False)
    ]
    return Annotation(sentence, "U1", tuple(spans))


@st.composite
def wishes(draw: st.DrawFn) -> tuple[LabelIntent, Annotation]:
    """A phrase out of the sentence, or nearly, or another."""
    on = draw(annotations())
    text = on.sentence.text
    start = draw(st.integers(0, len(text) - 1))
    end = draw(st.integers(start + 1, min(len(text), start + 8)))
    phrase = draw(
        st.sampled_from([text[start:end], text[start:end].upper(), text[start:end] + "x"]) | pieces
    )
    return LabelIntent(draw(labels), phrase.strip() or "pain"), on


def ways(intent: LabelIntent, on: Annotation, *, depth: int = 0) -> Iterator[Change | None]:
    """What every way of answering comes to; None where it is to leave all as it is."""
    assert depth < 6, "the questions have an end"
    try:
        found = new_labels.ask_label(intent, LABELS) or intents.resolve(intent, on)
    except NothingToDo:
        return
    if isinstance(found, Change):
        yield found
        return
    for choice in found.choices:
        if choice.intent is None:
            yield None
        else:
            assert isinstance(choice.intent, LabelIntent)
            yield from ways(choice.intent, on, depth=depth + 1)


def applied(change: Change, on: Annotation) -> AnnotatedText:
    kept = [span for span in on.spans if span not in change.removed]
    return AnnotatedText(on.sentence.text, (*kept, *change.added))


def on_borders(spans: Sequence[Span], sentence: Sentence) -> bool:
    starts, ends = zip(*sentence.tokens, strict=True)
    return all(span.start in starts and span.end in ends for span in spans)


@settings(unhurried, max_examples=300)
@given(wishes())
def test_every_way_through_the_questions_ends_in_spans_that_lie_apart_on_token_borders(
    wish: tuple[LabelIntent, Annotation],
) -> None:
    intent, on = wish
    for change in ways(intent, on):
        if change is not None:
            assert on_borders(applied(change, on).spans, on.sentence)


@unhurried
@given(wishes())
def test_every_question_can_be_left_without_a_change(wish: tuple[LabelIntent, Annotation]) -> None:
    intent, on = wish
    came_to = list(ways(intent, on))
    assert None in came_to or len(came_to) <= 1


@unhurried
@given(wishes())
def test_only_what_is_in_the_way_is_taken_away(wish: tuple[LabelIntent, Annotation]) -> None:
    for change in ways(*wish):
        if change is not None:
            assert all(
                any(old.start < new.end and new.start < old.end for new in change.added)
                for old in change.removed
            )


@unhurried
@given(wishes())
def test_all_labels_every_mention_that_lies_apart(wish: tuple[LabelIntent, Annotation]) -> None:
    intent, on = wish
    intent = replace(intent, label_confirmed=True, borders_confirmed=True, replace=True)
    found = find_mentions(on.sentence.text, intent.phrase)
    if not found:
        return
    change = intents.resolve(replace(intent, mentions=found), on)
    assert isinstance(change, Change)
    covered = (*change.added, *change.already)
    assert all(any(s.start < end and start < s.end for s in covered) for start, end in found)


@unhurried
@given(sentences(), st.data())
def test_every_way_through_a_whole_sentence_ends_on_token_borders(
    sentence: Sentence, data: st.DataObject
) -> None:
    text = sentence.text
    edges = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=6)))
    spans = [
        Span(start, end, data.draw(labels))
        for start, end in zip(edges[::2], edges[1::2], strict=False)
        if text[start:end] == text[start:end].strip()
    ]
    waiting: list[Intent] = [MarkedSentence(text, tuple(spans))]
    while waiting:
        marked = waiting.pop()
        assert isinstance(marked, MarkedSentence)
        question = new_labels.ask_marked_labels(marked, LABELS) or intents.ask_marked_borders(
            marked, sentence
        )
        if question:
            waiting += [choice.intent for choice in question.choices if choice.intent]
        else:
            assert on_borders(AnnotatedText(text, marked.spans).spans, sentence)
