"""Sentences of a message as people see them: a list to choose from, and what went into the queue."""

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    PlainTextObject,
    SectionBlock,
)

from bot.labelling.values.cards import Choice, Question
from bot.labelling.values.messages import MessageIntent, Queued, Withdrawn
from bot.labelling.views.questions import choice_button
from bot.slack import action_ids as ids
from bot.slack.text import View, button, counted, escape, line, numbered, plain, shortened, small

_KEPT = 5
"""Sentences that are named."""


def pieces_view(question: Question, intent: MessageIntent) -> View:
    """The sentences of a message, each with its [Label], and all of them at once."""
    asked = f"This message has {counted(len(intent.pieces), 'sentence')}. Which one do you want to label?"
    blocks: list[Block] = [line(plain(asked, bold=True))]
    lines = [escape(asked)]
    buttons: list[ButtonElement] = []
    for index, choice in enumerate(question.choices):
        one = _only_piece(choice)
        if one is None:
            buttons.append(choice_button(question, index, choice, is_primary=False))
            continue
        text = shortened(one, 2_000)
        label = choice_button(question, index, choice, is_primary=False, action=ids.PIECE)
        blocks.append(SectionBlock(text=PlainTextObject(text=text, emoji=False), accessory=label))
        lines.append(f"• {escape(one)}")
    blocks += [
        small(_told(question, intent)),
        ActionsBlock(elements=list(buttons)),
    ]
    return View("\n".join(lines), tuple(blocks))


def _only_piece(choice: Choice) -> str | None:
    to = choice.intent
    is_one = isinstance(to, MessageIntent) and not to.to_queue
    return to.pieces[0].text if is_one and isinstance(to, MessageIntent) else None


def _told(question: Question, intent: MessageIntent) -> str:
    more = len(intent.pieces) - sum(_only_piece(choice) is not None for choice in question.choices)
    words = "Nothing is stored until you choose."
    return (
        f"{counted(more, 'more sentence')} would go into the queue, too. {words}"
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
    waits = "waits" if queued.waiting == 1 else "wait"
    state = f"{counted(queued.waiting, 'sentence')} {waits} for you in all."
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
