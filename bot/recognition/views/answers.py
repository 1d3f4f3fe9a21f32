"""Recognition as people see it: the answer to /ner, what they made of it, and what they share."""

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ConfirmObject,
    PlainTextObject,
    RichTextBlock,
    RichTextElement,
    RichTextQuoteElement,
    RichTextSectionElement,
)

from bot.recognition.values import Answer, AnsweredText, NoModelYet, RecognitionAnswer
from bot.slack import action_ids as ids
from bot.slack.marked_text import Confidences, confidences_of, marked_parts, marked_text
from bot.slack.text import View, as_text, button, counted, line, person, plain, small, words_view
from ner_engine.annotation import Span

_NOTHING = "No entity found in this sentence."


def recognition_view(answer: RecognitionAnswer) -> View:
    """The answer to /ner."""
    match answer:
        case Answer():
            return answer_view(answer)
        case NoModelYet():
            return words_view(_no_model(answer))


def answer_view(answer: Answer) -> View:
    """Each sentence with its entities, what was made of it, and the three things that can be said to it."""
    blocks: list[Block] = []
    lines: list[str] = []
    for index, item in enumerate(answer.texts):
        spans, confidences = _shown(item)
        told = _told(item)
        blocks.append(_sentence(item.text, spans, confidences, told))
        lines.append(f"{marked_text(item.text, spans, confidences)} {told}".strip())
        if answer.offer:
            blocks.append(ActionsBlock(elements=_buttons(item, f"{answer.offer}:{index}")))
    if answer.damaged:
        blocks.insert(0, line(plain(_damaged(answer), bold=True)))
        lines.insert(0, _damaged(answer))
    if answer.absent is not None:
        blocks.insert(0, line(plain(_absent(answer), bold=True)))
        lines.insert(0, _absent(answer))
    note = _note(answer)
    blocks.append(small(note))
    if any(map(_is_corrected, answer.texts)) and answer.version is not None:
        blocks += [
            small(_TRAIN),
            ActionsBlock(elements=[button("Train now", ids.TRAIN_NOW, "now")]),
        ]
        lines.append(_TRAIN)
    return View("\n".join([*lines, note]), tuple(blocks))


_TRAIN = (
    "The next model learns what you put right. A training takes about a minute with up to 1,000 sentences, and its "
    "model goes live only if it is not worse."
)


def _is_corrected(item: AnsweredText) -> bool:
    """Whether the person finished the sentence with something else than was found."""
    return item.sentence_id is not None and item.finished and {*item.spans} != {*item.found.spans}


def shared_view(answer: Answer, index: int, user_id: str) -> View:
    """One sentence for the whole channel, under the name of who shares it."""
    item = answer.texts[index]
    spans, confidences = _shown(item)
    source = _by(answer) if item.sentence_id is None else "as this person labelled it"
    blocks: list[Block] = [
        line(person(user_id), f" shares a sentence, {source}:"),
        _sentence(item.text, spans, confidences, "" if spans else _NOTHING),
    ]
    who = as_text([person(user_id), f" shares a sentence, {source}: "])
    return View(f"{who}{marked_text(item.text, spans, confidences)}", tuple(blocks))


def _shown(item: AnsweredText) -> tuple[tuple[Span, ...], Confidences]:
    if item.sentence_id is not None:
        return item.spans, {}
    return item.found.spans, confidences_of(item.found.spans, item.found.confidences)


def _sentence(
    text: str, spans: tuple[Span, ...], confidences: Confidences, told: str
) -> RichTextBlock:
    """The sentence and what is to be said of it in one block: a message has room for fifty."""
    marked: list[RichTextElement] = list(marked_parts(text, spans, confidences))
    quote = RichTextQuoteElement(elements=marked)
    if not told:
        return RichTextBlock(elements=[quote])
    words = RichTextSectionElement(elements=[plain(told, italic=True)])
    return RichTextBlock(elements=[quote, words])


def _told(item: AnsweredText) -> str:
    shared = " Shared with the channel." if item.shared else ""
    if item.sentence_id is None:
        nothing = "" if item.found.spans else _NOTHING
        return f"{nothing}{_displaced(item.found.displaced)}{shared}".strip()
    stored = counted(len(item.spans), "labelled phrase") if item.spans else "no entities"
    state = "Saved as finished" if item.finished else "Saved, not finished yet"
    return f"{state}: #{item.sentence_id} with {stored}.{shared}"


def _displaced(count: int) -> str:
    if not count:
        return ""
    if count == 1:
        return " One entity of the pretrained model is not shown: this model's own overlaps it and is surer."
    return f" {count} entities of the pretrained model are not shown: this model's own overlap them and are surer."


def _buttons(item: AnsweredText, value: str) -> list[ButtonElement]:
    right = button("Right", ids.RIGHT, value, style="primary")
    undo = button("Undo", ids.UNDO_RIGHT, value)
    buttons = [right if item.sentence_id is None else undo, button("Fix", ids.FIX, value)]
    if not item.shared:
        confirm = ConfirmObject(
            title=PlainTextObject(text="Share with the channel?"),
            text=PlainTextObject(
                text="nerbot posts this sentence with its entities in this channel, under your name. "
                "Everybody here can read it."
            ),
            confirm=PlainTextObject(text="Share"),
            deny=PlainTextObject(text="Keep to myself"),
        )
        buttons.append(
            ButtonElement(text="Share", action_id=ids.SHARE, value=value, confirm=confirm)
        )
    return buttons


def _by(answer: Answer) -> str:
    if answer.version is None:
        return "marked by phrases labelled earlier"
    return f"marked by model {answer.version}"


def _note(answer: Answer) -> str:
    if answer.version is None:
        note = (
            "There is no model yet: these are only phrases labelled earlier. /train makes a model."
        )
    else:
        note = f"model {answer.version}"
    if answer.cleaned:
        note += " · invisible characters were taken out of the text"
    return note


def _absent(answer: Answer) -> str:
    return (
        f"Model {answer.absent} is live, but cannot be read at the moment: model {answer.version} answers meanwhile. "
        "Please tell whoever runs nerbot."
    )


def _damaged(answer: Answer) -> str:
    names = " and ".join(f"model {version}" for version in answer.damaged)
    return (
        f"{names[0].upper()}{names[1:]} {'is' if len(answer.damaged) == 1 else 'are'} damaged and not asked any more: "
        f"model {answer.version} answers and is live now. /train makes a new one."
    )


def _no_model(answer: NoModelYet) -> str:
    finished = answer.counts.finished
    if finished >= answer.needed:
        return f"There is no model yet. {counted(finished, 'sentence')} are finished, which is enough: type /train."
    return (
        f"There is no model yet: it needs {answer.needed} finished sentences, {finished or 'none'} "
        f"{'is' if finished == 1 else 'are'} finished so far. Type /label to label the next one."
    )
