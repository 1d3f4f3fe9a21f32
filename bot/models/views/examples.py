"""What a model leads to: a picture of scores, and sentences to look at."""

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
)

from bot.models.commands import SentencesShown
from bot.slack import action_ids as ids
from bot.slack.marked_text import marked_sentence, marked_text
from bot.slack.text import (
    Line,
    View,
    as_text,
    button,
    counted,
    line,
    plain,
    said,
    shortened,
    small,
    words_view,
)

_SHOWN = 10


def picture_view(_: None) -> View:
    """Where the picture is."""
    return words_view("The picture is in the channel.")


def sentences_view(answer: SentencesShown) -> View:
    """Sentences to look at, each with a button that opens it."""
    head: Line = [plain(shortened(answer.words, 500), bold=True)]
    blocks: list[Block] = []
    for number, item in enumerate(answer.sentences[:_SHOWN]):
        sentence = item.sentence
        state = "" if item.finished else " · not finished"
        open_it = button(f"Open #{sentence.id}", f"{ids.OPEN_SENTENCE}.{number}", sentence.id)
        blocks += [
            marked_sentence(sentence.text, item.spans),
            ActionsBlock(elements=[open_it]),
        ]
        if state:
            blocks.insert(-1, small(f"#{sentence.id}{state}"))
    left = len(answer.sentences) - _SHOWN
    notes = [f"{counted(left, 'more sentence')} like these."] if left > 0 else []
    if answer.missing:
        notes.append(
            f"{counted(answer.missing, 'sentence')} of them changed since: people disagree on them, or they are gone."
        )
    texts = [marked_text(item.sentence.text, item.spans) for item in answer.sentences[:_SHOWN]]
    view = said(head, blocks=[*blocks, *(line(note) for note in notes)])
    return View("\n".join([as_text(head), *texts]), view.blocks)
