"""A question as people see it: what only they can decide."""

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement

from bot.labelling.values.bulk import EverywhereIntent
from bot.labelling.values.cards import Choice, Question, QuestionKind
from bot.labelling.values.intents import LabelIntent
from bot.slack import action_ids as ids
from bot.slack.text import View, button, escape, line, marked_sentence, plain, shortened, small
from ner_engine.annotation import Span


def question_view(question: Question) -> View:
    """What only the person can decide, with a button for each answer. Nothing is stored yet, and it says so."""
    asked = _asked(question)
    blocks: list[Block] = [line(plain(asked, bold=True))]
    if question.sentence is not None:
        blocks.append(marked_sentence(question.sentence.text, _shown(question)))
    blocks += [
        small("Nothing is changed until you choose."),
        ActionsBlock(
            elements=[
                choice_button(
                    question, index, choice, is_primary=index == 0 and choice.intent is not None
                )
                for index, choice in enumerate(question.choices)
            ]
        ),
    ]
    return View(escape(asked), tuple(blocks))


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
            return f"{_new_labels(question)} is new, and one slip from a label you have. Which do you mean?"
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


def _new_labels(question: Question) -> str:
    create = question.choices[1].words
    return create.removeprefix("Create ")
