"""Two versions side by side."""

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
)

from bot.domain.models import Difference, ModelsCompared
from bot.slack import action_ids as ids
from bot.slack.marked_text import marked_sentence, marked_text
from bot.slack.text import (
    Line,
    View,
    button,
    counted,
    percent,
    plain,
    said,
    small,
    words_view,
)

_COMPARED = 5
"""Differences on a page: each is two marked sentences or three."""


def compared_view(told: ModelsCompared) -> View:
    """Two versions on the sentences in which they differ."""
    if not told.sentences:
        return words_view(
            f"Models {told.one} and {told.two} cannot be compared: there is no sentence yet that both models predicted "
            "without having trained on it."
        )
    head: Line = [
        plain(f"Model {told.one} and model {told.two}", bold=True),
        f" on the {counted(told.sentences, 'sentence')} neither had learned when it was asked: F1 ",
        plain(percent(told.one_f1), bold=True),
        " and ",
        plain(percent(told.two_f1), bold=True),
        f". Model {told.two} is better with a probability of {percent(told.probability_two)} %.",
    ]
    blocks: list[Block] = []
    page = told.differences[told.start : told.start + _COMPARED]
    for each in page:
        blocks += _difference(told, each)
    if pages := _compared_buttons(told):
        blocks.append(ActionsBlock(elements=pages))
    texts = [
        f"#{each.sentence.id} {name}: {marked_text(each.sentence.text, spans)}"
        for each in page
        for name, spans in ((f"model {told.one}", each.one), (f"model {told.two}", each.two))
    ]
    if told.left_out:
        blocks.append(small(f"{told.left_out:,} more sentences were left out: enough is enough."))
    view = said(head, [_counts(told)], blocks=blocks)
    return View("\n".join([view.text, *texts]), view.blocks)


def _compared_buttons(told: ModelsCompared) -> list[ButtonElement]:
    places = (("Back", told.start - _COMPARED), ("More", told.start + _COMPARED))
    return [
        button(words, f"{ids.COMPARE_PAGE}.{number}", f"{told.one} {told.two} {start}")
        for number, (words, start) in enumerate(places)
        if 0 <= start < len(told.differences)
    ]


def _counts(told: ModelsCompared) -> str:
    if not told.differing:
        return "They found the same in all of them."
    last = min(told.start + _COMPARED, len(told.differences))
    shown = f" {told.start + 1} to {last}:" if told.differing > _COMPARED else ""
    return (
        f"They differ in {counted(told.differing, 'sentence')}: in {told.only_one_right} only model {told.one} is "
        f"right, in {told.only_two_right} only model {told.two}.{shown}"
    )


def _difference(told: ModelsCompared, each: Difference) -> list[Block]:
    text = each.sentence.text
    blocks: list[Block] = []
    for number, spans in ((told.one, each.one), (told.two, each.two)):
        right = set(spans) == set(each.gold)
        words = f"#{each.sentence.id} · model {number} {'✓ as labelled' if right else '✗'}"
        blocks += [small(words), marked_sentence(text, spans)]
    if set(each.gold) not in (set(each.one), set(each.two)):
        blocks += [small(f"#{each.sentence.id} · as labelled"), marked_sentence(text, each.gold)]
    return blocks
