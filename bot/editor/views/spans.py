"""The spans of a draft in the editor: each with its menus, a page of them at a time."""

from collections.abc import Iterable, Iterator

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    Option,
    OverflowMenuElement,
    PlainTextObject,
    RichTextBlock,
    RichTextSectionElement,
    StaticSelectElement,
)

from bot.domain.label_colours import coloured
from bot.domain.project import Offsets
from bot.editor.commands import Draft, Edge, Editing, Several
from bot.labelling.views.word_menu import OPTIONS
from bot.slack import action_ids as ids
from bot.slack.marked_text import isolated, isolated_line
from bot.slack.text import button, plain, shortened, small
from ner_engine.annotation import Span

SPANS_A_PAGE = 10
"""Each brings a menu of all labels, and a modal may weigh 250 kB; besides, a person has to scroll past them."""
_MARKED = 150
"""More spans than these are marked in the sentence a page at a time, for the same reason."""
_OPTION_TEXT = 75
_AROUND = 24


def spans_in_view(draft: Draft) -> tuple[Span, ...]:
    """The spans that are marked in the sentence."""
    if len(draft.spans) <= _MARKED:
        return draft.spans
    first = _page(draft) * SPANS_A_PAGE
    return draft.spans[first : first + SPANS_A_PAGE]


def narrowing(draft: Draft, number: int, several: Several) -> ActionsBlock:
    """A menu for a phrase that was marked wherever it occurs: all of them, or one."""
    text, mentions = draft.text, several.mentions[: OPTIONS - 1]
    marked = {(span.start, span.end) for span in draft.spans if span.label == several.label}
    present = [n for n, mention in enumerate(several.mentions) if mention in marked]
    phrase = shortened(text[slice(*mentions[0])], 40)
    every = Option(value="all", text=option(f"“{phrase}”: all {len(several.mentions)} mentions"))
    each = [
        Option(value=str(n), text=option(f"{n + 1}: {_around(text, mention)}"))
        for n, mention in enumerate(mentions)
    ]
    chosen = each[present[0]] if len(present) == 1 and present[0] < len(each) else None
    if len(present) == len(several.mentions):
        chosen = every
    menu = StaticSelectElement(
        action_id=ids.EDITOR_NARROW,
        options=[every, *each],
        initial_option=chosen,
        placeholder=PlainTextObject(text=f"Which {several.label}?"),
    )
    # The state is part of the id: a menu keeps what was chosen in it as long as its id stays.
    return ActionsBlock(block_id=f"{ids.EDITOR_NARROW}.{number}.{draft.boxes}", elements=[menu])


def _around(text: str, mention: Offsets) -> str:
    before, after = words_around(text, mention)
    return isolated(f"{before}{text[slice(*mention)]}{after}")


def words_around(text: str, place: Offsets) -> tuple[str, str]:
    """A few whole words on either side, with an ellipsis where the sentence goes on."""
    before, after = text[: place[0]], text[place[1] :]
    if len(before) > _AROUND:
        cut_off = before[-_AROUND:]
        before = "…" + (cut_off.partition(" ")[2] or cut_off)
    if len(after) > _AROUND:
        cut_off = after[:_AROUND]
        after = (cut_off.rpartition(" ")[0] or cut_off) + "…"
    return before, after


def span_blocks(editing: Editing) -> Iterator[Block]:
    """Each span of the page in its context, with its label, its edges and [Remove]."""
    draft = editing.draft
    first = _page(draft) * SPANS_A_PAGE
    for number, span in enumerate(draft.spans[first : first + SPANS_A_PAGE], first + 1):
        yield _in_context(draft, number, span)
        yield ActionsBlock(
            block_id=f"{ids.EDITOR_SPAN}.{span.start}.{span.end}.{span.label}",
            elements=[
                _label_menu(span, editing.labels),
                *_edges(draft, span),
                ButtonElement(
                    text="Remove",
                    action_id=ids.EDITOR_REMOVE,
                    value="remove",
                    accessibility_label=f"Remove phrase {number}",
                ),
            ],
        )


def _in_context(draft: Draft, number: int, span: Span) -> RichTextBlock:
    before, after = words_around(draft.text, (span.start, span.end))
    phrase = shortened(draft.text[span.start : span.end], 300)
    shown = [
        *([plain(before)] if before else []),
        plain(phrase, bold=True),
        *([plain(after)] if after else []),
    ]
    whole = [plain(f"{number}. "), *isolated_line(draft.text, shown)]
    return RichTextBlock(elements=[RichTextSectionElement(elements=whole)])


def _label_menu(span: Span, labels: tuple[str, ...]) -> StaticSelectElement:
    names = sorted({span.label, *labels[: OPTIONS - 1]})
    options = {label: Option(value=label, text=label_option(label)) for label in names}
    return StaticSelectElement(
        action_id=ids.EDITOR_LABEL,
        options=list(options.values()),
        initial_option=options[span.label],
        placeholder=PlainTextObject(text="Label"),
    )


def _edges(draft: Draft, span: Span) -> Iterator[OverflowMenuElement]:
    """Both edges by a token each way, in the words it is about; only what can be done is listed."""
    options = [Option(value=edge.value, text=option(words)) for edge, words in _moves(draft, span)]
    if options:
        yield OverflowMenuElement(action_id=ids.EDITOR_EDGE, options=options)


def _moves(draft: Draft, span: Span) -> Iterable[tuple[Edge, str]]:
    text, tokens = draft.text, draft.tokens
    inside = [i for i, (start, end) in enumerate(tokens) if start < span.end and span.start < end]
    if not inside:
        return
    first, last = inside[0], inside[-1]
    taken = [other for other in draft.spans if other != span]

    def free(index: int) -> bool:
        if not 0 <= index < len(tokens):
            return False
        start, end = tokens[index]
        return not any(start < other.end and other.start < end for other in taken)

    def word(index: int) -> str:
        return f"“{shortened(text[slice(*tokens[index])], 40)}”"

    if free(first - 1):
        yield Edge.GROW_LEFT, f"← take in {word(first - 1)}"
    if first < last:
        yield Edge.SHRINK_LEFT, f"→ leave out {word(first)}"
        yield Edge.SHRINK_RIGHT, f"← leave out {word(last)}"
    if free(last + 1):
        yield Edge.GROW_RIGHT, f"→ take in {word(last + 1)}"


def _page(draft: Draft) -> int:
    return min(draft.page, max(0, len(draft.spans) - 1) // SPANS_A_PAGE)


def page_blocks(draft: Draft) -> Iterator[Block]:
    """Where the spans do not fit on one page: which page this is, and the ways to the others."""
    pages = (len(draft.spans) + SPANS_A_PAGE - 1) // SPANS_A_PAGE
    if pages <= 1:
        return
    page = _page(draft)
    buttons = [
        button(words, f"{ids.EDITOR_TURN}.{to}", to)
        for words, to in (("Earlier phrases", page - 1), ("Later phrases", page + 1))
        if 0 <= to < pages
    ]
    yield small(f"Page {page + 1} of {pages} of the phrases")
    yield ActionsBlock(block_id=f"{ids.EDITOR_TURN}.{page}", elements=buttons)


def label_option(label: str) -> PlainTextObject:
    """A label as a menu's option, with its colour. No colon is in it, so `emoji` need not be turned off; a modal of
    many menus may weigh no more."""
    return PlainTextObject(text=shortened(coloured(label), _OPTION_TEXT))


def option(words: str) -> PlainTextObject:
    """The words of a menu's option, as long as Slack takes them."""
    return PlainTextObject(text=shortened(words, _OPTION_TEXT), emoji=False)
