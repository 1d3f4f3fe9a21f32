"""Flagged sentences as reviewers see them."""

from itertools import groupby

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
)

from bot.domain.flags import MAX_NOTE, Flag
from bot.slack import action_ids as ids
from bot.slack.marked_text import marked_sentence, marked_text
from bot.slack.text import (
    Line,
    View,
    as_text,
    button,
    counted,
    line,
    person,
    plain,
    said,
    shortened,
)
from bot.team.values.flags import FlagsShown


def flags_view(answer: FlagsShown) -> View:
    """What was just settled, and what waits: each sentence with who flagged it and why."""
    lines: list[Line] = []
    if answer.settled is not None:
        lines.append(
            [plain(f"Settled: the flags of #{answer.settled} are off the list.", bold=True)]
        )
    if answer.gone is not None:
        lines.append([f"#{answer.gone} was settled or undone before; nothing was changed."])
    if not answer.flags:
        return said(*lines, ["There is no flagged sentence to review."])
    blocks: list[Block] = []
    texts: list[str] = []
    grouped = groupby(answer.flags, key=lambda flag: flag.sentence.id)
    for place, (_, flags) in enumerate(grouped):
        first, *others = flags
        whose = [_flagged(flag) for flag in (first, *others)]
        sentence = first.sentence
        blocks += [
            *(line(*each) for each in whose),
            marked_sentence(sentence.text, ()),
            _buttons(place, sentence.id),
        ]
        texts += [*map(as_text, whose), marked_text(sentence.text, ())]
    view = said(*lines, blocks=blocks)
    more = (
        [line(f"{counted(answer.more, 'more flagged sentence')} after these.")]
        if answer.more
        else []
    )
    return View("\n".join([view.text, *texts]).strip(), (*view.blocks, *more))


def _flagged(flag: Flag) -> Line:
    why = f": {shortened(flag.note, MAX_NOTE)}" if flag.note else ", without a reason"
    return [plain(f"#{flag.sentence.id}", bold=True), " flagged by ", person(flag.person), why]


def _buttons(place: int, number: int) -> ActionsBlock:
    return ActionsBlock(
        elements=[
            button("Label it myself", f"{ids.FLAG_LABEL}.{place}", number),
            button("Settled", f"{ids.FLAG_SETTLED}.{place}", number),
        ]
    )
