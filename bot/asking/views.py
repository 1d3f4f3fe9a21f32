"""Cards of what is too unsure to go out, as people see them."""

from slack_sdk.models.blocks import ActionsBlock, Block

from bot.asking.values import CardShown, EntityCard, Said
from bot.slack import action_ids as ids
from bot.slack.marked_text import marked_sentence
from bot.slack.text import (
    Line,
    Parts,
    View,
    button,
    counted,
    label_name,
    line,
    percent,
    plain,
    said,
    shortened,
    small,
)
from ner_engine.annotation import Span

_PHRASE = 60
_NONE = (
    "Nothing waits: whatever the live model was too unsure of to send has been answered. What is "
    "asked about is found in watched channels."
)


def card_view(shown: CardShown) -> View:
    """The next card, below what became of the one before."""
    lines: list[Line] = []
    if shown.said is not None:
        lines.append(_before(shown))
    blocks: list[Block] = []
    if shown.sentence_id is not None:
        label_it = button("Label the sentence", f"{ids.OPEN_SENTENCE}.0", shown.sentence_id)
        blocks.append(ActionsBlock(elements=[label_it]))
    if shown.card is None:
        lines.append([_NONE])
        return said(*lines, blocks=blocks)
    lines.append(["Is ", *_phrase(shown.card), " a ", *label_name(shown.card.label), "?"])
    return said(*lines, blocks=[*blocks, *_question(shown.card, shown.waiting)])


def _question(card: EntityCard, waiting: int) -> list[Block]:
    span = Span(card.start, card.end, card.label)
    sure = {} if card.score is None else {span: card.score}
    number = card.entity_id
    others = waiting - 1
    more = f"{counted(others, 'other card')} after this one" if others else "the last card"
    told = "" if card.score is None else f"confidence {percent(card.score)} % · "
    return [
        marked_sentence(card.sentence, (span,), sure, suggested=True),
        ActionsBlock(
            elements=[
                button("Yes", ids.CARD_YES, number),
                button("No", ids.CARD_NO, number),
                button("Edit", ids.CARD_EDIT, number),
            ]
        ),
        line(Parts.Link(url=card.link, text="The message it is in")),
        small(f"{told}{more}"),
    ]


def _before(shown: CardShown) -> Line:
    card = shown.about
    if card is None:
        return ["That card was answered already, or its message is gone."]
    match shown.said:
        case Said.YES:
            return [
                plain("Sent: ", bold=True),
                *_phrase(card),
                " as ",
                *label_name(card.label),
                ".",
            ]
        case Said.NO:
            return [
                plain("Not sent: ", bold=True),
                *_phrase(card),
                " is not a ",
                *label_name(card.label),
                ".",
            ]
    return [
        plain(f"The sentence is #{shown.sentence_id} now. ", bold=True),
        "Label it, and what you finish goes out in place of what was found.",
    ]


def _phrase(card: EntityCard) -> Line:
    return [plain(f"“{shortened(card.sentence[card.start : card.end], _PHRASE)}”", bold=True)]
