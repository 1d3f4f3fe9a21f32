"""What a model has learned from a person, as that person sees it."""

from collections.abc import Iterator

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    RichTextBlock,
    RichTextQuoteElement,
    RichTextSectionElement,
)

from bot.recognition.values import Correction, Learned, Notices
from bot.slack import action_ids as ids
from bot.slack.marked_text import marked_parts, marked_text
from bot.slack.text import View, button, counted, escape, line, plain, small, words_view

_SHOWN = 5
_HOW = (
    "Models learn from what you correct, these sentences too: how well it does on others, its scores say "
    "(/nerbot models)."
)
_NOTHING = "No entity in it."


def learned_view(learned: Learned) -> View:
    """The sentences as the model finds them now, some of them, and a button to get no more of these messages."""
    head = f"Model {learned.version} now finds what you corrected"
    if learned.project is not None:
        head += f" in {learned.project}"
    shown = learned.corrections[:_SHOWN]
    more = len(learned.corrections) - len(shown)
    rest = f"and {counted(more, 'more sentence')}" if more else ""
    blocks: list[Block] = [line(plain(head, bold=True)), *map(_sentence, shown)]
    if rest:
        blocks.append(line(rest))
    blocks.append(small(_HOW))
    blocks.append(ActionsBlock(elements=[button("No more of these", ids.NOTICES_OFF, "off")]))
    return View(
        "\n".join([escape(f"{head}:"), *_lines(shown), *filter(None, [rest])]), tuple(blocks)
    )


def _sentence(correction: Correction) -> RichTextBlock:
    quote = RichTextQuoteElement(
        elements=list(marked_parts(correction.sentence.text, correction.spans, {}))
    )
    if correction.spans:
        return RichTextBlock(elements=[quote])
    nothing = RichTextSectionElement(elements=[plain(_NOTHING, italic=True)])
    return RichTextBlock(elements=[quote, nothing])


def _lines(shown: tuple[Correction, ...]) -> Iterator[str]:
    for correction in shown:
        marked = marked_text(correction.sentence.text, correction.spans)
        yield marked if correction.spans else f"{marked} {_NOTHING}"


def notices_view(notices: Notices) -> View:
    """Whether a person is told, and how to change it."""
    if notices.on:
        since = ", from the next model on" if notices.changed else ""
        return words_view(
            f"You get a message when a new model finds what you corrected in an answer of /ner{since}. "
            "To end that: /nerbot notices off"
        )
    return words_view(
        "You get no message when a new model finds what you corrected. To get one again: /nerbot notices on"
    )
