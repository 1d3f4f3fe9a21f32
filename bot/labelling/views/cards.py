"""Labelling as people see it: the card of a sentence, the empty queue, and which view shows what."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ContextBlock,
    PlainTextObject,
    RichTextElement,
)

from bot.domain.project import Precedent
from bot.labelling.values.bulk import (
    EverywhereIntent,
    LabelledEverywhere,
    MarkedTogether,
    UndoneEverywhere,
)
from bot.labelling.values.cards import Card, Outcome, Question, QueueEmpty, Suggestion
from bot.labelling.values.messages import MessageIntent, Queued, Withdrawn
from bot.labelling.views.bulk import everywhere_view, labelled_view, marked_view, undone_view
from bot.labelling.views.card_buttons import card_buttons, undo_before
from bot.labelling.views.card_words import label_gone, state_line, what_was_done, what_went_before
from bot.labelling.views.guide import after_it, before_it, guide_of, neighbour
from bot.labelling.views.messages import pieces_view, queued_view, withdrawn_view
from bot.labelling.views.pointing import guessed, imported, pointing
from bot.labelling.views.questions import question_view
from bot.slack.marked_text import Confidences, confidences_of, marked_sentence, marked_text
from bot.slack.text import (
    Line,
    Parts,
    View,
    counted,
    escape,
    line,
    percent,
    person,
    plain,
    shortened,
)
from ner_engine.annotation import Span

_BLIND: list[str | RichTextElement] = [
    plain("A second annotation. ", bold=True),
    "Someone else has labelled this sentence, so nothing is suggested: label what you see.",
]
_UNSURE = 3
_PRECEDENT, _REASON = 60, 300
"""How much of a decided phrase is shown, and of why."""


def card_view(card: Card) -> View:
    """The sentence marked, what was just done, who suggests what, its id, and what can be done next."""
    annotation = card.annotation
    sentence = annotation.sentence
    said = what_was_done(card)
    said = [part.lstrip() if isinstance(part, str) else part for part in said[:1]] + said[1:]
    marks = _marks(card)
    blocks: list[Block] = [line(*said)] if said else []
    if card.suggestion is not None:
        blocks.append(line(*_suggested(card.suggestion, sentence.text)))
    elif card.blind:
        blocks.append(line(*_BLIND))
    blocks += [
        *neighbour(before_it(card.neighbours.before)),
        marked_sentence(sentence.text, marks.spans, marks.confidences, suggested=marks.suggested),
        *neighbour(after_it(card.neighbours.behind)),
        *(line(*precedent_line(found)) for found in card.precedents),
        *guide_of(card),
        ContextBlock(elements=[PlainTextObject(text=state_line(card), emoji=False)]),
    ]
    if sentence.permalink:
        blocks.append(
            line(Parts.Link(url=sentence.permalink, text="The message it was taken from"))
        )
    blocks += pointing(card.suggestion, sentence)
    blocks.append(ActionsBlock(elements=list(card_buttons(card))))
    told = [
        *said,
        *(_suggested(card.suggestion, sentence.text) if card.suggestion else _BLIND * card.blind),
    ]
    words = "".join(
        part if isinstance(part, str) else str(getattr(part, "text", "")) for part in told
    )
    marked = marked_text(sentence.text, marks.spans, marks.confidences, suggested=marks.suggested)
    return View(f"{escape(words)} #{sentence.id}: {marked}".strip(), tuple(blocks))


@dataclass(frozen=True, slots=True)
class _Marks:
    """What is marked in the sentence, and whether somebody labelled it or it is only suggested."""

    spans: tuple[Span, ...]
    confidences: Confidences
    suggested: bool


def _marks(card: Card) -> _Marks:
    if card.suggestion is None:
        return _Marks(card.annotation.spans, {}, suggested=False)
    found = card.suggestion
    return _Marks(found.spans, confidences_of(found.spans, found.confidences), suggested=True)


def _suggested(suggestion: Suggestion, text: str) -> list[str | RichTextElement]:
    """By whom, and that nothing of it is a label yet."""
    model = suggestion.model
    if suggestion.guessed_from is not None:
        return guessed(suggestion.guessed_from)
    if suggestion.source is not None:
        return imported(suggestion.source)
    if suggestion.model is None and (suggestion.offered or not suggestion.spans):
        by = "Suggested from phrases labelled earlier. " if suggestion.spans else "Tap entities. "
        more = "Tap what is missing. " if suggestion.spans else ""
        return [plain(by, bold=True), f"{more}Nothing is saved until you accept."]
    if not suggestion.spans:
        rest = "but is unsure of it. Read it." if suggestion.may_miss else "Is that right?"
        end = ", " if suggestion.may_miss else ". "
        return [plain(f"Model {model} finds no entity here{end}", bold=True), rest]
    by = "from phrases labelled earlier" if model is None else f"by model {model}"
    return [
        plain(f"Suggested {by}. ", bold=True),
        f"Nothing is saved until you accept.{_unsure(suggestion, text)}",
    ]


def _unsure(suggestion: Suggestion, text: str) -> str:
    """What has to be looked at before all of it is taken."""
    sure = dict(zip(suggestion.spans, suggestion.confidences, strict=True))
    named = [
        f"“{shortened(text[span.start : span.end], _PRECEDENT)}” as {span.label} ({percent(sure.get(span) or 0)} %)"
        for span in suggestion.unsure[:_UNSURE]
    ]
    more = len(suggestion.unsure) - _UNSURE
    words = (
        f" Unsure: {', '.join(named)}{f' and {more} more' if more > 0 else ''}." if named else ""
    )
    if not suggestion.may_miss:
        return words
    return words + (
        " Only phrases labelled before are found: look for others."
        if suggestion.model is None
        else " There may be more: the model is unsure of the rest."
    )


def precedent_line(found: Precedent) -> Line:
    """Which label the phrase had, where, by whom, and why."""
    was = f"was {found.label}" if found.label else "was no entity of its own"
    why = f": {shortened(found.reason, _REASON)}" if found.reason else ""
    return [
        plain("Decided before: ", bold=True),
        f"“{shortened(found.phrase, _PRECEDENT)}” {was} in sentence #{found.sentence_id}, by ",
        person(found.person),
        f"{why}.",
    ]


def empty_view(empty: QueueEmpty) -> View:
    """The queue is done; how to go on."""
    said = what_went_before(empty.done, empty.stale)
    if empty.gone_label:
        said.append(f"{label_gone(empty.gone_label).lstrip()} ")
    words = (
        f"You have no sentence to label. {counted(empty.finished, 'sentence')} "
        f"{'is' if empty.finished == 1 else 'are'} finished, {empty.today:,} by you today: /train learns from them. "
        "To add more: /label A patient with {chest pain=SYMPTOM}."
    )
    before = "".join(
        part if isinstance(part, str) else str(getattr(part, "text", "")) for part in said
    )
    blocks: list[Block] = [line(*said, words)]
    if undo := undo_before(empty.done):
        blocks.append(ActionsBlock(elements=undo))
    return View(escape(before + words), tuple(blocks))


def _any_question_view(question: Question) -> View:
    intent = question.intent
    if isinstance(intent, EverywhereIntent) and question.survey is not None:
        return everywhere_view(question, intent, question.survey)
    if isinstance(intent, MessageIntent):
        return pieces_view(question, intent)
    return question_view(question)


SHOWN_BY: Mapping[type[Outcome], Callable[[Any], View]] = {
    Card: card_view,
    Question: _any_question_view,
    QueueEmpty: empty_view,
    LabelledEverywhere: labelled_view,
    MarkedTogether: marked_view,
    UndoneEverywhere: undone_view,
    Queued: queued_view,
    Withdrawn: withdrawn_view,
}


def outcome_view(outcome: Outcome) -> View:
    """Whatever labelling comes to."""
    return SHOWN_BY[type(outcome)](outcome)
