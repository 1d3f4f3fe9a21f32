"""A question as people see it: what only they can decide."""

from collections.abc import Sequence

from rapidfuzz.distance import OSA
from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    Option,
    OptionGroup,
    PlainTextObject,
    StaticSelectElement,
)

from bot.labelling.values.bulk import EverywhereIntent
from bot.labelling.values.cards import Choice, Question, QuestionKind
from bot.labelling.values.intents import Intent, LabelIntent
from bot.slack import action_ids as ids
from bot.slack.marked_text import marked_sentence
from bot.slack.text import View, button, escape, line, plain, shortened, small
from ner_engine.annotation import Span, fold

MOST_BUTTONS = 8
"""More answers of one kind than these are a menu."""
_OPTION, _IN_A_GROUP, _IN_A_MENU = 75, 100, 10_000
"""What Slack takes: characters of an option, options of a group, options of a menu."""


def question_view(question: Question) -> View:
    """What only the person can decide, with a button for each answer. Nothing is stored yet, and it says so."""
    asked = _asked(question)
    blocks: list[Block] = [line(plain(asked, bold=True))]
    if question.sentence is not None:
        blocks.append(marked_sentence(question.sentence.text, _shown(question)))
    blocks += [small(_hint(question)), *answer_blocks(question)]
    return View(escape(asked), tuple(blocks))


def _hint(question: Question) -> str:
    unchanged = "Nothing is changed until you choose."
    if question.kind is not QuestionKind.NEW_LABEL:
        return unchanged
    # Most scripts have no capitals.
    return (
        f"{unchanged} To make a new label, type it in capitals: /label SYMPTOM chest pain. "
        "Or, in any script, type /nerbot labels add and its name first."
    )


def answer_blocks(question: Question) -> list[Block]:
    """A button for each answer; alike ones become a menu where there are many."""
    numbered = list(enumerate(question.choices))
    listed = [pair for pair in numbered if pair[1].listed]
    if len(listed) <= MOST_BUTTONS:
        listed = []
    buttons = [
        choice_button(question, index, choice, is_primary=_is_green(question, index, choice))
        for index, choice in numbered
        if (index, choice) not in listed
    ]
    if not listed:
        return [ActionsBlock(elements=list(buttons))]
    before = [
        each for each, (index, _) in zip(buttons, numbered, strict=False) if index < listed[0][0]
    ]
    elements = [*before, _menu(question, listed), *buttons[len(before) :]]
    return [ActionsBlock(elements=elements)]


def _menu(question: Question, listed: Sequence[tuple[int, Choice]]) -> StaticSelectElement:
    """As many answers as there are: a menu takes a hundred groups of a hundred."""
    options = [
        Option(
            value=f"{question.offer}:{index}",
            text=PlainTextObject(text=shortened(choice.words, _OPTION), emoji=False),
        )
        for index, choice in listed[:_IN_A_MENU]
    ]
    asks = "Choose a label" if question.kind is QuestionKind.NEW_LABEL else "Only one of them"
    placeholder = PlainTextObject(text=asks)
    if len(options) <= _IN_A_GROUP:
        return StaticSelectElement(
            action_id=ids.CHOICE_MENU, options=options, placeholder=placeholder
        )
    groups = [
        OptionGroup(
            label=PlainTextObject(text=f"{first + 1} to {min(first + _IN_A_GROUP, len(options))}"),
            options=options[first : first + _IN_A_GROUP],
        )
        for first in range(0, len(options), _IN_A_GROUP)
    ]
    return StaticSelectElement(
        action_id=ids.CHOICE_MENU, option_groups=groups, placeholder=placeholder
    )


def _is_green(question: Question, index: int, choice: Choice) -> bool:
    """The first answer, where it is what the person most likely meant."""
    if index > 0 or choice.intent is None:
        return False
    match question.kind:
        case QuestionKind.NEW_LABEL:
            return False
        case QuestionKind.CLOSEST:
            return _is_a_slip(question.intent, choice.intent)
    return True


def _is_a_slip(typed: Intent, proposed: Intent) -> bool:
    """Whether what is proposed differs from what was typed by no more than a slip of the finger."""
    if not isinstance(typed, LabelIntent) or not isinstance(proposed, LabelIntent):
        return False
    wanted, found = fold(typed.phrase), fold(proposed.phrase)
    return len(wanted) >= 4 and OSA.distance(wanted, found) <= 1 + len(wanted) // 8


def _shown(question: Question) -> tuple[Span, ...]:
    """Spans that lie apart: a mark inside a mark could not be read."""
    kept: list[Span] = []
    for span in sorted(question.spans):
        if not kept or kept[-1].end <= span.start:
            kept.append(span)
    return tuple(kept)


def choice_button(
    question: Question, index: int, choice: Choice, *, is_primary: bool, action: str = ids.CHOICE
) -> ButtonElement:
    """The button of one answer to a question."""
    return button(
        shortened(choice.words, ids.BUTTON_TEXT),
        f"{action}.{index}",
        f"{question.offer}:{index}",
        style="primary" if is_primary else None,
    )


def _asked(question: Question) -> str:
    intent = question.intent
    phrase = intent.phrase if isinstance(intent, LabelIntent) else ""
    phrase = intent.quoted if isinstance(intent, EverywhereIntent) else phrase
    match question.kind:
        case QuestionKind.LABEL:
            new = _new_labels(question)
            return f"{new} is new and differs from one of your labels by one letter. Which do you mean?"
        case QuestionKind.NEW_LABEL:
            return _which_label(question, phrase)
        case QuestionKind.MENTIONS:
            return f"“{phrase}” occurs {len(question.spans)} times. Which mentions do you mean?"
        case QuestionKind.BORDERS:
            return "The phrase ends inside a word; the model learns whole words. Label it as shown?"
        case QuestionKind.OVERLAP:
            return "A labelled phrase is in the way. Replace it or keep it?"
        case QuestionKind.CLOSEST:
            where = "in no sentence here"
            if question.sentence is not None:
                is_stored = question.sentence.id
                where = f"not in sentence #{is_stored}" if is_stored else "not in that sentence"
            return f"“{phrase}” is {where}. Did you mean:"
        case QuestionKind.EVERYWHERE | QuestionKind.MESSAGE:
            return "Which of these do you mean?"


def _which_label(question: Question, phrase: str) -> str:
    intent = question.intent
    if not isinstance(intent, LabelIntent):
        names = question.choices[0].words.removeprefix("Create ")
        return f"{names} is not a label of this project yet. Create it?"
    shown = f"“{shortened(phrase, 200)}”"
    if intent.label:
        return (
            f"{intent.label} is not a label of this project. Which label do you mean for {shown}?"
        )
    if any(choice.listed for choice in question.choices):
        where = "" if question.sentence else ", which is in other sentences"
        return f"Which label do you mean for {shown}{where}?"
    return f"There is no label in {shown}. What do you mean?"


def _new_labels(question: Question) -> str:
    create = question.choices[1].words
    return create.removeprefix("Create ")


def named_new(labels: str) -> str:
    """That a step made a label, or several with commas between."""
    return f"New label{'s' if ', ' in labels else ''}: {labels}."
