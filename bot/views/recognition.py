"""Recognition as people see it: the answer to /ner."""

from slack_sdk.models.blocks import Block, ContextBlock, PlainTextObject

from bot.domain import NoModelYet, Recognised, RecognitionAnswer
from bot.views.text import View, counted, line, marked_sentence, marked_text, plain, words_view
from ner_engine.annotation import Prediction, Span


def recognition_view(answer: RecognitionAnswer) -> View:
    """The answer to /ner."""
    match answer:
        case Recognised():
            return _recognised_view(answer)
        case NoModelYet():
            return words_view(_no_model(answer))


def _recognised_view(answer: Recognised) -> View:
    blocks: list[Block] = []
    lines: list[str] = []
    for text, found in answer.texts:
        confidences = _confidences(found)
        blocks.append(marked_sentence(text, found.spans, confidences))
        lines.append(marked_text(text, found.spans, confidences))
        if not found.spans:
            lines[-1] += " (no entity found)"
            blocks.append(line(plain("No entity found in this sentence.", italic=True)))
    if answer.damaged:
        blocks.insert(0, line(plain(_damaged(answer), bold=True)))
        lines.insert(0, _damaged(answer))
    note = f"model {answer.version}"
    if answer.cleaned:
        note += " · invisible characters were taken out of the text"
    blocks.append(ContextBlock(elements=[PlainTextObject(text=note, emoji=False)]))
    return View("\n".join([*lines, note]), tuple(blocks))


def _damaged(answer: Recognised) -> str:
    names = " and ".join(f"model {version}" for version in answer.damaged)
    return (
        f"{names[0].upper()}{names[1:]} {'is' if len(answer.damaged) == 1 else 'are'} damaged and not asked any more: "
        f"model {answer.version} answers and is live now. /train makes a new one."
    )


def _confidences(found: Prediction) -> dict[Span, float]:
    pairs = zip(found.spans, found.confidences, strict=True)
    return {span: sure for span, sure in pairs if sure is not None}


def _no_model(answer: NoModelYet) -> str:
    finished = answer.counts.finished
    if finished >= answer.needed:
        return f"There is no model yet. {counted(finished, 'sentence')} are finished, which is enough: type /train."
    return (
        f"There is no model yet: it needs {answer.needed} finished sentences, {finished or 'none'} "
        f"{'is' if finished == 1 else 'are'} finished so far. Type /label to label the next one."
    )
