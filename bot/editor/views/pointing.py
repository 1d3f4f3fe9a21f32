"""Pointing instead of typing: phrases for one tap, and the sentence's words to choose from, a button a label."""

from collections.abc import Iterator, Sequence

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    InputBlock,
    InteractiveElement,
    Option,
    PlainTextObject,
    StaticMultiSelectElement,
    StaticSelectElement,
)

from bot.domain.label_colours import coloured
from bot.editor.commands import Draft, Editing
from bot.editor.views.spans import label_option, option, words_around
from bot.labelling.proposals import Proposal
from bot.labelling.views.word_menu import OPTIONS, free_words, in_groups
from bot.slack import action_ids as ids
from bot.slack.marked_text import isolated_line
from bot.slack.text import button, line, plain, shortened

BUTTONS = 5
"""More labels than these are a menu: a row of buttons wraps on a phone."""
_PHRASE = 60


def pointing(editing: Editing) -> Iterator[Block]:
    """Nothing where there is no label yet: the first one is typed."""
    if not editing.labels:
        return
    draft = editing.draft
    for number, proposal in enumerate(editing.proposals):
        yield _proposed(draft, proposal)
        yield ActionsBlock(
            block_id=f"{ids.EDITOR_PROPOSED}.{number}.{draft.boxes}",
            elements=_labels_of(proposal, editing.labels, number),
        )
    if options := _words(draft):
        yield InputBlock(
            block_id=words_block(draft),
            label=PlainTextObject(text="Or choose the words of a phrase"),
            hint=PlainTextObject(
                text="Words side by side are one phrase. Then press its label; several phrases of one label go at once."
            ),
            optional=True,
            element=_menu_of_words(options),
        )
        yield ActionsBlock(
            block_id=f"{ids.EDITOR_WORDS_AS}.{draft.boxes}",
            elements=_labels_for_words(editing.labels),
        )


def words_block(draft: Draft) -> str:
    """The block id of the menu of words: a new one, with nothing chosen, each time the phrases change."""
    return f"{ids.EDITOR_WORDS}.{draft.boxes}"


def _proposed(draft: Draft, proposal: Proposal) -> Block:
    before, after = words_around(draft.text, proposal.place)
    phrase = shortened(draft.text[slice(*proposal.place)], _PHRASE)
    shown = [
        *([plain(before)] if before else []),
        plain(phrase, bold=True),
        *([plain(after)] if after else []),
    ]
    return line(*isolated_line(draft.text, shown))


def _labels_of(proposal: Proposal, labels: Sequence[str], number: int) -> list[InteractiveElement]:
    """The label the phrase had elsewhere comes first."""
    start, end = proposal.place
    first = [proposal.label] if proposal.label else []
    names = list(dict.fromkeys([*first, *labels]))
    if len(names) <= BUTTONS:
        return [
            button(
                shortened(coloured(name), 75),
                f"{ids.EDITOR_PROPOSED}.{each}",
                f"{start}:{end}:{name}",
            )
            for each, name in enumerate(names)
        ]
    values = [(f"{start}:{end}:{name}", name) for name in names[:OPTIONS]]
    menu = _menu_of_labels(f"{ids.EDITOR_PROPOSED_LABEL}.{number}", values)
    quick = [
        button(
            shortened(coloured(name), 75),
            f"{ids.EDITOR_PROPOSED}.{number}",
            f"{start}:{end}:{name}",
        )
        for name in first
    ]
    return [*quick, menu]


def _labels_for_words(labels: Sequence[str]) -> list[InteractiveElement]:
    if len(labels) <= BUTTONS:
        return [
            button(shortened(coloured(name), 75), f"{ids.EDITOR_WORDS_AS}.{number}", name)
            for number, name in enumerate(labels)
        ]
    return [_menu_of_labels(ids.EDITOR_WORDS_LABEL, [(name, name) for name in labels[:OPTIONS]])]


def _menu_of_labels(action: str, values: Sequence[tuple[str, str]]) -> StaticSelectElement:
    return StaticSelectElement(
        action_id=action,
        options=[Option(value=value, text=label_option(name)) for value, name in values],
        placeholder=PlainTextObject(text="Label"),
    )


def _words(draft: Draft) -> list[Option]:
    """The words that have no label, those that occur several times with their number."""
    return [
        Option(value=f"{start}:{end}", text=option(named))
        for (start, end), named in free_words(draft.text, draft.tokens, draft.spans)
    ]


def _menu_of_words(options: list[Option]) -> StaticMultiSelectElement:
    placeholder = PlainTextObject(text="Words of the sentence")
    if len(options) <= OPTIONS:
        return StaticMultiSelectElement(
            action_id=ids.EDITOR_WORDS, options=options, placeholder=placeholder
        )
    return StaticMultiSelectElement(
        action_id=ids.EDITOR_WORDS, option_groups=in_groups(options), placeholder=placeholder
    )
