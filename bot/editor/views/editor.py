"""The editor as people see it: a modal with the sentence, its spans, and two boxes."""

from collections.abc import Iterator

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ContextBlock,
    InputBlock,
    Option,
    PlainTextInputElement,
    PlainTextObject,
    RadioButtonsElement,
    RichTextBlock,
    RichTextInputElement,
    RichTextSectionElement,
    StaticSelectElement,
)
from slack_sdk.models.views import View as Modal

from bot.editor.commands import Box, Draft, Editing
from bot.editor.markup import editable_markup
from bot.editor.views.pointing import pointing, words_block
from bot.editor.views.spans import (
    label_option,
    narrowing,
    option,
    page_blocks,
    span_blocks,
    spans_in_view,
)
from bot.labelling.views.word_menu import OPTIONS
from bot.slack import action_ids as ids
from bot.slack.marked_text import marked_sentence
from bot.slack.text import button, counted, line, plain, shortened, small

_BOX = 3_000


def editor_modal(editing: Editing, *, metadata: str, select_and_bold: bool = False) -> Modal:
    """The draft; `metadata` comes back with every press and the submission.

    With `select_and_bold` there is a third box, in which words are selected and made bold.
    """
    draft = editing.draft
    blocks = [
        *_to_look_at(editing),
        marked_sentence(draft.text, spans_in_view(draft)),
        _state(draft),
        *(narrowing(draft, number, several) for number, several in enumerate(draft.several)),
        *span_blocks(editing),
        *page_blocks(draft),
        *pointing(editing),
        *(_select_and_bold(editing) if select_and_bold else ()),
        _adding(draft, is_first=not editing.labels),
        ActionsBlock(
            block_id=f"{ids.EDITOR_MARK}.{draft.lines}",
            elements=[button("Mark these", ids.EDITOR_MARK, "mark")],
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
        case "words":
            return words_block(draft)
        case _:
            return added_block(draft)


def bold_block(draft: Draft) -> str:
    """The block id of the box for bold words, which is drawn anew as often as the one with the markup."""
    return f"{ids.EDITOR_BOLD}.{draft.boxes}"


def _to_look_at(editing: Editing) -> Iterator[Block]:
    """What has to be seen before saving, and what a box says that cannot be read."""
    boxes = {
        "markup": "the whole sentence",
        "added": "phrases to add",
        "bold": "select and bold",
    }
    for box, words in editing.faults:
        # Words are chosen in a menu: what is wrong there was left undone, not written wrongly.
        cause = "" if box == "words" else f", because the box “{boxes[box]}” cannot be read"
        yield line(plain(f"Nothing was changed{cause}. ", bold=True), shortened(words, 1_000))
    if editing.draft.notes:
        notes = " ".join(editing.draft.notes)
        asks = " Save again if that is what you mean."
        yield line(plain("Please look once more. ", bold=True), shortened(notes, 2_000), asks)


def _state(draft: Draft) -> ContextBlock:
    number = "a new sentence" if draft.sentence_id is None else f"#{draft.sentence_id}"
    words = f"{number} · {counted(len(draft.spans), 'phrase')} marked"
    if draft.suggested_by is not None:
        words += f" · began with what model {draft.suggested_by} suggests"
    words += " · nothing is saved until you press Save"
    return small(words)


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
            options=[
                Option(value=name, text=label_option(name)) for name in editing.labels[:OPTIONS]
            ],
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


def _adding(draft: Draft, *, is_first: bool) -> InputBlock:
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
            # The first label has to be typed; later the focus would scroll the sentence out of sight.
            focus_on_load=is_first and draft.boxes == draft.lines == 0,
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
    yes = Option(value="finished", text=option("Finished: every entity is marked"))
    not_yet = Option(value="open", text=option("Not yet: I go on later"))
    return InputBlock(
        block_id=ids.EDITOR_FINISHED,
        label=PlainTextObject(text="Is the sentence finished?"),
        element=RadioButtonsElement(
            action_id=ids.EDITOR_FINISHED, options=[yes, not_yet], initial_option=yes
        ),
    )
