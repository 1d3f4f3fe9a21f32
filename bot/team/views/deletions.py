"""Deletions as people see them."""

from slack_sdk.models.blocks import ActionsBlock

from bot.slack import action_ids as ids
from bot.slack.text import View, button, counted, plain, said, shortened
from bot.team.values.deletions import Deleted, DeletionAsked, Kind

_TEXT = 300


def asked_view(answer: DeletionAsked) -> View:
    """The question, with what hangs on it."""
    delete = answer.delete
    if delete.kind is Kind.SENTENCE:
        asked = f"Delete sentence #{delete.sentence_id}?"
        others = "1 other person" if answer.people == 1 else f"{answer.people} other people"
        hangs = f"“{shortened(answer.text, _TEXT)}”" + (
            f" {others} labelled it; their labels go with it." if answer.people else ""
        )
    elif delete.kind is Kind.LABEL:
        asked = f"Delete the label {delete.name}?"
        hangs = (
            f"It is taken off all phrases in {counted(answer.sentences, 'sentence')}. Where these are finished, the "
            "phrases then count as no entity."
            if answer.sentences
            else "No phrase carries it."
        )
    else:
        asked = f"Delete the project {delete.name}?"
        hangs = (
            f"It has {counted(answer.sentences, 'sentence')}. Its channels use the default project until it is brought "
            "back; its schedules rest, and a training of it is cancelled."
        )
    row = ActionsBlock(
        elements=[
            button("Delete", ids.DELETE, answer.offer, style="danger"),
            button("Leave it", ids.DECLINE, answer.offer),
        ]
    )
    waits = (
        "This can be undone. To erase something for good, use /nerbot forget. Nothing is changed until you choose; the "
        "question is open for ten minutes."
    )
    return said([plain(asked, bold=True)], [hangs], [waits], blocks=[row])


def deleted_view(answer: Deleted) -> View:
    """What was deleted."""
    delete = answer.delete
    match delete.kind:
        case Kind.SENTENCE:
            what = f"Deleted sentence #{delete.sentence_id}."
        case Kind.LABEL:
            what = f"Deleted the label {delete.name} in {counted(answer.sentences, 'sentence')}."
        case Kind.PROJECT:
            what = (
                f"Deleted the project {delete.name} with {counted(answer.sentences, 'sentence')}."
            )
    said_so = [plain(what, bold=True)], ["Models that learned from it still know it."]
    if delete.kind is not Kind.SENTENCE:
        return said(*said_so)
    following = button("Next", ids.NEXT, delete.sentence_id)
    return said(*said_so, blocks=[ActionsBlock(elements=[following])])
