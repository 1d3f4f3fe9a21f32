"""The editor as people see it: a modal with the sentence, its spans, and two boxes."""

from collections.abc import Iterable, Iterator

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ContextBlock,
    InputBlock,
    Option,
    OverflowMenuElement,
    PlainTextInputElement,
    PlainTextObject,
    RadioButtonsElement,
    RichTextBlock,
    RichTextElement,
    RichTextInputElement,
    RichTextSectionElement,
    StaticSelectElement,
)
from slack_sdk.models.views import View as Modal

from bot.domain import Box, Draft, Edge, Editing, Offsets, Several
from bot.domain.markup import editable_markup
from bot.views import ids
from bot.views.text import counted, line, marked_sentence, plain, shortened
from ner_engine.annotation import Span

SPANS_A_PAGE = 10
"""Each brings a menu of all labels, and a modal may weigh 250 kB; besides, a person has to scroll past them."""
_MARKED = 150
"""More spans than these are marked in the sentence a page at a time, for the same reason."""
_OPTIONS = 100
_OPTION_TEXT = 75
_BOX = 3_000
_AROUND = 24


def editor_modal(editing: Editing, *, metadata: str, select_and_bold: bool = False) -> Modal:
    """The draft; `metadata` comes back with every press and the submission.

    With `select_and_bold` there is a third box, in which words are selected and made bold.
    """
    draft = editing.draft
    blocks = [
        *_to_look_at(editing),
        marked_sentence(draft.text, _marked(draft)),
        _state(draft),
        *(_narrowing(draft, number, several) for number, several in enumerate(draft.several)),
        *_span_blocks(editing),
        *_pages(draft),
        *(_select_and_bold(editing) if select_and_bold else ()),
        _adding(draft),
        ActionsBlock(
            block_id=f"{ids.EDITOR_MARK}.{draft.lines}",
            elements=[ButtonElement(text="Mark these", action_id=ids.EDITOR_MARK, value="mark")],
        ),
        *_whole(draft),
        _finished(),
    ]
    return Modal(
        type="modal",
        callback_id=ids.EDITOR,
        title=PlainTextObject(text="Edit the sentence"),
        submit=PlainTextObject(text="Save"),
        close=PlainTextObject(text="Cancel"),
        private_metadata=metadata,
        blocks=blocks,
    )


def loading_modal() -> Modal:
    """Opened at once where the sentence takes longer."""
    return words_modal("Loading the sentence …")


def words_modal(words: str) -> Modal:
    """Plain words in a modal that has nothing to save."""
    return Modal(
        type="modal",
        callback_id=ids.EDITOR,
        title=PlainTextObject(text="Edit the sentence"),
        close=PlainTextObject(text="Close"),
        blocks=[line(shortened(words, _BOX))],
    )


def added_block(draft: Draft) -> str:
    """The block id of the box with phrases to add: a new one each time it was emptied."""
    return f"{ids.EDITOR_ADDED}.{draft.lines}"


def markup_block(draft: Draft) -> str:
    """The block id of the box with the markup: a new one each time it was filled anew."""
    return f"{ids.EDITOR_MARKUP}.{draft.boxes}"


def fault_block(draft: Draft, box: Box) -> str:
    """The block id of the box that cannot be read."""
    match box:
        case "markup":
            return markup_block(draft)
        case "bold":
            return bold_block(draft)
        case _:
            return added_block(draft)


def bold_block(draft: Draft) -> str:
    """The block id of the box for bold words, which is drawn anew as often as the one with the markup."""
    return f"{ids.EDITOR_BOLD}.{draft.boxes}"


def _to_look_at(editing: Editing) -> Iterator[Block]:
    """What has to be seen before saving, and what a box says that cannot be read."""
    boxes = {"markup": "the whole sentence", "added": "phrases to add", "bold": "select and bold"}
    for box, words in editing.faults:
        told = f"Nothing was changed, because the box “{boxes[box]}” cannot be read. "
        yield line(plain(told, bold=True), shortened(words, 1_000))
    if editing.draft.notes:
        notes = " ".join(editing.draft.notes)
        asks = " Save again if that is what you mean."
        yield line(plain("Please look once more. ", bold=True), shortened(notes, 2_000), asks)


def _marked(draft: Draft) -> tuple[Span, ...]:
    if len(draft.spans) <= _MARKED:
        return draft.spans
    first = _page(draft) * SPANS_A_PAGE
    return draft.spans[first : first + SPANS_A_PAGE]


def _state(draft: Draft) -> ContextBlock:
    number = "a new sentence" if draft.sentence_id is None else f"#{draft.sentence_id}"
    words = f"{number} · {counted(len(draft.spans), 'phrase')} marked"
    if draft.suggested_by is not None:
        words += f" · began with what model {draft.suggested_by} suggests"
    words += " · nothing is saved before you press Save"
    return ContextBlock(elements=[PlainTextObject(text=words, emoji=False)])


