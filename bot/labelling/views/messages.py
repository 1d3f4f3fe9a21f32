"""Sentences of a message as people see them: a list to choose from, and what went into the queue."""

from itertools import pairwise

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    InteractiveElement,
    Option,
    PlainTextObject,
    SectionBlock,
    StaticSelectElement,
)

from bot.labelling.values.cards import Choice, Question
from bot.labelling.values.messages import (
    MAX_SENTENCES,
    MAX_TAKEN,
    LeftOut,
    MessageIntent,
    Queued,
    WhyLeftOut,
    Withdrawn,
)
from bot.labelling.views.questions import choice_button
from bot.slack import action_ids as ids
from bot.slack.text import View, button, counted, escape, line, numbered, plain, shortened, small
from ner_engine.annotation import MAX_RUN, MAX_TEXT

_KEPT = 5
"""Sentences that are named."""
_JOINED, _ENDS = 100, 28
"""Sentences that can be joined in the menu, and characters by which they are known there."""


def pieces_view(question: Question, intent: MessageIntent) -> View:
    """The sentences of a message, each with its [Label], and all of them at once."""
    count = len(intent.pieces)
    which = "Label it?" if count == 1 else "Which one do you want to label?"
    asked = f"This message has {counted(count, 'sentence')}. {which}"
    blocks: list[Block] = [line(plain(asked, bold=True))]
    lines = [escape(asked)]
    buttons: list[ButtonElement] = []
    for index, choice in enumerate(question.choices):
        one = _only_piece(choice)
        if one is None:
            buttons.append(choice_button(question, index, choice, is_primary=False))
            continue
        text = shortened(one if count == 1 else f"{index + 1}. {one}", 2_000)
        label = choice_button(question, index, choice, is_primary=False, action=ids.PIECE)
        blocks.append(SectionBlock(text=PlainTextObject(text=text, emoji=False), accessory=label))
        lines.append(f"• {escape(one)}")
    blocks += [small(words) for words in _left_out(intent)]
    lines += map(escape, _left_out(intent))
    elements: list[InteractiveElement] = list(buttons)
    if count > 1:
        elements.append(button("As one sentence", ids.AS_ONE, question.offer))
        elements.append(_join_menu(question, intent))
    blocks += [small(_told(question, intent)), ActionsBlock(elements=elements)]
    return View("\n".join(lines), tuple(blocks))


def _only_piece(choice: Choice) -> str | None:
    to = choice.intent
    is_one = isinstance(to, MessageIntent) and not to.to_queue
    return to.pieces[0].text if is_one and isinstance(to, MessageIntent) else None


def _join_menu(question: Question, intent: MessageIntent) -> StaticSelectElement:
    """Two sentences that are one, by how the first ends and the second begins."""
    pieces = [piece.text for piece in intent.pieces[:_JOINED]]
    options = [
        Option(
            value=f"{question.offer}:{number}",
            text=PlainTextObject(
                text=f"{number + 1} + {number + 2}: …{one[-_ENDS:]} {two[:_ENDS]}…", emoji=False
            ),
        )
        for number, (one, two) in enumerate(pairwise(pieces))
    ]
    return StaticSelectElement(
        action_id=ids.JOIN, placeholder=PlainTextObject(text="Join with the next"), options=options
    )


def _left_out(intent: MessageIntent) -> list[str]:
    """What of the message is not among the sentences, and why."""
    by_reason: dict[WhyLeftOut, list[LeftOut]] = {}
    for piece in intent.left_out:
        by_reason.setdefault(piece.why, []).append(piece)
    return [_why(why, pieces) for why, pieces in by_reason.items()]


def _why(why: WhyLeftOut, pieces: list[LeftOut]) -> str:
    size, begins = max(piece.size for piece in pieces), pieces[0].begins
    named = f" (“{begins}…”)" if begins else ""
    match why:
        case WhyLeftOut.BEHIND:
            return f"{size:,} characters at the end are left out: up to {MAX_TAKEN:,} are taken of one message."
        case WhyLeftOut.TOO_MANY:
            return (
                f"{counted(size, 'sentence')} at the end {_are(size)} left out: up to {MAX_SENTENCES} are taken "
                "at a time."
            )
        case WhyLeftOut.TOO_LONG:
            count = len(pieces)
            return (
                f"{counted(count, 'sentence')} {_are(count)} left out{named}: {size:,} characters; a sentence may have "
                f"up to {MAX_TEXT:,}."
            )
        case WhyLeftOut.UNREADABLE:
            count = len(pieces)
            return (
                f"{counted(count, 'piece')} {_are(count)} left out{named}: more than {MAX_RUN} characters without a "
                "blank, or characters that cannot be stored."
            )


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _told(question: Question, intent: MessageIntent) -> str:
    more = len(intent.pieces) - sum(_only_piece(choice) is not None for choice in question.choices)
    words = "Nothing is stored until you choose."
    return (
        f"{counted(more, 'more sentence')} would go into the queue too. {words}"
        if more > 0
        else words
    )


def queued_view(queued: Queued) -> View:
    """What waits in the queue now, with a way to begin."""
    new = len(queued.added)
    if new == queued.sentences:
        known = ""
    elif new == 0:
        known = " All of them were here before."
    else:
        known = f" {counted(new, 'sentence')} {'is' if new == 1 else 'are'} new here."
    in_queue = "is in the queue" if queued.sentences == 1 else "are in the queue"
    words = f"{counted(queued.sentences, 'sentence')} of the message {in_queue}.{known}"
    state = f"{counted(queued.waiting, 'sentence')} left for you to label in all."
    buttons = [button("Next", ids.NEXT, 0, style="primary")]
    if queued.added and queued.step:
        buttons.append(button("Undo", ids.WITHDRAW, queued.step))
    blocks = (
        line(plain("Saved. ", bold=True), words),
        small(state),
        ActionsBlock(elements=buttons),
    )
    return View(escape(f"Saved. {words} {state}"), blocks)


def withdrawn_view(withdrawn: Withdrawn) -> View:
    """What left the queue again, and what stayed."""
    words = f"{counted(withdrawn.sentences, 'sentence')} left the queue again."
    if withdrawn.kept:
        named = numbered(withdrawn.kept, _KEPT)
        stay = "it stays" if len(withdrawn.kept) == 1 else "they stay"
        words += f" Somebody has worked with {named} since, so {stay}."
    return View(f"Undone. {words}", (line(plain("Undone. ", bold=True), words),))