def _narrowing(draft: Draft, number: int, several: Several) -> ActionsBlock:
    """A menu for a phrase that was marked wherever it occurs: all of them, or one."""
    text, mentions = draft.text, several.mentions[: _OPTIONS - 1]
    marked = {(span.start, span.end) for span in draft.spans if span.label == several.label}
    present = [n for n, mention in enumerate(several.mentions) if mention in marked]
    phrase = shortened(text[slice(*mentions[0])], 40)
    every = Option(value="all", text=_option(f"“{phrase}”: all {len(several.mentions)} mentions"))
    each = [
        Option(value=str(n), text=_option(f"{n + 1}: {_around(text, mention)}"))
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
    before, after = _words_around(text, mention)
    return f"{before}{text[slice(*mention)]}{after}"


def _words_around(text: str, place: Offsets) -> tuple[str, str]:
    """A few whole words on either side, with an ellipsis where the sentence goes on."""
    before, after = text[: place[0]], text[place[1] :]
    if len(before) > _AROUND:
        cut_off = before[-_AROUND:]
        before = "…" + (cut_off.partition(" ")[2] or cut_off)
    if len(after) > _AROUND:
        cut_off = after[:_AROUND]
        after = (cut_off.rpartition(" ")[0] or cut_off) + "…"
    return before, after


def _span_blocks(editing: Editing) -> Iterator[Block]:
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
    before, after = _words_around(draft.text, (span.start, span.end))
    parts: list[RichTextElement] = [
        plain(f"{number}. {before}"),
        plain(shortened(draft.text[span.start : span.end], 300), bold=True),
        *([plain(after)] if after else []),
    ]
    return RichTextBlock(elements=[RichTextSectionElement(elements=parts)])


def _label_menu(span: Span, labels: tuple[str, ...]) -> StaticSelectElement:
    offered = sorted({span.label, *labels[: _OPTIONS - 1]})
    options = {label: Option(value=label, text=_option(label)) for label in offered}
    return StaticSelectElement(
        action_id=ids.EDITOR_LABEL,
        options=list(options.values()),
        initial_option=options[span.label],
        placeholder=PlainTextObject(text="Label"),
    )


def _edges(draft: Draft, span: Span) -> Iterator[OverflowMenuElement]:
    """Both edges by a token each way, in the words it is about; only what can be done is offered."""
    options = [Option(value=edge.value, text=_option(words)) for edge, words in _moves(draft, span)]
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


def _pages(draft: Draft) -> Iterator[Block]:
    """Where the spans do not fit on one page: which page this is, and the ways to the others."""
    pages = (len(draft.spans) + SPANS_A_PAGE - 1) // SPANS_A_PAGE
    if pages <= 1:
        return
    page = _page(draft)
    buttons = [
        ButtonElement(text=words, action_id=f"{ids.EDITOR_TURN}.{to}", value=str(to))
        for words, to in (("Earlier phrases", page - 1), ("Later phrases", page + 1))
        if 0 <= to < pages
    ]
    yield ContextBlock(
        elements=[PlainTextObject(text=f"Page {page + 1} of {pages} of the phrases", emoji=False)]
    )
    yield ActionsBlock(block_id=f"{ids.EDITOR_TURN}.{page}", elements=buttons)


def _select_and_bold(editing: Editing) -> Iterator[InputBlock]:
    """A label, and the sentence in a box where words are made bold; nothing where there is no label yet."""
    if not editing.labels:
        return
    draft = editing.draft
    yield InputBlock(
        block_id=f"{ids.EDITOR_BOLD_LABEL}.{draft.boxes}",
        label=PlainTextObject(text="Label for bold words"),
        optional=True,
        element=StaticSelectElement(
            action_id=ids.EDITOR_BOLD_LABEL,
            options=[Option(value=name, text=_option(name)) for name in editing.labels[:_OPTIONS]],
            placeholder=PlainTextObject(text="Label"),
        ),
    )
    yield InputBlock(
        block_id=bold_block(draft),
        label=PlainTextObject(text="Select words and press Ctrl+B or Cmd+B"),
        optional=True,
        element=RichTextInputElement(
            action_id=ids.EDITOR_BOLD,
            initial_value=RichTextBlock(
                elements=[RichTextSectionElement(elements=[plain(draft.text)])]
            ),
        ),
    )


def _adding(draft: Draft) -> InputBlock:
    return InputBlock(
        block_id=added_block(draft),
        label=PlainTextObject(text="Phrases to add"),
        hint=PlainTextObject(
            text="One a line; the first letters of a label will do. Every mention is marked. chest pain = - unmarks it."
        ),
        optional=True,
        element=PlainTextInputElement(
            action_id=ids.EDITOR_ADDED,
            multiline=True,
            max_length=_BOX,
            placeholder=PlainTextObject(text="chest pain = SYMPTOM"),
            # Ready to type into when the editor opens; later the focus is where the person is.
            focus_on_load=draft.boxes == draft.lines == 0,
        ),
    )


def _whole(draft: Draft) -> Iterator[Block]:
    markup = editable_markup(draft.text, draft.spans)
    if markup is None or len(markup) > _BOX:
        why = "is too long" if markup else "has too many brackets of its own"
        yield line(plain(f"The sentence {why} to be edited as a whole.", italic=True))
        return
    yield InputBlock(
        block_id=markup_block(draft),
        label=PlainTextObject(text="Or the whole sentence"),
        hint=PlainTextObject(
            text="[chest pain](SYMPTOM) and {chest pain=SYMPTOM} are both read. What you change here replaces the "
            "phrases above; phrases to add come after it."
        ),
        optional=True,
        element=PlainTextInputElement(
            action_id=ids.EDITOR_MARKUP, multiline=True, max_length=_BOX, initial_value=markup
        ),
    )


def _finished() -> InputBlock:
    yes = Option(value="finished", text=_option("Finished: every entity is marked"))
    not_yet = Option(value="open", text=_option("Not yet: I go on later"))
    return InputBlock(
        block_id=ids.EDITOR_FINISHED,
        label=PlainTextObject(text="Is the sentence finished?"),
        element=RadioButtonsElement(
            action_id=ids.EDITOR_FINISHED, options=[yes, not_yet], initial_option=yes
        ),
    )


def _option(words: str) -> PlainTextObject:
    return PlainTextObject(text=shortened(words, _OPTION_TEXT), emoji=False)
